#!/bin/sh
# Copy the database, then the files: backup.sh FOLDER. Files never change, so every file that a copied row names is in the copy.
# Signing keys are not copied: they are kept apart (docs/operations.md). The copy gets its name only when it is whole.
set -eu
umask 0077
target=$1
here=$(cd "$(dirname "$0")/.." && pwd)
var=${ACCREDITATION_VAR:-$here/var}
name=$(date -u +%Y%m%dT%H%M%SZ)
draft="$target/.$name"
mkdir -p "$draft"
trap 'rm -rf "$draft"' EXIT

copy_sqlite() {
    "$here/.venv/bin/python" - "$1" "$2" <<'PYTHON'
import sqlite3, sys
source, copy = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True), sqlite3.connect(sys.argv[2])
source.backup(copy)
faults = copy.execute("PRAGMA integrity_check").fetchall()
copy.close()
sys.exit(0 if faults == [("ok",)] else f"the copy is damaged: {faults}")
PYTHON
}

case ${DATABASE_URL:-} in
postgres*) pg_dump --format=custom --file="$draft/database.dump" --dbname="postgresql:${DATABASE_URL#postgres*:}" ;;
"") copy_sqlite "$var/accreditation.sqlite3" "$draft/database.sqlite3" ;;
sqlite:///*) copy_sqlite "${DATABASE_URL#sqlite:///}" "$draft/database.sqlite3" ;;
esac

# Evidence and certificates are named by their content: what the copy before has is linked, only new files are copied.
before=$(find "$target" -mindepth 1 -maxdepth 1 -type d -name '[0-9]*' | sort | tail -n 1)
for folder in evidence certificates; do
    mkdir -p "$draft/$folder"
    if [ -n "$before" ]; then cp -a --link "$before/$folder/." "$draft/$folder/"; fi
    if [ -d "$var/$folder" ]; then cp -a --no-clobber "$var/$folder/." "$draft/$folder/"; fi
done
if [ -d "$var/trust" ]; then cp -a "$var/trust" "$draft/trust"; fi

(cd "$draft" && find . -type f ! -name SHA256SUMS -exec sha256sum {} + >SHA256SUMS)
sync
mv "$draft" "$target/$name"
trap - EXIT
echo "$target/$name"
