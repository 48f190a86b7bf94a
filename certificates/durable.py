"""Files that survive a crash: written beside their place, flushed, renamed, and the folder flushed."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path


def write_durably(path: Path, content: bytes) -> None:
    """Put `content` at `path`, whole or not at all; on return it is on the disk."""
    _make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        with open(draft, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    _flush(path.parent)


def keep(folder: Path, content: bytes) -> str:
    """Put `content` into the content-addressed store `folder`; its SHA-256, which is its name."""
    digest = hashlib.sha256(content).hexdigest()
    path = stored_at(folder, digest)
    if not path.is_file() or path.stat().st_size != len(content):
        write_durably(path, content)
    return digest


def stored_at(folder: Path, digest: str) -> Path:
    """Where a file of the store lies."""
    return folder / digest[:2] / f"{digest}.pdf"


def fetch(folder: Path, digest: str) -> bytes:
    """A file of the store; OSError when it is gone or is not what its name says."""
    content = stored_at(folder, digest).read_bytes()
    if hashlib.sha256(content).hexdigest() != digest:
        raise OSError(f"the stored file {digest} is damaged")
    return content


def _make_folder(folder: Path) -> None:
    missing = [place for place in (folder, *folder.parents) if not place.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for place in reversed(missing):
        _flush(place.parent)


def _flush(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
