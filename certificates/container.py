"""What can be said of a PDF from its bytes alone: header, end, and the one hole of its signature."""

from __future__ import annotations

import re

from certificates.refusals import Refused, Rule

LIMIT = 2 * 1024 * 1024
_TAIL = re.compile(rb"startxref[\r\n ]+(\d{1,10})[\r\n ]+%%EOF(?:\r\n|\r|\n)?\Z")
_SUBSECTION = re.compile(rb"[\r\n ]*(\d{1,10}) (\d{1,10})[ ]*(?:\r\n|\r|\n)")
_ENTRY_SIZE = 20
_BLANK = b" \t\r\n\x00\x0c"
_SMALL, _CAPITAL = re.compile(rb"<[0-9a-f]*>"), re.compile(rb"<[0-9A-F]*>")


def check_container(content: bytes) -> None:
    """Raise Refused unless the file is small enough, begins as a PDF and ends with its cross-reference table."""
    if len(content) > LIMIT:
        raise Refused(Rule.TOO_LARGE, f"{len(content)} bytes")
    if not content.startswith(b"%PDF-"):
        raise Refused(Rule.NOT_PDF)
    tail = _TAIL.search(content, max(0, len(content) - 64))
    if tail is None:
        raise Refused(Rule.TRAILING_BYTES, "the file does not end with startxref, a number and %%EOF")
    table = int(tail[1])
    if content[table : table + 4] != b"xref":
        raise Refused(Rule.UNREADABLE, "startxref does not point to a cross-reference table")
    trailer = _after_entries(content, table + 4)
    end = _end_of_dictionary(content, trailer)
    if content[end : tail.start()].strip(_BLANK):
        raise Refused(Rule.TRAILING_BYTES, "something stands between the trailer and startxref")
    if b"/XRefStm" in content[trailer:end]:
        raise Refused(Rule.UNREADABLE, "hybrid cross-reference")


def _after_entries(content: bytes, position: int) -> int:
    """Offset just after the word `trailer`, walking over the subsections of the table."""
    while found := _SUBSECTION.match(content, position):
        position = found.end() + int(found[2]) * _ENTRY_SIZE
    word = re.compile(rb"[\r\n ]*trailer").match(content, position)
    if word is None:
        raise Refused(Rule.UNREADABLE, "the cross-reference table is not followed by a trailer")
    return word.end()


def _end_of_dictionary(content: bytes, position: int) -> int:
    """Offset after the dictionary that begins at `position`; strings in a trailer are only skipped, not read."""
    depth = 0
    token = re.compile(rb"<<|>>|<[0-9a-fA-F\s]*>|\((?:[^()\\]|\\.)*\)|[^<>()]+", re.DOTALL)
    while found := token.match(content, position):
        position = found.end()
        depth += {b"<<": 1, b">>": -1}.get(found[0], 0)
        if depth == 0 and found[0] == b">>":
            return position
    raise Refused(Rule.UNREADABLE, "the trailer dictionary does not end")


def held_in_hole(content: bytes, byte_range: list[int], *, capitals: bool = False) -> bytes:
    """The bytes in the hole of a signature; Refused unless it is one hexadecimal string, all in small letters.

    Those of time-stamps over the file are all in capitals.
    """
    if len(byte_range) != 4 or byte_range[0] != 0 or min(byte_range) < 0:
        raise Refused(Rule.SMUGGLED_BYTES, f"byte range {byte_range}")
    hole = content[byte_range[1] : byte_range[2]]
    if not (_CAPITAL if capitals else _SMALL).fullmatch(hole) or len(hole) % 2:
        raise Refused(Rule.SMUGGLED_BYTES, "the hole of the signature is not one hexadecimal string")
    return bytes.fromhex(hole[1:-1].decode())
