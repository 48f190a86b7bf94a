"""The shape of a message of the workbook reader."""

from __future__ import annotations

from dataclasses import dataclass

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Message:
    """Texts of one code, Chinese and English: what is wrong, what is expected, what to do.

    `{read}` and other names are filled in. `asks` makes it a question, not an error.
    """

    message: Pair
    expected: Pair
    fix: Pair
    asks: bool = False
