"""The nightly copy: whole or not there, and enough to start from again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest

from scripts.with_postgresql import programs
from tests.architecture.sources import ROOT


def back_up(target: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    cleared = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ACCREDITATION_VAR"}}
    folder = programs()
    path = f"{folder}:{os.environ['PATH']}" if folder else os.environ["PATH"]
    return subprocess.run(
        ["sh", str(ROOT / "deploy" / "backup.sh"), str(target)],
        env={**cleared, **environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def site(tmp_path: Path) -> Path:
    var = tmp_path / "var"
    for name in ("evidence/ab", "certificates/cd", "trust", "keys/signing"):
        (var / name).mkdir(parents=True)
    (var / "evidence/ab/first").write_text("first")
    (var / "keys/signing/signer.key").write_text("secret")
    writer = sqlite3.connect(var / "accreditation.sqlite3")
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("CREATE TABLE paper (name TEXT)")
    writer.execute("INSERT INTO paper VALUES ('first')")
    writer.commit()
    writer.close()
    return var


@pytest.mark.slow
def test_copy_holds_rows_and_files_and_no_key(site: Path, tmp_path: Path) -> None:
    done = back_up(tmp_path / "copies", ACCREDITATION_VAR=str(site))
    assert (done.returncode, done.stderr) == (0, "")
    copy = Path(done.stdout.strip())
    with sqlite3.connect(copy / "database.sqlite3") as database:
        assert database.execute("SELECT name FROM paper").fetchall() == [("first",)]
    database.close()
    assert (copy / "evidence/ab/first").read_text() == "first"
    assert [path for path in copy.rglob("*") if "key" in path.name] == []
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=copy, check=True)


@pytest.mark.slow
def test_second_copy_links_what_the_first_has_and_adds_what_is_new(site: Path, tmp_path: Path) -> None:
    first = Path(back_up(tmp_path / "copies", ACCREDITATION_VAR=str(site)).stdout.strip())
    first = first.rename(first.with_name("20200101T000000Z"))
    (site / "evidence/ab/second").write_text("second")
    second = Path(back_up(tmp_path / "copies", ACCREDITATION_VAR=str(site)).stdout.strip())
    assert (second / "evidence/ab/second").read_text() == "second"
    assert (second / "evidence/ab/first").samefile(first / "evidence/ab/first")
    assert not (first / "evidence/ab/second").exists()


@pytest.mark.slow
def test_copy_that_fails_leaves_nothing_under_a_copys_name(site: Path, tmp_path: Path) -> None:
    (site / "accreditation.sqlite3").write_bytes(b"SQLite format 3\0" + b"damaged" * 400)
    done = back_up(tmp_path / "copies", ACCREDITATION_VAR=str(site))
    assert done.returncode != 0
    assert list((tmp_path / "copies").iterdir()) == []


@pytest.mark.slow
@pytest.mark.postgresql
def test_copy_of_postgresql_can_be_read_back(site: Path, tmp_path: Path, child_environment: dict[str, str]) -> None:
    url = child_environment["DATABASE_URL"]
    done = back_up(tmp_path / "copies", ACCREDITATION_VAR=str(site), DATABASE_URL=url)
    assert (done.returncode, done.stderr) == (0, "")
    folder = programs()
    assert folder is not None
    restore = shutil.which("pg_restore", path=f"{folder}:{os.environ['PATH']}")
    assert restore is not None
    dump = Path(done.stdout.strip()) / "database.dump"
    listed = subprocess.run([restore, "--list", str(dump)], capture_output=True, text=True, check=True)
    assert "TABLE DATA public accreditation_auditevent" in listed.stdout
