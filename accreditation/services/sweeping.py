"""Files of the store that no row names: what a crash between file and row, or a refused act, leaves behind.

A file is durable before its row, so a young file without a row may still get one: only files untouched for longer than
the grace are swept. Each is moved aside first and looked at again, because an upload of the same bytes touches it
before it writes the row.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from accreditation.models import StoredFile

LEAST_GRACE = timedelta(hours=1)
BATCH = 500
_STORED = re.compile(r"[0-9a-f]{64}")
_DRAFT = re.compile(r"\.[0-9a-f]{64}\.[0-9a-z]{5,16}")  # being written, or moved aside by a sweep that was killed


@dataclass(frozen=True, slots=True)
class Orphan:
    """A file without a row: where it lies, bytes, nanoseconds of its last touch."""

    path: Path
    size: int
    touched: int


def orphans(*, at: datetime, grace: timedelta) -> Iterator[Orphan]:
    """Files of the store without a row, untouched for longer than the grace, in the order of their names.

    What has not the name of a stored file or of one being written is left alone. ValueError for a grace under an hour.
    """
    if grace < LEAST_GRACE:
        raise ValueError("the grace is an hour at least")
    old = (at - grace).timestamp()
    found = [each for each in _files(Path(settings.EVIDENCE_DIR)) if each.touched < old * 1_000_000_000]
    for start in range(0, len(found), BATCH):
        part = found[start : start + BATCH]
        named = _with_row(each.path.name for each in part)
        yield from (each for each in part if each.path.name not in named)


def _files(root: Path) -> Iterator[Orphan]:
    for folder in sorted(root.glob("[0-9a-f][0-9a-f]")):
        for path in sorted(folder.iterdir()):
            if _STORED.fullmatch(path.name) or _DRAFT.fullmatch(path.name):
                facts = path.lstat()
                yield Orphan(path, facts.st_size, facts.st_mtime_ns)


def _with_row(names: Iterable[str]) -> set[str]:
    return set(StoredFile.objects.filter(sha256__in=list(names)).values_list("sha256", flat=True))


def sweep(orphan: Orphan) -> bool:
    """Delete one file for good; False where it was touched or got its row meanwhile, and stays."""
    aside = orphan.path.with_name(f".{orphan.path.name.strip('.')[:64]}.{secrets.token_hex(8)}")
    try:
        os.rename(orphan.path, aside)
    except FileNotFoundError:
        return False
    if aside.lstat().st_mtime_ns != orphan.touched or _with_row([orphan.path.name]):
        if not orphan.path.exists():
            os.rename(aside, orphan.path)
        else:
            aside.unlink()  # the same bytes were written anew
        return False
    aside.unlink()
    return True
