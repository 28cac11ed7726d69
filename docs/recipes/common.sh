# shellcheck shell=bash
# Sourced by try.sh and ways.sh: what both do first, and how they start services.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
children=()
stop() {
    ((${#children[@]} == 0)) || kill "${children[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap stop EXIT

# prepare PROGRAM REQUIREMENTS FOLDER: puts `ucks`, and the packages of a file of requirements in a virtual environment
# in that folder, on the PATH.
prepare() {
    local program
    program=$(realpath "$1")
    if ! cmp --silent "$here/$2" "$3/requirements.txt"; then
        "${PYTHON:-python3}" -m venv "$3"
        "$3/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/$2"
        cp "$here/$2" "$3/requirements.txt"
    fi
    mkdir "$work/bin"
    ln -s "$program" "$work/bin/ucks"
    export PATH=$work/bin:$3/bin:$PATH
}

# serve PORT [OPTION...]: starts the emulator, as a user starts a service, and gives its address in $url.
serve() {
    local log=$work/log-${#children[@]} port=$1
    shift
    : >"$log"
    ucks emulator --port "$port" "$@" >"$log" 2>&1 &
    children+=($!)
    for _ in {1..300}; do
        url=$(sed -n 's/^listening on //p' "$log")
        [[ -z $url ]] || return 0
        sleep 0.1
    done
    cat "$log"
    exit 1
}

# Stops the service that was started last.
leave() {
    kill "${children[-1]}"
    wait "${children[-1]}" 2>/dev/null || true
    unset 'children[-1]'
}
