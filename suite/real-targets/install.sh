#!/usr/bin/env bash
# Installs the services that are not crates to link: fakecloud, ministack and moto, with boto3 and the
# AWS CLI beside them. What is there already stays as it is.
#
#   suite/real-targets/install.sh [fakecloud] [python]     without a name: both
#
# REAL_TARGETS_DIR  where to install; default: target/real-targets below the repository root
# PYTHON            the Python that makes the virtual environment; default: python3
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
dir=${REAL_TARGETS_DIR:-$root/target/real-targets}

fakecloud() {
    if [[ -x $dir/fakecloud/bin/fakecloud ]]; then
        echo "fakecloud is there: $dir/fakecloud/bin/fakecloud"
        return
    fi
    echo "building fakecloud; this takes about a quarter of an hour of CPU time"
    cargo install fakecloud --locked --version 0.51.0 --root "$dir/fakecloud"
}

python() {
    local stamp=$dir/venv/requirements.txt
    if cmp --silent "$here/requirements.txt" "$stamp"; then
        echo "ministack and moto are there: $dir/venv/bin"
        return
    fi
    "${PYTHON:-python3}" -m venv "$dir/venv"
    "$dir/venv/bin/python" -m pip install --quiet --disable-pip-version-check \
        --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$stamp"
}

mkdir -p "$dir"
if (($# == 0)); then
    set -- python fakecloud
fi
for part in "$@"; do
    case $part in
        fakecloud | python) "$part" ;;
        *)
            echo "install.sh: \`$part\` is not known; name fakecloud or python" >&2
            exit 2
            ;;
    esac
done
