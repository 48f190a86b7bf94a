"""Run all tests on SQLite, then those that touch the database on a temporary PostgreSQL; arguments go to pytest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.with_postgresql import leave_on_terminate, programs, temporary_server  # noqa: E402 - needs the path above
from tests.machine import missing  # noqa: E402 - the same

NO_TESTS_CHOSEN = 5
# The files come in the order of tests/conftest.py; by itself the plug-in takes those of one long test last.
WORKERS = ("--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder")
# The pages, who may open them, and the tools of other packages do not differ by database; one pass is long enough.
ON_POSTGRESQL = "database and not browser and not libreoffice and not one_database"


def run(title: str, extra: list[str], database_url: str | None) -> tuple[int, Counter[str]]:
    """One pass: the exit code of pytest and how many tests had which outcome."""
    print(f"\n=== Tests on {title} ===", flush=True)
    started = time.monotonic()
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    if database_url:
        environment["DATABASE_URL"] = database_url
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "counts.json")
        environment["ACCREDITATION_TEST_REPORT"] = str(report)
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *WORKERS, *extra]
        code = subprocess.run(command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False).returncode
        counts = Counter(json.loads(report.read_text())) if report.exists() else Counter[str]()
    print(f"Tests on {title} took {time.monotonic() - started:.0f} s.", flush=True)
    return code, counts


def main() -> int:
    """Both passes, the groups that could not run, and the totals as the last line."""
    leave_on_terminate()
    chosen = sys.argv[1:]
    # The browser's driver keeps an event loop in its process, in which other tests would not run as they do in life.
    passes = [
        run("SQLite", ["-m", "not browser", *chosen], None),
        run("SQLite in a browser", ["-m", "browser", *chosen], None),
    ]
    if programs():
        with temporary_server() as url:
            passes.append(run("PostgreSQL", ["-m", ON_POSTGRESQL, *chosen], url))
    absent = [f"{group.marker} (Debian package {group.package})" for group in missing()]
    if absent:
        print("Not run here: " + ", ".join(absent))
    return conclude(passes, some_may_be_empty=bool(chosen), complete=not absent)


def conclude(passes: list[tuple[int, Counter[str]]], some_may_be_empty: bool, complete: bool) -> int:
    """Print the totals; 0 only if every pass passed, tests ran and, where CI=true, none was left out."""
    total = sum((counts for _, counts in passes), Counter[str]())
    accepted = {0, NO_TESTS_CHOSEN} if some_may_be_empty else {0}
    good = all(code in accepted for code, _ in passes) and total["passed"] > 0
    good = good and (complete or os.environ.get("CI") != "true")
    failed = total["failed"] + total["error"]
    print(f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
