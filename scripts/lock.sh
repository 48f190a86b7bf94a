#!/bin/sh
# Resolve pyproject.toml for Python 3.11 to 3.13 at once and write requirements/*.txt with the hashes of every file of each release.
set -eu
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
.venv/bin/python -m venv "$tools"
"$tools/bin/python" -m pip install --quiet uv==0.13.9
compile() {
    output=$1
    shift
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
        --no-emit-index-url pyproject.toml --output-file "requirements/$output" "$@"
}
compile run.txt
compile test.txt --extra test --extra hsm --extra sm2 --constraint requirements/run.txt
