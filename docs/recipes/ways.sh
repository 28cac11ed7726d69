#!/usr/bin/env bash
# Runs the commands of the pages about ways in: shards, vectors, programs, JSON, the action, the container, the
# Kubernetes job, and the wheel with its pytest plugin. Each against the emulator.
#
#   docs/recipes/ways.sh PROGRAM       PROGRAM: the path of `ucks`
#
# PYTHON      the Python that makes the virtual environments; default: python3
# WAYS_DIR    where they go; default: target/ways below the repository root
# SERVICE     the URL of a further service for the part about agreement
# WHEEL       the path of a wheel of suite/python; the part about it is left out without one
# DOCKERFILE  1 to run the commands of the Dockerfile here, which build the program in the `dev` profile
set -euo pipefail

# shellcheck source=docs/recipes/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare "${1:?usage: ways.sh PROGRAM}" ways-requirements.txt "${WAYS_DIR:-$root/target/ways}"
cd "$work"
ln -s "$root/docs" docs
ucks emulator --print-environment >profile.toml

# Runs the commands of a page against the emulator, with a profile or the options given: a strict emulator knows the fixtures
# of the profile alone.
page() {
    echo "== $1"
    python "$here/ways.py" commands "$root/docs/$1" >page.sh
    sed -i "s|http://127.0.0.1:4566|$url|g; s|stdio:python3 service.py|stdio:python3 docs/stdio/service.py $url|" page.sh
    sed -i "/^ucks run/{/--profile/!s|$| ${2---profile profile.toml} --quiet|}" page.sh
    command -v jq >/dev/null || sed -i '/^jq /d' page.sh
    grep -q ucks page.sh
    bash -euo pipefail page.sh >page.out || { tail -n 40 page.out; exit 1; }
    tail -n 1 page.out
}

serve 0 --strict
page shards.md
page vectors.md
command -v node >/dev/null || echo "node: left out, it is not installed"
if command -v node >/dev/null; then page stdio.md; fi
leave
serve 0
ucks record "$url" -o before.txt >/dev/null
page json.md ''
leave

# The runner of the vectors, and the examples of programs, against the verdicts of `ucks run`, rule by rule.
echo "== agreement"
ucks vectors -o agreement --profile profile.toml >/dev/null
agreement() {
    echo "$1"
    local deterministic=(--profile profile.toml --sequences 0 --seed 1 --quiet)
    ucks run "$2" "${deterministic[@]}" --report json=run.json >/dev/null || [[ $? == 1 ]]
    python agreement/run_vectors.py agreement "$2" >vectors.txt || [[ $? == 1 ]]
    ucks run "stdio:python3 docs/stdio/service.py $2" "${deterministic[@]}" --report json=python.json >/dev/null || [[ $? == 1 ]]
    local others=(vectors.txt python.json)
    if command -v node >/dev/null; then
        ucks run "stdio:node docs/stdio/service.mjs $2" "${deterministic[@]}" --report json=node.json >/dev/null || [[ $? == 1 ]]
        others+=(node.json)
    fi
    python "$here/ways.py" agree run.json "${others[@]}"
}
for defect in '' names-not-unique malformed-is-500; do
    serve 0 ${defect:+--defect "$defect"}
    agreement "the emulator${defect:+ with the defect $defect}" "$url"
    leave
done
[[ -z ${SERVICE:-} ]] || agreement "$SERVICE" "$SERVICE"

