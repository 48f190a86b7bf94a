"""Forms of certificate numbers, such as SHETC-2026-00001; allocating the running number is a service."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass

_NUMBER = re.compile(r"[0-9A-Z]+(-[0-9A-Z]+)*")
_FIELDS = {"prefix", "year", "serial"}


class NumberFormRefused(ValueError):
    """The pattern cannot give one number per serial: unknown or missing field, or characters that are not allowed."""


@dataclass(frozen=True, slots=True)
class NumberForm:
    """How a series of certificates is numbered.

    `pattern` is a format string over `prefix`, `year` and `serial`; the counter runs by prefix, and by year where the
    year is in the pattern.
    """

    prefix: str
    pattern: str = "{prefix}-{year}-{serial:05d}"

    def __post_init__(self) -> None:
        check_pattern(self.pattern)
        self.number(year=2026, serial=1)

    def series(self, *, year: int) -> str:
        """Name of the counter that this number is taken from."""
        return f"{self.prefix}-{year}" if "{year" in self.pattern else self.prefix

    def number(self, *, year: int, serial: int) -> str:
        """The printed number; at most 20 letters and digits, because they are the serial of the identifier as well."""
        number = self.pattern.format(prefix=self.prefix, year=year, serial=serial)
        if not _NUMBER.fullmatch(number) or len(number.replace("-", "")) > 20:
            raise NumberFormRefused(f"{number!r}: only capital letters, digits and hyphens, at most 20 without hyphens")
        return number


def check_pattern(pattern: str) -> None:
    """Raise NumberFormRefused unless the pattern uses known fields only and has the serial in it."""
    try:
        named = {name for _, name, _, _ in string.Formatter().parse(pattern) if name is not None}
    except ValueError as fault:
        raise NumberFormRefused(f"{pattern!r}: {fault}") from fault
    if "serial" not in named or named - _FIELDS:
        raise NumberFormRefused(f"{pattern!r}: needs {{serial}}, may use {{prefix}} and {{year}}, has {sorted(named)}")
