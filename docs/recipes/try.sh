#!/usr/bin/env bash
# Runs the CI recipes of the README and of this folder against the emulator.
#
#   docs/recipes/try.sh PROGRAM       PROGRAM: the path of `ucks`
#
# PYTHON        the Python that makes the virtual environment; default: python3
# RECIPES_DIR   the folder of that environment; default: target/recipes below the repository root
#
# The line that installs `ucks` is run only with RECIPES_INSTALL=1: it builds the program from a fresh clone. Go's recipe
# is left out where there is no Go.
set -euo pipefail

# shellcheck source=docs/recipes/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare "${1:?usage: try.sh PROGRAM}" requirements.txt "${RECIPES_DIR:-$root/target/recipes}"

# The commands of a workflow or pipeline, one after another in one shell, as a runner has them.
mkdir "$work/ci"
cd "$work/ci"
ucks emulator --print-environment >profile.toml
: >deviations.toml
for kind in github gitlab; do
    python "$here/commands.py" "$root/README.md" "$kind" >"$kind.sh"
    grep -q 'ucks run' "$kind.sh"
    sed -i "s|URL-OF-THIS-REPOSITORY|file://$root|; s|\./start-my-service|ucks emulator --strict|" "$kind.sh"
    # The emulator knows its fixtures alone, so the run needs them.
    sed -i 's|ucks run http://127.0.0.1:4566|& --profile profile.toml|' "$kind.sh"
    [[ ${RECIPES_INSTALL:-} == 1 ]] || sed -i '/^cargo install/d' "$kind.sh"
    rm -f ucks.xml
    echo "== $kind"
    cat "$kind.sh"
    GITHUB_RUN_NUMBER=7 GITHUB_STEP_SUMMARY=$work/summary.md \
        bash -c 'set -e; trap "kill %1; wait" EXIT; . "./$1"' recipe "$kind.sh" >"$kind.out"
    python "$here/junit.py" ucks.xml
    tail -n 1 "$kind.out"
done
grep -q '^#' "$work/summary.md"

echo "== pytest"
mkdir "$work/pytest"
cd "$work/pytest"
cp "$here/test_update_custom_key_store.py" ../ci/profile.toml .
serve 4566 --strict
python -m pytest --quiet -p no:cacheprovider | tail -n 2
leave

# A service with a fault: the reports are sound, and the tests are red.
echo "== reports of failures"
mkdir "$work/failing"
cd "$work/failing"
code=0
ucks run embedded:names-not-unique --quiet --report junit=ucks.xml || code=$?
[[ $code == 1 ]]
python "$here/junit.py" ucks.xml --failures 1

if command -v go >/dev/null; then
    echo "== go"
    mkdir "$work/go"
    cd "$work/go"
    cp "$here/ucks_test.go" ../ci/profile.toml .
    serve 0 --strict
    cat >handler_test.go <<END
package kms_test

import (
	"net/http"
	"net/http/httputil"
	"net/url"
)

// The service is the emulator, behind a proxy.
func newHandler() http.Handler {
	at, _ := url.Parse("$url")
	return httputil.NewSingleHostReverseProxy(at)
}
END
    go mod init kms >/dev/null 2>&1
    GOFLAGS=-mod=mod go test ./... | tail -n 2
else
    echo "go: left out, it is not installed"
fi
echo "the recipes work"
