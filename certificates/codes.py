"""Verification codes: 26 Crockford base32 characters (130 random bits) and a check character, told apart by eye."""

from __future__ import annotations

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_LENGTH = 26
LENGTH = RANDOM_LENGTH + 1
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_ALIKE = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = str.maketrans("", "", "-–— \t\r\n\u3000")
_FIELD_SIZE = 32
_FIELD_POLYNOMIAL = 0b100101  # x^5 + x^2 + 1, primitive: 2 has order 31, more than the 26 positions


class CodeRefused(ValueError):
    """The text cannot be a verification code: wrong length, foreign character or wrong check character."""


def _times_two(element: int) -> int:
    doubled = element << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & _FIELD_SIZE else doubled


def _check(body: str) -> str:
    """Sum of value * 2^position in the field of 32 elements: no single wrong character, no swap of two, goes unseen."""
    total = 0
    for character in body:
        total = _times_two(total ^ _VALUE[character])
    return ALPHABET[total]


def new_code() -> str:
    """A fresh code of 27 characters: 130 bits from the system's generator and the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return body + _check(body)


def parse_code(text: str) -> str:
    """The code meant by what a person typed: any case, O for 0, I and L for 1, spaces and hyphens ignored."""
    code = text.upper().translate(_SEPARATORS).translate(_ALIKE)
    if len(code) != LENGTH:
        raise CodeRefused(f"{len(code)} characters instead of {LENGTH}")
    foreign = sorted(set(code) - set(ALPHABET))
    if foreign:
        raise CodeRefused(f"characters not used in codes: {' '.join(foreign)}")
    if _check(code[:RANDOM_LENGTH]) != code[-1]:
        raise CodeRefused("the check character does not fit")
    return code


def grouped(code: str) -> str:
    """The code as printed: groups of three joined by hyphens."""
    return "-".join(code[start : start + 3] for start in range(0, len(code), 3))
