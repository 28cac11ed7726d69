#!/usr/bin/env bash
# Mutants that nobody chose: cargo-mutants changes the code, and something has to notice.
#
#   suite/mutants/run.sh emulator|oracle [--shard K/N] [ARGUMENT of cargo-mutants]…
#
# emulator   models/emulator, with the program as the killer: `ucks run --strict` on the mutated emulator. What it does
#            not see is given to the emulator's own tests: defects and readings, which are switched off in such a run,
#            have their code there too
# oracle     models/oracle, the judging, with its own tests as the killer
# --shard    the Kth of N equal parts, K from 0: for a night on several machines
#
# Ends with the counts of caught, missed and unviable mutants, and with those missed by all that are not in
# suite/mutants/survivors.toml, the list of those that change nothing that can be seen, each with its reason.
# Exit code: 0 where there are none, 1 where there are, 2 for a usage error or a run that failed.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
usage() {
    sed -n '2,/^# Exit/p' "$0" | sed 's/^# \{0,1\}//' >&2
    exit 2
}
what=${1:-}
shift || usage
cargo mutants --version >/dev/null 2>&1 || {
    echo "mutants: cargo-mutants is not installed: \`cargo install cargo-mutants --locked\`" >&2
    exit 2
}
cd "$root" || exit 2
out=target/mutants/$what
rm -rf "$out"
export CARGO_PROFILE_DEV_DEBUG=0

killers=()
# killed BY ARGUMENT… -- ARGUMENT of cargo test…: the results are in $out/BY
killed() {
    local by=$1
    shift
    killers+=("$by")
    mkdir -p "$out/$by"
    cargo mutants "${mutants[@]}" --output "$out/$by" --no-shuffle --baseline run --timeout 60 --jobs "${MUTANTS_JOBS:-1}" "$@"
    # 2: some were missed, 3: some timed out; any other code but 0 is an error.
    case $? in 0 | 2 | 3) ;; *) exit 2 ;; esac
    missed=$out/$by/mutants.out/missed.txt
}
# Those that were missed again, by their names, in any shard. cargo-mutants takes some kinds, as deleted
# fields, even if they are not asked for: its results for these are left out.
again() {
    local first=$missed
    [[ -s $first ]] || return 0
    killed "$1" --re "^($(sed 's/[][\\.*+?(){}^$|]/\\&/g' "$first" | paste -sd '|'))\$" "${@:2}"
    for result in caught missed unviable timeout; do
        grep -Fxf "$first" "$out/$1/mutants.out/$result.txt" >"$out/$result"
        mv "$out/$result" "$out/$1/mutants.out/$result.txt"
    done
}
case $what in
    emulator)
        cargo build --release --locked --quiet || exit 2
        # A mutant must not change its own judge.
        killer=$(mktemp -d)
        trap 'rm -rf "$killer"' EXIT
        cp target/release/ucks "$killer/ucks" || exit 2
        export UCKS_KILLER=$killer/ucks
        # Defects are mutants of their own, and switched off.
        mutants=(--package ucks-emulator --exclude 'models/emulator/src/defects/**')
        # A mutant need not wait for the tests that the suite's verdict does not need to be built.
        killed suite --cargo-arg=--test=judged "$@" -- -- --ignored
        again tests --cargo-arg=--lib --cargo-arg=--test=it
        ;;
    oracle)
        # Planted faults are compiled out.
        mutants=(--package ucks-oracle --exclude models/oracle/src/planted.rs)
        # Most are seen from outside: a mutant need not wait for the tests within to be built.
        killed tests --cargo-arg=--test=it "$@"
        again units --cargo-arg=--lib
        ;;
    *) usage ;;
esac
for by in "${killers[@]}"; do
    count() { wc -l <"$out/$by/mutants.out/$1.txt"; }
    echo "$what, by $by: caught $(count caught), missed $(count missed), unviable $(count unviable), timed out $(count timeout)"
done
# Lines move; a survivor is known by its file and what was changed.
unknown=0
while IFS= read -r mutant; do
    place=$(sed -E 's/^([^:]+):[0-9]+:[0-9]+: /\1: /' <<<"$mutant")
    grep -qF "\"$(sed 's/"/\\"/g' <<<"$place")\"" "$here/survivors.toml" && continue
    echo "missed, and not explained: $mutant"
    unknown=1
done <"$missed"
exit "$unknown"
