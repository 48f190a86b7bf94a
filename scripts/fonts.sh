#!/bin/sh
# Have the pinned fonts of the certificate: those of the system, else unpacked into .fonts/ without root.
set -eu
cd "$(dirname "$0")/.."
found() {
    .venv/bin/python -c 'from certificates.fonts import find_faces; find_faces()' 2>"${1:-/dev/null}"
}
found && exit 0
for suite in "" bookworm; do # a later Debian carries another edition; the pinned one stays in bookworm
    echo "Fetching fonts-lxgw-wenkai${suite:+ of $suite} into .fonts/."
    sh scripts/debian_file.sh fonts-lxgw-wenkai .fonts "$suite" || continue
    found && exit 0
done
echo "The certificate's fonts are missing:" >&2
found /dev/stderr
