#!/bin/sh
# As root on Debian: install the packages that some tests need and that are missing. Otherwise those tests are skipped by name.
set -eu
cd "$(dirname "$0")/.."
packages="postgresql chromium poppler-utils qpdf fonts-lxgw-wenkai fonts-noto-cjk libreoffice-calc softhsm2 faketime nginx-light"
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0
missing=""
for package in $packages; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "Installing Debian packages:$missing."
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
# $missing is a list of words.
# shellcheck disable=SC2086
if ! { apt-get -q update && apt-get -q install -y --no-install-recommends $missing; } </dev/null >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
fi
rm -f "$log"
