"""Exact numbers: gmpy2 rationals where the package is installed, Python fractions elsewhere, with equal results."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, cast

from criteria.facts import exact_text

rational: Callable[..., Any]
try:
    from gmpy2 import mpq

    rational = mpq
except ImportError:  # pragma: no cover - the fall back is compared with gmpy2 in the tests
    rational = Fraction


def fast(value: Fraction) -> Fraction:
    """The same number in the fast representation; it behaves like a Fraction in arithmetic and comparison."""
    return cast(Fraction, rational(value.numerator, value.denominator))


def plain(value: Any) -> Fraction:
    """A true `Fraction` again, for results that leave the engine."""
    return value if isinstance(value, Fraction) else Fraction(int(value.numerator), int(value.denominator))


def exact_sum(values: Iterable[Fraction]) -> Fraction:
    """The exact sum, 0 for none."""
    return plain(sum((fast(value) for value in values), fast(Fraction(0))))


def round_half_up(value: Fraction, places: int) -> Fraction:
    """Round to decimal places, a half goes up: floor((2·n·10^p + d) / 2d) on integers, so no rounding mode matters."""
    scale = 10**places
    numerator, denominator = int(value.numerator), int(value.denominator)
    return Fraction((2 * numerator * scale + denominator) // (2 * denominator), scale)


def fixed_text(value: Fraction, places: int) -> str:
    """Decimal text with exactly that many places, rounded half up: 5.2 with two places is `5.20`."""
    rounded = round_half_up(value, places)
    whole = abs(rounded.numerator * 10**places // rounded.denominator)
    digits = str(whole).rjust(places + 1, "0")
    sign = "-" if rounded < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def shown_text(value: Fraction, places: int = 8) -> str:
    """Exact decimal where a short one exists, otherwise `n/d ≈ decimal`, so that nothing is silently cut."""
    value = plain(value)
    text = exact_text(value)
    if "/" in text or len(text.partition(".")[2]) > places:
        return f"{value.numerator}/{value.denominator} ≈ {fixed_text(value, places)}"
    return text
