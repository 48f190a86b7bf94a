"""Run a command on a temporary PostgreSQL server of its own, named by DATABASE_URL: [--or-without] COMMAND..."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

# The server lives for one run, so nothing is lost when the machine stops under it.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "lc_messages": "C",
}


class NotInstalled(RuntimeError):
    """No PostgreSQL server programs were found."""


def programs() -> Path | None:
    """The folder that holds initdb and pg_ctl, the newest where Debian has several."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


def _owner() -> str | None:
    """Whom the server runs as: it refuses root."""
    if os.geteuid():
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def temporary_server() -> Iterator[str]:
    """The DATABASE_URL of a running server, stopped and removed on leaving."""
    folder = programs()
    if folder is None:
        raise NotInstalled("PostgreSQL is not installed (Debian package: postgresql)")
    owner = _owner()
    with tempfile.TemporaryDirectory(prefix="pg-") as home:
        if owner:
            shutil.chown(home, owner)
        _run(owner, home, folder / "initdb", "--pgdata", f"{home}/data", "--username", "accreditation",
             "--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")  # fmt: skip
        options = " ".join(f"-c {name}='{value}'" for name, value in SETTINGS.items())
        control = (folder / "pg_ctl", "--pgdata", f"{home}/data", "--wait")
        _run(owner, home, *control, "--log", f"{home}/log", "--options", f"-k {home} {options}", "start")
        try:
            yield f"postgres://accreditation@/postgres?host={home}"
        finally:
            _run(owner, home, *control, "--mode", "immediate", "stop")


def _run(owner: str | None, home: str, *command: str | Path) -> None:
    done = subprocess.run(
        command, user=owner, cwd=home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))} failed:\n{done.stdout}")


def leave_on_terminate() -> None:
    """Turn SIGTERM into an exit that still runs every finally."""

    def leave(_signal: int, _frame: object) -> NoReturn:
        sys.exit(143)

    signal.signal(signal.SIGTERM, leave)


def main() -> int:
    """Run the command and return its exit code."""
    leave_on_terminate()
    arguments = sys.argv[1:]
    optional = arguments[:1] == ["--or-without"]
    command = arguments[1:] if optional else arguments
    if optional and programs() is None:
        print("PostgreSQL is not installed: the command runs without it.", file=sys.stderr)
        return subprocess.run(command, check=False).returncode
    with temporary_server() as url:
        return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
