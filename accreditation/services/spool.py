"""The spool folder: long workbooks that wait to be read, durable before a row names them, gone when they were read."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.conf import settings

from accreditation.services.files import make_durable


def spool_folder() -> Path:
    """Where they lie; private to the site, never served."""
    return Path(settings.VAR_DIR) / "spool"


def put(content: bytes) -> str:
    """Keep bytes until `drop`; returns their name. Durable when this returns."""
    name = secrets.token_hex(16)
    make_durable(spool_folder() / name, content)
    return name


def get(name: str) -> bytes:
    """The bytes of that name; FileNotFoundError when they are gone."""
    return (spool_folder() / name).read_bytes()


def drop(name: str) -> None:
    """Remove them; nothing happens when they are gone."""
    (spool_folder() / name).unlink(missing_ok=True)


def sweep(named: Collection[str], *, before: datetime) -> int:
    """Remove what no open reading names and what was written before that instant; returns how many."""
    stale = [
        path
        for path in spool_folder().glob("*")
        if path.name not in named and path.stat().st_mtime < before.timestamp()
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)
