#!/usr/bin/env bash
# The HTML report in headless Chromium.
#
#   suite/browser/run.sh [ARGUMENT of `node --test`]…
#
# CHROMIUM  the browser; default: chromium, chromium-browser or google-chrome of the path
#
# Exit code 77, with a word why, where there is no browser or no node.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)

missing() {
    echo "$1"
    exit 77
}

if [[ -z ${CHROMIUM:-} ]]; then
    CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
        missing "there is no Chromium; CHROMIUM names one"
fi
[[ -x $CHROMIUM ]] || missing "CHROMIUM names no program: $CHROMIUM"
command -v node >/dev/null || missing "there is no node"
command -v npm >/dev/null || missing "there is no npm"
node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || missing "node is older than version 20"

cd "$here"
if ! cmp --silent package-lock.json node_modules/.installed; then
    npm ci --silent --no-audit --no-fund
    cp package-lock.json node_modules/.installed
fi
UCKS_PAGES=$(mktemp -d)
trap 'rm -rf "$UCKS_PAGES"' EXIT
cargo run --quiet --locked --manifest-path "$root/suite/Cargo.toml" --example pages -- "$UCKS_PAGES"
export CHROMIUM UCKS_PAGES
node --test --test-concurrency=1 "$@" tests/*.test.mjs
