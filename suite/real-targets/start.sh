#!/usr/bin/env bash
# Starts one service on a loopback port, in the foreground, until it is stopped.
#
#   suite/real-targets/start.sh NAME PORT
#
# NAME              awsim-kms, awsim-kms-axum, winterbaume-kms, fakecloud, ministack or moto
# PORT              the port; the first three take 0 for a free one, and print it
# REAL_TARGETS_DIR  where install.sh installed; default: target/real-targets below the repository root
set -euo pipefail

if (($# != 2)); then
    echo "usage: start.sh awsim-kms|awsim-kms-axum|winterbaume-kms|fakecloud|ministack|moto PORT" >&2
    exit 2
fi
name=$1
port=$2
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
dir=${REAL_TARGETS_DIR:-$root/target/real-targets}

installed() {
    if [[ ! -x $1 ]]; then
        echo "start.sh: $name is not installed; run suite/real-targets/install.sh first" >&2
        exit 2
    fi
}

case $name in
    awsim-kms | awsim-kms-axum | winterbaume-kms)
        exec cargo run --quiet --locked --manifest-path "$here/Cargo.toml" -- "$name" --port "$port"
        ;;
    fakecloud)
        installed "$dir/fakecloud/bin/fakecloud"
        exec "$dir/fakecloud/bin/fakecloud" --addr "127.0.0.1:$port"
        ;;
    ministack)
        installed "$dir/venv/bin/ministack"
        # Its MQTT listener would open a second port, on every interface.
        export BIND_HOST=127.0.0.1 GATEWAY_PORT=$port IOT_MTLS_ENABLED=0
        exec "$dir/venv/bin/ministack"
        ;;
    moto)
        installed "$dir/venv/bin/moto_server"
        exec "$dir/venv/bin/moto_server" --host 127.0.0.1 --port "$port"
        ;;
    *)
        echo "start.sh: \`$name\` is not known" >&2
        exit 2
        ;;
esac
