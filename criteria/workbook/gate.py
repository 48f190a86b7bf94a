"""The bounded gate: what the bytes are, and whether the zip around them is safe to open. Nothing is parsed here."""

from __future__ import annotations

import io
import itertools
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from criteria.workbook.faults import Refused

MAX_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_DECLARED = 300 * 1024 * 1024
MAX_PART = 200 * 1024 * 1024
MAX_RATIO = 200
RATIO_FROM = 1024 * 1024  # small parts of blanks are innocent
PROLOGUE = 64 * 1024
CHUNK = 64 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "word_document"),
    ("PowerPoint Document", "presentation"),
)
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"BM", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"RIFF", "image"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"{\\rtf", "word_document"),
)
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Archive:
    """The zip of a workbook after the gate: parts by name, reading in bounded chunks."""

    source: zipfile.ZipFile
    parts: dict[str, zipfile.ZipInfo]  # by lower-case name with forward slashes

    def has(self, name: str) -> bool:
        """Whether a part of that name exists, letter case ignored."""
        return name.lower() in self.parts

    def chunks(self, name: str) -> Iterator[bytes]:
        """The content of a part in pieces. Refused when missing or damaged."""
        entry = self.parts.get(name.lower())
        if entry is None:
            raise Refused("part_missing", part=name)
        try:
            with self.source.open(entry) as stream:
                while piece := stream.read(CHUNK):
                    yield piece
        except _DAMAGE as error:
            raise Refused("damaged", reason=f"{name}: {error}") from error


def open_archive(content: bytes) -> Archive:
    """Pass the gate: size, magic, zip directory, overlaps, declared sizes, DTDs. Raises Refused."""
    check_size(content)
    check_kind(content)
    try:
        source = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise Refused("damaged", reason=str(error)) from error
    entries = [entry for entry in source.infolist() if not entry.is_dir()]
    check_entries(entries)
    check_overlap(content, entries)
    archive = Archive(source, _by_name(entries))
    check_prologues(archive)
    return archive


def check_size(content: bytes) -> None:
    """Not empty, not above 20 MB."""
    if not content:
        raise Refused("empty_file")
    if len(content) > MAX_BYTES:
        raise Refused("too_big", size=f"{len(content) / 1024 / 1024:.1f}", limit=MAX_BYTES // 1024 // 1024)


def check_kind(content: bytes) -> None:
    """A zip, by its first bytes; everything else is refused by its own name."""
    if content.startswith(b"PK\x03\x04"):
        return
    if content.startswith(_OLE):
        raise Refused(_ole_kind(content))
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            raise Refused(kind)
    if content.startswith((b"PK\x05\x06", b"PK\x07\x08")):
        raise Refused("damaged", reason="empty or split zip")
    raise Refused(_text_kind(content))


def check_entries(entries: list[zipfile.ZipInfo]) -> None:
    """Number, names, encryption, compression and declared sizes of the zip entries."""
    if len(entries) > MAX_ENTRIES:
        raise Refused("too_many_parts", count=len(entries), limit=MAX_ENTRIES)
    if sum(entry.file_size for entry in entries) > MAX_DECLARED:
        raise Refused("zip_bomb", part="*")
    for entry in entries:
        _check_entry(entry)
    names = Counter(_part_name(entry) for entry in entries)
    if doubled := [name for name, times in names.items() if times > 1]:
        raise Refused("part_doubled", part=min(doubled))


def check_overlap(content: bytes, entries: list[zipfile.ZipInfo]) -> None:
    """No two entries may share bytes: Python 3.11's zipfile would read such a bomb."""
    spans = sorted((entry.header_offset, _entry_end(content, entry), entry.filename) for entry in entries)
    for (_, end, _), (start, _, name) in itertools.pairwise(spans):
        if start < end:
            raise Refused("zip_overlap", part=name)
    if spans and spans[-1][1] > len(content):
        raise Refused("damaged", reason=f"{spans[-1][2]}: beyond the end of the file")


def check_prologues(archive: Archive) -> None:
    """No XML part may declare a document type, parsed here or not."""
    for name in archive.parts:
        if name.endswith((".xml", ".rels", ".vml")):
            piece = next(archive.chunks(name), b"")[:PROLOGUE]
            if b"<!DOCTYPE" in piece.replace(b"\x00", b""):
                raise Refused("dtd", part=name)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = _part_name(entry)
    if ".." in name.split("/") or name.startswith("/") or ":" in name:
        raise Refused("part_name", part=entry.filename)
    if entry.flag_bits & 0x1:
        raise Refused("encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Refused("damaged", reason=f"{entry.filename}: compression {entry.compress_type}")
    bomb = entry.file_size > RATIO_FROM and entry.file_size > MAX_RATIO * max(entry.compress_size, 1)
    if bomb or entry.file_size > MAX_PART:
        raise Refused("zip_bomb", part=entry.filename)


def _part_name(entry: zipfile.ZipInfo) -> str:
    return entry.filename.replace("\\", "/").lower()


def _by_name(entries: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    return {_part_name(entry): entry for entry in entries}


def _entry_end(content: bytes, entry: zipfile.ZipInfo) -> int:
    header = content[entry.header_offset : entry.header_offset + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise Refused("damaged", reason=f"{entry.filename}: no local header")
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return entry.header_offset + 30 + lengths + entry.compress_size


def _ole_kind(content: bytes) -> str:
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            return kind
    return "et_file" if b"ET.Workbook" in content else "old_xls"


def _text_kind(content: bytes) -> str:
    start = content[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        return "html"
    if start.startswith(b"<?xml") or b"<workbook" in start:
        return "xml_file"
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv"
    sample = content[:4096]
    printable = sum(byte >= 32 or byte in b"\t\r\n" for byte in sample)
    return "csv" if b"\x00" not in sample and printable == len(sample) else "unknown_kind"
