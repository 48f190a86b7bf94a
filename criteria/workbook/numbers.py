"""Numbers as people type them and as spreadsheets store them, read exactly or refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction

_STORED = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?\Z", re.ASCII)
_PLAIN = re.compile(r"-?(\d+|[1-9]\d{0,2}(,\d{3})+)(\.\d+)?\Z", re.ASCII)
_SUFFIXED = re.compile(r"(?P<number>-?[0-9][0-9,.]*)\s*(?P<unit>\D*)\Z", re.ASCII)
_LITERAL = re.compile(r"(\d+\.?\d*|\.\d+)\Z", re.ASCII)
_FIFTEEN = Context(prec=15, rounding=ROUND_HALF_EVEN)
_MINUS = str.maketrans({"−": "-", "－": "-"})
MAX_TYPED = 60

YUAN = {"元": 1, "千元": 1_000, "万元": 10_000, "百万元": 1_000_000, "亿元": 100_000_000}
FIELD_YUAN = {"CNY": 1, "kCNY": 1_000, "wCNY": 10_000}


@dataclass(frozen=True, slots=True)
class Typed:
    """A number taken from text: the value in the unit that was written, that unit (may be empty), whether it had %."""

    value: Fraction
    unit: str = ""
    percent: bool = False
    changed: bool = False  # full-width digits, groups or blanks were taken away


def stored_number(text: str) -> Fraction | None:
    """The number in a numeric cell after rounding to 15 significant digits; None when it is no finite number.

    Excel stores 17 digits: 0.29 is kept as 0.28999999999999998.
    """
    text = text.strip()
    whole, _, part = text.partition(".")
    if len(text) <= 15 and text.isascii() and whole.isdigit() and (part.isdigit() or whole == text):
        return Fraction(int(whole + part), 10 ** len(part))
    if not _STORED.match(text):
        return None
    value = Decimal(text)
    if value and not -30 <= value.adjusted() <= 30:
        return None
    return Fraction(_FIFTEEN.plus(value))


def at_fifteen(value: Fraction) -> Fraction:
    """The value rounded to 15 significant digits, as a spreadsheet would show it."""
    return Fraction(_FIFTEEN.divide(Decimal(value.numerator), Decimal(value.denominator)))


def typed_number(text: str) -> Typed | None:
    """The number that a text means without any doubt; None when there is doubt."""
    plain = plain_text(text)
    if plain is None or len(plain) > MAX_TYPED:
        return None
    found = _SUFFIXED.match(plain)
    if found is None or not _PLAIN.match(found["number"]):
        return None
    unit = found["unit"].strip()
    value = Fraction(found["number"].replace(",", ""))
    return Typed(value, "" if unit == "%" else unit, unit == "%", found["number"] != text.strip())


def plain_text(text: str) -> str | None:
    """Full-width signs as ASCII, outer blanks gone; None for signs such as circled 1 or superscript 2."""
    if text.isascii():
        return text.strip()
    folded = []
    for sign in text.translate(_MINUS):
        ascii_form = unicodedata.normalize("NFKC", sign)
        if ascii_form != sign and not ("\uff01" <= sign <= "\uff5e" or sign in "\u3000\u00a0\uffe5"):
            return None
        folded.append(ascii_form)
    return "".join(folded).strip()


def in_field_unit(value: Fraction, written: str, unit: str) -> Fraction | None:
    """A sum of money converted from the unit written behind it; None when either is no unit of money."""
    if written not in YUAN or unit not in FIELD_YUAN:
        return None
    return value * YUAN[written] / FIELD_YUAN[unit]


def literal_formula(formula: str) -> Fraction | None:
    """Value of a formula that consists of numbers, + - * / and brackets only; None for any other formula."""
    if len(formula) > 200:
        return None
    tokens = re.findall(r"\d+\.?\d*|\.\d+|[-+*/()]|\S", formula.removeprefix("="), re.ASCII)
    try:
        return _Arithmetic(tokens).result()
    except (_NotLiteral, ZeroDivisionError):
        return None


class _NotLiteral(Exception):
    """The formula holds something other than literal arithmetic."""


class _Arithmetic:
    """Recursive descent over the tokens of a formula."""

    def __init__(self, tokens: list[str]) -> None:
        self.tokens: Iterator[str] = iter(tokens)
        self.depth = 0
        self.next = next(self.tokens, "")

    def result(self) -> Fraction:
        value = self.sum()
        if self.next:
            raise _NotLiteral
        return value

    def take(self) -> str:
        sign, self.next = self.next, next(self.tokens, "")
        return sign

    def sum(self) -> Fraction:
        value = self.product()
        while self.next in ("+", "-"):
            value = value + self.product() if self.take() == "+" else value - self.product()
        return value

    def product(self) -> Fraction:
        value = self.factor()
        while self.next in ("*", "/"):
            value = value * self.factor() if self.take() == "*" else value / self.factor()
        return value

    def factor(self) -> Fraction:
        self.depth += 1
        if self.depth > 200:
            raise _NotLiteral
        sign = self.take()
        if sign in ("+", "-"):
            return self.factor() if sign == "+" else -self.factor()
        if sign == "(":
            value = self.sum()
            if self.take() != ")":
                raise _NotLiteral
            return value
        if not _LITERAL.match(sign):
            raise _NotLiteral
        return Fraction(sign)
