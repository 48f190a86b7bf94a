"""Check that the migrations say what the models say, and that each can be written out as SQL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OWN_APPS = ("accreditation", "workflows", "certificates")


def main() -> None:
    """Exit 1 on a model change without a migration, or on a migration that cannot be written out."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "ACCREDITATION_VAR": folder, "DATABASE_URL": f"sqlite:///{folder}/empty.sqlite3"}
        _run(environment, "makemigrations", "--check", "--dry-run", *OWN_APPS)
        written = [_run(environment, "sqlmigrate", app, name) for app, name in _migrations()]
    print(f"Migrations agree with the models; {len(written)} of them written out as SQL.")


def _migrations() -> list[tuple[str, str]]:
    return [(app, path.stem) for app in OWN_APPS for path in sorted((ROOT / app / "migrations").glob("[0-9]*.py"))]


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"manage.py {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
