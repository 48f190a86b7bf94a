"""Numbers that name one right or one standard, brought to one form however they were written."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from criteria.facts import Facts
from criteria.fields import FormSpec

_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc\uff0d_]")
_BLANKS = re.compile(r"[\s\u200b\u00b7]")
_PATENT = re.compile(r"(?:ZL|CN)?(?P<digits>[0-9]{12}|[0-9]{8})(?P<dot>\.?)(?P<check>[0-9X])?")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
LEAST_SIGNS = 3  # what is shorter names nothing


@dataclass(frozen=True, slots=True)
class Identifier:
    """A reported number: scheme, its one form, the text as reported, annex code and line (from 1)."""

    scheme: str
    value: str
    shown: str
    annex: str
    line: int

    @property
    def key(self) -> str:
        """Scheme and value in one word, the same in every application that reports the number."""
        return f"{self.scheme}:{self.value}"


def normalised(scheme: str, text: str) -> str:
    """The one form of a number; empty where the text names nothing. KeyError for an unknown scheme."""
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).upper()
    plain = _BLANKS.sub("", plain)
    if len(plain) < LEAST_SIGNS or not any(sign.isdigit() for sign in plain):
        return ""
    return _FORMS[scheme](plain)


def _ip_right(text: str) -> str:
    """A patent by its application number without `ZL` and check digit; other rights as they are written.

    Numbers have 12 digits since October 2003, 8 before (ZC 0006-2003). Without a dot the digit behind them is dropped
    only where it is the right check digit; a publication number may have nine digits as well.
    """
    found = _PATENT.fullmatch(text)
    if found is None:
        return text
    digits, check = found["digits"], found["check"]
    if check and not found["dot"] and check != check_digit(digits):
        return text
    return digits


def check_digit(digits: str) -> str:
    """The check digit behind a Chinese patent application number of 8 or 12 digits: weighted sum modulo 11, 10 is X."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return "X" if total % 11 == 10 else str(total % 11)


def _standard(text: str) -> str:
    """A standard with its year; the stroke of `GB/T` is part of it."""
    return text.replace("--", "-")


_FORMS: Mapping[str, Callable[[str], str]] = {"ip_right": _ip_right, "standard": _standard}
SCHEMES: tuple[str, ...] = tuple(_FORMS)


def identifiers_of(facts: Facts, form: FormSpec | None) -> Iterator[Identifier]:
    """Every identifier that the annexes report, in their order; what names nothing is left out."""
    for annex in form.annexes if form else ():
        columns = [column for column in annex.columns if column.identifier]
        for row in facts.annexes.get(annex.code, ()) if columns else ():
            for column in columns:
                shown = row.values.get(column.code)
                value = normalised(column.identifier, shown) if isinstance(shown, str) else ""
                if value:
                    yield Identifier(column.identifier, value, str(shown), annex.code, row.number)
