"""Is a certificate still what its snapshot says? Rendered again and compared, byte by byte, before the signature."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Mapping
from hashlib import sha256

from certificates.fonts import FontFile
from certificates.issuing import prepare
from certificates.package import RESERVED, Prepared
from certificates.pages import CHINESE
from certificates.render import renderer_for
from certificates.snapshot import Snapshot, SnapshotRefused, record_of

_HOLE = re.compile(rb"/Contents <([0-9a-f]+)>")


def differences_of(
    snapshot: Snapshot,
    stored: bytes,
    *,
    faces: Mapping[str, FontFile],
    printed: str,
    record_sha256: str,
    unsigned_sha256: str,
    language: str = CHINESE,
) -> Iterator[str]:
    """One sentence per difference between a stored certificate and its snapshot rendered again; none when it is equal.

    `stored` is the signed file, `faces` are the fonts it was made with, `printed` is the text of its QR code, the two
    digests are those noted at its issue, `language` tells the English edition from the certificate.
    """
    record = record_of(snapshot)
    if sha256(record).hexdigest() != record_sha256:
        yield f"record: SHA-256 {sha256(record).hexdigest()}, noted {record_sha256}"
    try:
        prepared = prepare(snapshot, record, printed, renderer_for(faces), language, reserved=_reserved(stored))
    except SnapshotRefused as refusal:
        yield f"cannot be rendered: {refusal}"
        return
    digest = sha256(prepared.content).hexdigest()
    if digest != unsigned_sha256:
        yield f"rendering: SHA-256 {digest}, noted {unsigned_sha256}{_library()}"
    yield from _places(prepared, stored)


def _reserved(stored: bytes) -> int:
    """The room for the signature, which may have been another at the time of issue."""
    hole = _HOLE.search(stored)
    return len(hole[1]) // 2 if hole else RESERVED


def _places(prepared: Prepared, stored: bytes) -> Iterator[str]:
    """Where the stored file differs from the rendering outside the hole of its signature."""
    if len(stored) != len(prepared.content):
        yield f"stored file: {len(stored)} bytes, rendered {len(prepared.content)}"
    start, end = prepared.hole
    for low, high in ((0, start + 1), (end - 1, len(stored))):
        first = _first_difference(prepared.content[low:high], stored[low:high])
        if first is not None:
            yield f"stored file: differs from byte {low + first}, {_part_around(stored, low + first)}"
            return


def _first_difference(rendered: bytes, stored: bytes) -> int | None:
    if rendered == stored:
        return None
    pairs = enumerate(zip(rendered, stored, strict=False))
    return next((place for place, (one, other) in pairs if one != other), min(len(rendered), len(stored)))


def _part_around(content: bytes, place: int) -> str:
    """The PDF object in which a byte lies."""
    before = content.rfind(b" 0 obj", 0, place)
    if before < 0 or content.rfind(b"endobj", before, place) >= 0:
        return "outside the objects"
    number = content[content.rfind(b"\n", 0, before) + 1 : before]
    return f"in object {number.decode('ascii', 'replace')}"


def _library() -> str:
    """A compressor of another version packs the same drawing into other bytes."""
    return f" (here zlib {zlib.ZLIB_RUNTIME_VERSION})"
