#!/usr/bin/env bash
# Runs `ucks` against each service with its profile and its declared deviations, which have to hold: exit code 0.
# Then with one entry less, and with one that is stale or expired: exit code 1, and the reason. A list with an entry of no
# rule is a usage error: exit code 2.
#
#   suite/real-targets/declared.sh
#
# REAL_TARGETS  which services, separated by blanks; default: awsim-kms winterbaume-kms, and fakecloud where it is installed
# UCKS          as for run.sh
# SEED          the seed of the runs; default: drawn, and printed
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
dir=${REAL_TARGETS_DIR:-$root/target/real-targets}
services=${REAL_TARGETS:-awsim-kms winterbaume-kms$([[ ! -x $dir/fakecloud/bin/fakecloud ]] || echo " fakecloud")}
seed=${SEED:-$RANDOM}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$root"

# Runs one service $1 with the deviations $2: has to end with $3 and to say $4; the rest goes to `ucks run`.
expect() {
    local name=$1 deviations=$2 code=$3 sentence=$4 got=0
    shift 4
    REAL_TARGETS=$name "$here/run.sh" --profile "snapshots/targets/$name/profile.toml" \
        --deviations "$deviations" --findings "$work/findings" --seed "$seed" "$@" >"$work/said" 2>&1 || got=$?
    if [[ $got != "$code" ]] || ! tr -s ' \n' ' ' <"$work/said" | grep -qF "$sentence"; then
        cat "$work/said"
        echo "declared.sh: $name with $deviations ended with $got, expected $code and \`$sentence\`; seed $seed" >&2
        exit 1
    fi
    echo "$name: exit code $got, $sentence"
}

entry() {
    printf '\n[[deviation]]\nrule = "%s"\nreason = "for a test"\n%s\n' "$1" "${2:-}"
}

for name in $services; do
    declared=snapshots/targets/$name/deviations.toml
    expect "$name" "$declared" 0 "0 failed"
    # The first entry is about the wire, so that group is enough.
    first=$(sed -n 's/^rule = "\(.*\)"/\1/p' "$declared" | head -n 1)
    some=(--only "W,U" --sequences 0)
    awk -v RS= -v ORS='\n\n' '/^\[\[deviation/ && !n++ { next } { print }' "$declared" >"$work/removed.toml"
    expect "$name" "$work/removed.toml" 1 "1 failed" "${some[@]}"
    { cat "$declared"; entry U-02; } >"$work/stale.toml"
    expect "$name" "$work/stale.toml" 1 "the declared deviation \`U-02\` was not observed in this run" "${some[@]}"
    { cat "$declared"; entry "$first" 'expires = "2026-01-31"'; } >"$work/expired.toml"
    expect "$name" "$work/expired.toml" 1 "the declared deviation \`$first\` expired on 2026-01-31" "${some[@]}"
    { cat "$declared"; entry "Z-*"; } >"$work/no-rule.toml"
    expect "$name" "$work/no-rule.toml" 2 'the declared deviation for `Z-*` matches no rule' "${some[@]}"
done
