"""The name of a product as applications and titles carry it: one spelling, so that the same product is known again."""

from __future__ import annotations

import unicodedata

LONGEST = 60  # characters, as many as a certificate sets
_FORBIDDEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}


def tidy_name(text: str) -> str:
    """The name in normal form NFC with single blanks inside and none around."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def is_sound_name(text: str) -> bool:
    """Whether a tidy name can stand on a certificate: some text, not too long, nothing invisible in it."""
    seen = {unicodedata.category(character) for character in text}
    return 2 <= len(text) <= LONGEST and not seen & _FORBIDDEN


def same_product(one: str, other: str) -> bool:
    """Whether two names mean one product: alike but for width, capitals and blanks."""
    return _key(one) == _key(other)


def _key(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
