"""Numbers as people read them."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils import translation

from accreditation.templatetags.figures import file_size, grouped, quantity, signed


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (Fraction(1234567), None, "1,234,567"),
        (Fraction(12345678, 10), None, "1,234,567.8"),
        (Decimal("1200.50"), None, "1,200.5"),
        (Fraction(1, 8), 2, "0.13"),  # a half goes up
        (Fraction(-12345), None, "-12,345"),
        (999, None, "999"),
        (0.1, None, "0.1"),
        (Fraction(100000123, 10000), 4, "10,000.0123"),
        (None, None, "—"),
        ("", None, "—"),
    ],
)
def test_number_is_grouped_and_exact(value: Fraction, places: int | None, shown: str) -> None:
    assert grouped(value, places) == shown


def test_number_without_short_decimal_is_shown_as_fraction_with_its_nearest_decimal() -> None:
    assert grouped(Fraction(1, 3)).startswith("1/3 ≈ 0.3333")


@pytest.mark.parametrize(
    ("language", "unit", "shown"),
    [
        ("zh-hans", "wCNY", "1,234.50\u00a0万元"),
        ("en", "wCNY", "1,234.50\u00a0ten thousand yuan"),
        ("zh-hans", "pct", "1,234.50%"),
        ("zh-hans", "家", "1,234.50\u00a0家"),
        ("zh-hans", "", "1,234.50"),
    ],
)
def test_unit_follows_the_language_of_the_page(language: str, unit: str, shown: str) -> None:
    with translation.override(language):
        assert quantity(Fraction(2469, 2), unit, 2) == shown


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(1, "unit", "1\u00a0unit"), (2, "unit", "2\u00a0units"), (1, "wCNY", "1\u00a0ten thousand yuan")],
)
def test_one_of_a_unit_is_said_in_the_singular(value: int, unit: str, shown: str) -> None:
    with translation.override("en"):
        assert quantity(value, unit) == shown


@pytest.mark.parametrize(("value", "shown"), [(Fraction(7, 2), "+3.5"), (-2, "\u22122"), (0, "0"), (None, "—")])
def test_difference_carries_its_sign(value: Fraction | int | None, shown: str) -> None:
    assert signed(value) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, "0\u00a0B"), (1023, "1023\u00a0B"), (1024, "1.0\u00a0KB"), (19293798, "18.4\u00a0MB"), (None, "—")],
)
def test_file_size_is_told_in_powers_of_1024(count: int | None, shown: str) -> None:
    assert file_size(count) == shown
