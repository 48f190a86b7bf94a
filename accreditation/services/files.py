"""The content-addressed store: a file is durable under its SHA-256 before the row that names it is written."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason, Refusal
from accreditation.models import StoredFile
from accreditation.services.scanning import check_clean


@dataclass(frozen=True, slots=True)
class FileRule:
    """A kind of file: media type, endings, first bytes."""

    media_type: str
    endings: tuple[str, ...]
    magic: tuple[bytes, ...]


ALLOWED: tuple[FileRule, ...] = (
    FileRule("application/pdf", (".pdf",), (b"%PDF-",)),
    FileRule("image/jpeg", (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    FileRule("image/png", (".png",), (b"\x89PNG\r\n\x1a\n",)),
)
WORKBOOK = FileRule("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",), (b"PK\x03\x04",))


def check_file(name: str, size: int, head: bytes, rules: Iterable[FileRule] = ALLOWED) -> FileRule:
    """The rule that the file keeps; raises Refusal with every reason (empty, too big, ending, content)."""
    rules = tuple(rules)
    limit_mb = settings.EVIDENCE_MAX_BYTES // (1024 * 1024)
    reasons = []
    if size == 0:
        reasons.append(Reason("file_empty", _("文件“%(name)s”是空的。") % {"name": name}, name))
    if size > settings.EVIDENCE_MAX_BYTES:
        reasons.append(
            Reason("file_too_big", _("文件“%(name)s”超过 %(mb)s MB。") % {"name": name, "mb": limit_mb}, name)
        )
    matching = [rule for rule in rules if name.lower().endswith(rule.endings)]
    if not matching:
        endings = "、".join(ending for rule in rules for ending in rule.endings)
        text = _("文件“%(name)s”的类型不在允许范围内，可用：%(endings)s。") % {"name": name, "endings": endings}
        reasons.append(Reason("file_kind", text, name))
    elif size and not any(head.startswith(magic) for rule in matching for magic in rule.magic):
        reasons.append(Reason("file_content", _("文件“%(name)s”的内容与扩展名不符。") % {"name": name}, name))
    if reasons:
        raise Refusal(reasons)
    return matching[0]


def take_file(content: bytes, name: str, *, media_type: str, at: datetime, pages: int | None = None) -> StoredFile:
    """Store a file that came from outside, once the scanner has nothing against it. Raises Refusal."""
    check_clean(content, name)
    return keep_file(content, media_type=media_type, at=at, pages=pages)


def keep_file(content: bytes, *, media_type: str, at: datetime, pages: int | None = None) -> StoredFile:
    """Store bytes durably, then their row; the same bytes are stored once. `pages` of a PDF where they are known."""
    digest = hashlib.sha256(content).hexdigest()
    make_durable(path_of(digest), content)
    stored, _is_new = StoredFile.objects.get_or_create(
        sha256=digest, defaults={"size": len(content), "media_type": media_type, "stored_at": at, "pages": pages}
    )
    if pages is not None and stored.pages is None:
        stored.pages = pages
        stored.save(update_fields=["pages"])
    return stored


def read_file(stored: StoredFile) -> bytes:
    """The bytes, checked against their name; OSError when the store lost or changed them."""
    content = path_of(stored.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise OSError(f"stored file {stored.sha256} does not match its name")
    return content


def path_of(digest: str) -> Path:
    """Where the file of that digest lies."""
    return Path(settings.EVIDENCE_DIR) / digest[:2] / digest


def make_durable(target: Path, content: bytes) -> None:
    """Write beside the target, fsync, rename, fsync the folder; a file already there is only touched."""
    try:
        os.utime(target)  # keeps the sweeper away from a file that is being used again
    except FileNotFoundError:
        pass
    else:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.parent / f".{target.name}.{secrets.token_hex(8)}"
    with draft.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, target)
    for folder in (target.parent, target.parent.parent):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
