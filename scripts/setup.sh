#!/bin/sh
# Make .venv hold exactly the locked packages and compile the catalogues. Argument: run or test. No network when nothing changed.
set -eu
cd "$(dirname "$0")/.."
want=${1:-run}
lock="requirements/$want.txt"
export PIP_DISABLE_PIP_VERSION_CHECK=1

# A shim may exist on the path and fail when called, so each candidate must answer.
usable() {
    "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1
}

find_python() {
    for candidate in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python \
        /usr/bin/python3 /usr/local/bin/python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[123].*/bin/python; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Python 3.11, 3.12 or 3.13 is needed and none was found; set PYTHON=/path/to/python." >&2
    return 1
}

# Debian keeps pip for virtual environments in packages of its own; without root they are unpacked, not installed.
add_pip() {
    wheels=$(mktemp -d)
    trap 'rm -rf "$wheels"' EXIT
    sh scripts/debian_file.sh python3-pip-whl "$wheels"
    pip=$(echo "$wheels"/usr/share/python-wheels/pip-*.whl)
    .venv/bin/python "$pip/pip" install --quiet --no-index "$pip"
}

make_venv() {
    python=$(find_python)
    echo "Making .venv with $("$python" --version)."
    if "$python" -c 'import ensurepip' >/dev/null 2>&1; then
        "$python" -m venv .venv
    else
        "$python" -m venv --without-pip .venv
        add_pip
    fi
}

install_locked() {
    stamp=".venv/.locked-$want"
    digest=$(cksum <"$lock")
    if [ "$(cat "$stamp" 2>/dev/null || true)" = "$digest" ]; then
        return
    fi
    echo "Installing the locked packages of $lock."
    .venv/bin/python -m pip install -qq --require-hashes --requirement "$lock"
    echo "$digest" >"$stamp"
}

usable .venv/bin/python && .venv/bin/python -c 'import pip' >/dev/null 2>&1 || { rm -rf .venv && make_venv; }
install_locked
.venv/bin/python scripts/catalogues.py
