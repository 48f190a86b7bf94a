"""The few DER encodings (ITU-T X.690) from which signatures and time-stamps are put together."""

from __future__ import annotations

from datetime import UTC, datetime

SEQUENCE, SET, OCTETS, GENERALIZED_TIME, OBJECT, INTEGER = 0x30, 0x31, 0x04, 0x18, 0x06, 0x02
EXPLICIT_0, EXPLICIT_1 = 0xA0, 0xA1


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element: tag, length in the shortest form, the parts one after the other."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """A SEQUENCE of encoded elements."""
    return tlv(SEQUENCE, *parts)


def set_of(*parts: bytes) -> bytes:
    """A SET OF encoded elements, in the order that DER asks for."""
    return tlv(SET, *sorted(parts))


def integer(value: int) -> bytes:
    """A non-negative INTEGER."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    """An OCTET STRING."""
    return tlv(OCTETS, value)


def oid(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER given with dots."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    return tlv(OBJECT, *(_arc(value) for value in (40 * first + second, *rest)))


def _arc(value: int) -> bytes:
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(value & 0x7F | 0x80)
    return bytes(reversed(groups))


def instant(at: datetime) -> bytes:
    """A GeneralizedTime in UTC, to the second."""
    return tlv(GENERALIZED_TIME, at.astimezone(UTC).strftime("%Y%m%d%H%M%SZ").encode())
