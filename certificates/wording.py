"""A text in both languages of the product, for the parts that know no web framework."""

from __future__ import annotations

from typing import NamedTuple


class Wording(NamedTuple):
    """One message: Simplified Chinese and English."""

    zh: str
    en: str

    def filled(self, **values: object) -> Wording:
        """The same message with its {placeholders} filled in both languages."""
        return Wording(self.zh.format(**values), self.en.format(**values))
