"""Numbers as people read them: exact fractions as grouped decimals with their unit, file sizes."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from django import template

from accreditation.templatetags.language import is_english
from criteria.exact import fixed_text, shown_text
from criteria.units import UNITS

register = template.Library()

Number = Fraction | Decimal | int | float
NARROW_UNITS = {"pct"}
SIZES = ((1024**3, "GB"), (1024**2, "MB"), (1024, "KB"))


# A name that a template does not know arrives as "" and counts as None throughout.


def grouped_text(text: str) -> str:
    """Thousands separators in the whole part of every number of a text: 1234567.50 becomes 1,234,567.50."""
    return re.sub(r"(?<![\d.])\d{4,}", lambda found: f"{int(found.group()):,}", text)


def unit_label(code: str) -> str:
    """Name of a unit code of the rule sets in the page's language; other words (份, 家) are shown as given."""
    return _counted(code, None)


def _counted(code: str, value: Number | None) -> str:
    unit = UNITS.get(code)
    return unit.counted(value, "en" if is_english() else "zh") if unit else code


def exactly(value: Number) -> Fraction:
    """The number as a fraction; a float is taken by the digits that it prints."""
    return Fraction(str(value)) if isinstance(value, float) else Fraction(value)


@register.filter
def grouped(value: Number | None, places: int | None = None) -> str:
    """An exact number with separators; with `places`, that many decimals, a half rounded up. A dash for None."""
    if value is None or value == "":
        return "—"
    exact = exactly(value)
    return grouped_text(fixed_text(exact, places) if isinstance(places, int) else shown_text(exact))


@register.simple_tag
def quantity(value: Number | None, unit: str = "", places: int | None = None) -> str:
    """A number with its unit, kept on one line: 1,234.5 万元, 5.8%. `unit` is a unit code such as `wCNY`, or a word."""
    if value is None or value == "" or not unit:
        return grouped(value, places)
    gap = "" if unit in NARROW_UNITS else "\u00a0"
    return f"{grouped(value, places)}{gap}{_counted(unit, value)}"


@register.filter
def signed(value: Number | None, places: int | None = None) -> str:
    """A difference with its sign in front: +3.5, −2."""
    if value is None:
        return "—"
    sign = "+" if value > 0 else "\u2212" if value < 0 else ""
    return f"{sign}{grouped(abs(exactly(value)), places)}"


@register.filter
def file_size(count: int | None) -> str:
    """Bytes as people read them, one decimal, powers of 1024: 18.4 MB."""
    if count is None:
        return "—"
    for size, name in SIZES:
        if count >= size:
            return f"{fixed_text(Fraction(count, size), 1)}\u00a0{name}"
    return f"{count}\u00a0B"
