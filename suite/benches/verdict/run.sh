#!/usr/bin/env bash
# Compares three ways to test one service, side by side: `ucks run`, Schemathesis over an OpenAPI description, and a
# Hypothesis state machine with a hand-written model. The service is naive and defective; it answers at once, and then
# two milliseconds later. Prints seconds to the first and to the last finding, and how many there were.
#
#   suite/benches/verdict/run.sh [UCKS]
#
# UCKS  the program; default: target/release/ucks
# Needs python3 with venv; what requirements.txt names is installed once below target/.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../../.." && pwd)
ucks=${1:-$root/target/release/ucks}
venv=$root/target/verdict-venv
command -v python3 >/dev/null || { echo "skipped: there is no python3"; exit 0; }
if ! cmp --silent "$here/requirements.txt" "$venv/requirements.txt"; then
    python3 -m venv "$venv"
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
    cp "$here/requirements.txt" "$venv/requirements.txt"
fi

work=$(mktemp -d)
service=
trap '[[ -z $service ]] || kill "$service" 2>/dev/null; rm -rf "$work"' EXIT

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# Starts a fresh service for each contender: none meets stores of another one.
serve() {
    [[ -z $service ]] || kill "$service"
    port=$(free_port)
    python3 "$here/service.py" "$port" "$1" &
    service=$!
    for _ in $(seq 100); do
        (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && return
        sleep 0.05
    done
    echo "the service does not listen" >&2
    return 1
}

row() { printf '| %-34s | %8s | %8s | %8s | %8s |\n' "$@"; }

for delay in 0 2; do
    printf '\nA service that answers after %s ms\n\n' "$delay"
    row contender findings first last end
    row --- --- --- --- ---

    serve "$delay"
    "$ucks" run "http://127.0.0.1:$port" --seed 1 --quiet --report "json=$work/ucks.json" --findings "$work/findings" \
        >/dev/null || true
    # A record counts requests, not seconds, to each finding: its share of them is taken of the whole time.
    python3 - "$work/ucks.json" >"$work/line" <<'PYTHON'
import json, sys
record = json.load(open(sys.argv[1]))
seconds = record["elapsed_ms"] / 1000
after = [f["found_after"] * seconds / record["requests"] for f in record["findings"]]
print(len(after), *(f"{t:.1f}" for t in (min(after, default=0), max(after, default=0), seconds)))
PYTHON
    # shellcheck disable=SC2046
    row "ucks run" $(cat "$work/line")

    serve "$delay"
    "$venv/bin/python" "$here/machine.py" "http://127.0.0.1:$port" >"$work/machine" 2>"$work/machine.err" || true
    awk '$2 == "end" { end = $1; next } { n++; if (n == 1) first = $1; last = $1 }
         END { printf "%d %.1f %.1f %.1f\n", n, first, last, end }' "$work/machine" >"$work/line"
    # shellcheck disable=SC2046
    row "Hypothesis, a hand-written machine" $(cat "$work/line")

    serve "$delay"
    began=$(date +%s.%N)
    "$venv/bin/schemathesis" run "$here/openapi.yaml" --url "http://127.0.0.1:$port" --seed 1 --max-examples 100 \
        --continue-on-failure >"$work/schemathesis" 2>&1 || true
    ended=$(date +%s.%N)
    findings=$(grep -cE '^_{3,} .* _{3,}$|^[0-9]+\. Test Case ID' "$work/schemathesis" || true)
    row "Schemathesis" "$findings" - - "$(awk "BEGIN { printf \"%.1f\", $ended - $began }")"
done
