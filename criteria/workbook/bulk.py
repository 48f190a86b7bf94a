"""How long a workbook will take, told from its zip directory alone, before anything is opened."""

from __future__ import annotations

import struct

from criteria.workbook.gate import MAX_BYTES, MAX_ENTRIES

LONG_FROM = 2 * 1024 * 1024  # unpacked; some thousand rows, half a second of reading

_END = struct.Struct("<4s4H2LH")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_END_MARK, _ENTRY_MARK = b"PK\x05\x06", b"PK\x01\x02"
_COMMENT = 0xFFFF


def is_long(content: bytes) -> bool:
    """Whether to read it in the background. What is no sound zip within the limits is refused at once, so it is not."""
    return len(content) <= MAX_BYTES and declared_size(content) >= LONG_FROM


def declared_size(content: bytes) -> int:
    """Bytes of all parts as the zip directory declares them; 0 where the directory is not sound or too long."""
    start = content.rfind(_END_MARK, max(0, len(content) - _END.size - _COMMENT))
    if start < 0 or start + _END.size > len(content):
        return 0
    _mark, _disk, _first, _here, count, _size, place, _comment = _END.unpack_from(content, start)
    if count > MAX_ENTRIES:
        return 0
    total = 0
    for _number in range(count):
        if place + _ENTRY.size > start:
            return 0
        entry = _ENTRY.unpack_from(content, place)
        if entry[0] != _ENTRY_MARK:
            return 0
        total += entry[9]
        place += _ENTRY.size + sum(entry[10:13])
    return total
