#!/usr/bin/env bash
# Drives the emulator with boto3, AWS CLI v1 and the wire forms of other clients. Exits with 0 when every check passed,
# or when there is no Python to run them with.
#
#   suite/interop/interop.sh [ARGUMENT of interop.py]…
#
# UCKS_AWS_SDK=1  drives it with the AWS SDK for Rust too, which brings some hundred crates
# UCKS         the program; default: target/release/ucks
# PYTHON       the Python that makes the virtual environment; default: python3
# INTEROP_DIR  the folder of that environment; default: target/interop below the repository root
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
read -ra ucks <<<"${UCKS:-target/release/ucks}"
python=${PYTHON:-python3}
dir=${INTEROP_DIR:-$root/target/interop}

skip() {
    echo "interop: skipped: $1"
    exit 0
}
command -v "$python" >/dev/null || skip "there is no $python"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || skip "$python is older than 3.11"
"$python" -c 'import ensurepip, venv' 2>/dev/null || skip "$python has no pip or no venv"

if ! cmp --silent "$here/requirements.txt" "$dir/requirements.txt"; then
    "$python" -m venv "$dir"
    "$dir/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$dir/requirements.txt"
fi

export PYTHONDONTWRITEBYTECODE=1
clients=boto3,aws-cli
if [[ ${UCKS_AWS_SDK:-} == 1 ]]; then
    cargo build --quiet --locked --manifest-path "$here/aws-sdk-kms/Cargo.toml" --target-dir "$root/target/aws-sdk-kms"
    export AWS_SDK_KMS=$root/target/aws-sdk-kms/debug/interop-aws-sdk-kms
    clients+=,aws-sdk-kms
else
    echo "interop: the AWS SDK for Rust is left out: UCKS_AWS_SDK is not 1"
fi
logs=$(mktemp -d)
children=()
stop() {
    if ((${#children[@]})); then
        kill "${children[@]}" 2>/dev/null || true
        wait "${children[@]}" 2>/dev/null || true
    fi
    rm -rf "$logs"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cd "$root"

# Starts an emulator with the arguments and leaves its address in $url.
start() {
    local log="$logs/${#children[@]}" child
    : >"$log"
    "${ucks[@]}" emulator --strict --port 0 "$@" >"$log" 2>&1 &
    child=$!
    children+=("$child")
    for _ in {1..3000}; do
        url=$(sed -n 's/^listening on //p' "$log")
        [[ -z $url ]] || return 0
        kill -0 "$child" 2>/dev/null || break
        sleep 0.1
    done
    echo "interop: \`${ucks[*]} emulator --port 0 $*\` did not start" >&2
    cat "$log" >&2
    exit 1
}

start
endpoint=$url
# A planted fault: the only way to meet KMSInternalException.
start --defect long-body-refused-with-500
failing=$url

"$dir/bin/python" "$here/interop.py" --endpoint "$endpoint" --failing-endpoint "$failing" --clients "$clients" "$@"
