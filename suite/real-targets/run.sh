#!/usr/bin/env bash
# Starts services on free loopback ports, runs `ucks` against each, and stops them.
#
#   suite/real-targets/run.sh [ARGUMENT of `ucks run`]…
#   suite/real-targets/run.sh --compare    compares each with snapshots/targets/NAME/recording.txt
#   suite/real-targets/run.sh --record     writes these recordings anew
#
# In an argument, {name} stands for the service: run.sh --report json=target/{name}.json
#
# REAL_TARGETS  which services, separated by blanks; default: awsim-kms winterbaume-kms
# UCKS          the program; default: cargo run --release -q --bin ucks -- from the repository root
#
# Exit code: the highest of the runs' exit codes, or 2 when a service did not start.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
read -ra services <<<"${REAL_TARGETS:-awsim-kms winterbaume-kms}"
read -ra ucks <<<"${UCKS:-cargo run --release -q --bin ucks --}"

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

failed() {
    echo "run.sh: $1 did not start" >&2
    cat "$logs/$1" >&2
    exit 2
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

accepts() {
    (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# Starts the service $1 and leaves its address in $url.
start() {
    local name=$1 port=0 child
    case $name in
        awsim-kms | awsim-kms-axum | winterbaume-kms) ;;
        *) port=$(free_port) ;;
    esac
    : >"$logs/$name"
    "$here/start.sh" "$name" "$port" >"$logs/$name" 2>&1 &
    child=$!
    children+=("$child")
    url=
    for _ in {1..600}; do
        if [[ $port == 0 ]]; then
            url=$(sed -n 's/^listening on //p' "$logs/$name")
        elif accepts "$port"; then
            url=http://127.0.0.1:$port
        fi
        [[ -z $url ]] || return 0
        kill -0 "$child" 2>/dev/null || failed "$name"
        sleep 0.1
    done
    failed "$name"
}

case " ${services[*]} " in
    *" awsim-kms "* | *" awsim-kms-axum "* | *" winterbaume-kms "*)
        cargo build --quiet --locked --manifest-path "$here/Cargo.toml"
        ;;
esac

names=()
urls=()
for name in "${services[@]}"; do
    start "$name"
    names+=("$name")
    urls+=("$url")
done

cd "$root"
worst=0
summary=()
for at in "${!names[@]}"; do
    name=${names[at]}
    echo "== $name at ${urls[at]}"
    code=0
    kept=snapshots/targets/$name
    case ${1:-} in
        --compare) "${ucks[@]}" compare "$kept/recording.txt" "${urls[at]}" --profile "$kept/profile.toml" || code=$? ;;
        --record)
            "${ucks[@]}" record "${urls[at]}" --name "$name" --profile "$kept/profile.toml" \
                --output "$kept/recording.txt" || code=$?
            ;;
        *) "${ucks[@]}" run "${urls[at]}" "${@//\{name\}/$name}" || code=$? ;;
    esac
    summary+=("$name: exit code $code")
    ((code <= worst)) || worst=$code
done
printf '%s\n' "${summary[@]}"
exit "$worst"