serve 0 --strict
echo "== action"
check-jsonschema --builtin-schema vendor.github-actions "$root/action.yml"
check-jsonschema --builtin-schema vendor.github-workflows "$root"/.github/workflows/*.yml "$here/shards.yml"
python "$here/ways.py" action "$root/action.yml" >action.sh
# Runs the action's step, and checks its outputs: the code, the level, the verdict.
act() {
    : >outputs
    code=0
    TARGET=$url PROFILE=profile.toml REVISION='' DEVIATIONS='' LEVEL=$2 SEED=7 GITHUB_OUTPUT=outputs GITHUB_STEP_SUMMARY=summary.md \
        bash -e action.sh >action.out || code=$?
    [[ $code == "$1" ]] || { tail -n 40 action.out; exit 1; }
    [[ $1 == 2 ]] || grep -q "^verdict=$3$" outputs
    echo "exit code $code: $(tr '\n' ' ' <outputs)"
}
act 0 must passed
act 2 strict ''
leave
serve 0 --strict --defect names-not-unique
act 1 should failed
grep -q '^::error' action.out
grep -q '^#' summary.md
leave

# Its service accepts every fixture, so the run needs no profile.
serve 0
echo "== kubernetes"
kubernetes-validate --strict --quiet "$root/docs/kubernetes/shards.yaml"
mkdir results
# Runs a container of a job, as the kubelet expands its arguments.
pod() {
    python "$here/ways.py" job "$root/docs/kubernetes/shards.yaml" "$1" |
        sed "s|\$(TARGET)|$url|; s|\$(JOB_COMPLETION_INDEX)|${2:-}|g; s|/results|$work/results|g; s|/tmp/findings|$work/findings|" >arguments
    mapfile -t arguments <arguments
    ucks "${arguments[@]}"
}
for index in 0 1 2 3; do pod ucks-shards "$index"; done
pod ucks-merge
grep -q "<testsuite" results/ucks.xml

leave

# The jobs of the workflow, one after another, against a service with a defect: the merged run fails.
echo "== matrix"
serve 0 --defect names-not-unique
mkdir matrix
job() {
    code=0
    python "$here/ways.py" workflow "$here/shards.yml" "$@" >job.sh
    grep -q '^ucks' job.sh
    (cd matrix && URL=$url GITHUB_RUN_NUMBER=7 bash -euo pipefail ../job.sh) || code=$?
}
for shard in 1 2 3 4; do
    job shard "$shard"
    [[ $code == 0 ]]
done
job merge
[[ $code == 1 ]]
leave

serve 0 --strict
echo "== container"
grep -q '^USER nonroot' "$root/Dockerfile"
grep -q '^ENTRYPOINT \["/usr/local/bin/ucks"\]' "$root/Dockerfile"
if [[ ${DOCKERFILE:-} == 1 ]]; then
    python "$here/ways.py" dockerfile "$root/Dockerfile" | sed "s|/out|$work/out|g" >dockerfile.sh
    (cd "$root" && PROFILE=dev bash -eu "$work/dockerfile.sh")
    "$work/out/ucks" run "$url" --profile profile.toml --sequences 0 --quiet
else
    echo "the commands of the Dockerfile: left out, DOCKERFILE=1 runs them"
fi

if [[ -n ${WHEEL:-} ]]; then
    echo "== wheel"
    "${PYTHON:-python3}" -m venv empty
    empty/bin/python -m pip install --quiet --disable-pip-version-check "$WHEEL" pytest==9.2.0 pytest-xdist==3.8.0
    empty/bin/ucks --version
    empty/bin/ucks run "$url" --profile profile.toml --sequences 0 --quiet
    mkdir tests
    cp "$here/wsgi_kms.py" tests
    cp "$here/conftest_wsgi.py" tests/conftest.py
    plugin() { (cd tests && ../empty/bin/python -m pytest -p no:cacheprovider --quiet --tb=line "$@" | tail -n 1); }
    plugin --ucks-url "$url" --ucks-profile ../profile.toml
    plugin --ucks-url "$url" --ucks-profile ../profile.toml -n 2
    plugin --ucks-url "$url" --ucks-profile ../profile.toml -k U-01 -m ucks
    (! plugin --ucks --ucks-args="--sequences 5 --max-time 60s")
    (cd tests && "$work/empty/bin/ucks" --version >/dev/null)
else
    echo "wheel: left out, WHEEL names none"
fi
echo "the ways in work"
