#!/bin/sh
# Unpack a Debian package into a folder without root: debian_file.sh PACKAGE FOLDER [SUITE]
# Uses package lists of its own, from the mirrors that this machine already uses; the system's state is left alone.
set -eu
package=$1
folder=$2
suite=${3:-}
command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || {
    echo "$package is needed and this is no Debian machine; see docs/operations.md for what to put where." >&2
    exit 1
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
set -- -q -q -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work/cache" -o APT::Sandbox::User=root -o Debug::NoLocking=1
if [ -n "$suite" ]; then
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -E '/debian/?$' | head -n 1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
    set -- "$@" -o "Dir::Etc::SourceList=$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
fi
apt-get "$@" update >&2
(cd "$work" && apt-get "$@" download "$package" >&2)
mkdir -p "$folder"
dpkg-deb -x "$work/$package"_*.deb "$folder"
