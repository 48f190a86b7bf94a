"""The store: files without a row are swept after their grace, whatever is used again or named stays."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accreditation.models import StoredFile
from accreditation.services import files
from accreditation.services.files import keep_file, path_of
from accreditation.services.sweeping import Orphan, orphans, sweep

pytestmark = pytest.mark.django_db
GRACE = timedelta(hours=72)


def lying(content: bytes, *, hours: int, name: str = "") -> Path:
    """A file of the store without a row, last touched so many hours ago."""
    digest = hashlib.sha256(content).hexdigest()
    path = path_of(digest).with_name(name or digest)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    then = timezone.now().timestamp() - hours * 3600
    os.utime(path, (then, then))
    return path


def found() -> list[Path]:
    return [each.path for each in orphans(at=timezone.now(), grace=GRACE)]


def run(**options: object) -> str:
    out = StringIO()
    call_command("sweep_evidence", stdout=out, **options)
    return out.getvalue()


def test_only_old_files_without_a_row_are_found(var_dir: Path) -> None:
    old = lying(b"old", hours=80)
    lying(b"young", hours=70)
    named = keep_file(b"named", media_type="application/pdf", at=timezone.now())
    os.utime(path_of(named.sha256), (0, 0))
    assert found() == [old]


def test_file_that_a_crash_left_half_written_is_found(var_dir: Path) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    half = lying(b"x", hours=80, name=f".{digest}.{'0' * 16}")
    assert found() == [half]


@pytest.mark.parametrize("name", ["README", "notes.txt", ".keep", "a" * 63])
def test_file_of_another_kind_is_left_alone(var_dir: Path, name: str) -> None:
    lying(b"x", hours=1000, name=name)
    assert found() == []


def test_command_lists_and_deletes_nothing_unless_told(var_dir: Path) -> None:
    path = lying(b"old", hours=80)
    said = run()
    assert path.exists()
    assert f"would delete {path.name} (3 bytes)" in said
    assert "1 files without a row, 3 bytes" in said


def test_command_deletes_when_told_and_leaves_named_files(var_dir: Path) -> None:
    path = lying(b"old", hours=80)
    kept = keep_file(b"named", media_type="application/pdf", at=timezone.now())
    os.utime(path_of(kept.sha256), (0, 0))
    assert "deleted" in run(delete=True)
    assert not path.exists()
    assert path_of(kept.sha256).read_bytes() == b"named"
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("hours", [0, -5])
def test_grace_of_less_than_an_hour_is_refused(var_dir: Path, hours: int) -> None:
    with pytest.raises(CommandError, match="1 at least"):
        run(grace_hours=hours, delete=True)


def orphan(path: Path) -> Orphan:
    facts = path.lstat()
    return Orphan(path, facts.st_size, facts.st_mtime_ns)


def test_file_touched_by_an_upload_after_it_was_listed_stays(var_dir: Path) -> None:
    path = lying(b"again", hours=80)
    listed = orphan(path)
    keep_file(b"again", media_type="application/pdf", at=timezone.now())
    assert not sweep(listed)
    assert path.read_bytes() == b"again"


def test_file_that_got_its_row_without_a_touch_stays(var_dir: Path) -> None:
    path = lying(b"row", hours=80)
    StoredFile.objects.create(sha256=path.name, size=3, media_type="application/pdf", stored_at=timezone.now())
    assert not sweep(orphan(path))
    assert path.exists()


def test_file_swept_by_somebody_else_is_no_error(var_dir: Path) -> None:
    path = lying(b"gone", hours=80)
    listed = orphan(path)
    path.unlink()
    assert not sweep(listed)


def test_upload_whose_file_is_swept_under_its_hands_writes_it_anew(
    var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = lying(b"race", hours=80)
    listed, real = orphan(path), os.utime

    def swept_before_touch(*args: Any) -> None:
        monkeypatch.setattr(files.os, "utime", real)
        assert sweep(listed)
        real(*args)

    monkeypatch.setattr(files.os, "utime", swept_before_touch)
    stored = keep_file(b"race", media_type="application/pdf", at=datetime.fromtimestamp(0, tz=timezone.now().tzinfo))
    assert path_of(stored.sha256).read_bytes() == b"race"
