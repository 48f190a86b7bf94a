"""Exact numbers, units and look-back windows."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from criteria.exact import exact_sum, fast, fixed_text, plain, round_half_up, shown_text
from criteria.units import amount_text, convert_money, plain_amount, shown_amount, unit_name
from criteria.windows import Anchor, Window, whole_years, years_before


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [
        ("0.125", 2, "0.13"),
        ("0.1249999999999999999999", 2, "0.12"),
        ("2.5", 0, "3"),
        ("3.5", 0, "4"),
        ("-0.5", 0, "0"),
        ("-0.51", 0, "-1"),
        ("1/3", 4, "0.3333"),
        ("2/3", 4, "0.6667"),
        ("7.995", 2, "8"),
    ],
)
def test_a_half_goes_up_and_everything_else_to_the_nearest(value: str, places: int, rounded: str) -> None:
    assert round_half_up(Fraction(value), places) == Fraction(rounded)
    assert round_half_up(fast(Fraction(value)), places) == Fraction(rounded)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        ("5.2", 2, "5.20"),
        ("0", 2, "0.00"),
        ("-1/3", 2, "-0.33"),
        ("12", 0, "12"),
        ("0.005", 2, "0.01"),
        ("80.3", 1, "80.3"),
    ],
)
def test_fixed_places_are_always_shown(value: str, places: int, text: str) -> None:
    assert fixed_text(Fraction(value), places) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("4.8", "4.8"),
        ("200/3", "200/3 ≈ 66.66666667"),
        ("-1/3", "-1/3 ≈ -0.33333333"),
        ("1/1024", "1/1024 ≈ 0.00097656"),
        ("0", "0"),
    ],
)
def test_a_value_without_short_decimal_is_shown_as_fraction_and_decimal(value: str, text: str) -> None:
    assert shown_text(Fraction(value)) == text


def test_fast_numbers_come_back_as_fractions() -> None:
    assert isinstance(plain(fast(Fraction(1, 3))), Fraction)
    assert exact_sum([Fraction(1, 3)] * 3) == 1
    assert exact_sum([]) == 0


@pytest.mark.parametrize(
    ("value", "unit", "into", "result"),
    [("1000", "wCNY", "kCNY", "10000"), ("1", "kCNY", "wCNY", "0.1"), ("7", "kCNY", "kCNY", "7")],
)
def test_money_is_converted_exactly(value: str, unit: str, into: str, result: str) -> None:
    assert convert_money(Fraction(value), unit, into) == Fraction(result)


@pytest.mark.parametrize(("unit", "into"), [("person", "kCNY"), ("kCNY", "kUSD"), ("pct", "wCNY")])
def test_other_units_are_not_converted(unit: str, into: str) -> None:
    with pytest.raises(ValueError, match=f"no conversion from {unit} to {into}"):
        convert_money(Fraction(1), unit, into)


def test_amounts_carry_their_unit_in_both_languages() -> None:
    assert (amount_text(Fraction(1200), "wCNY", "zh"), amount_text(Fraction(3), "pct", "en")) == ("1200 万元", "3%")
    assert amount_text(Fraction(1), "factor", "zh") == "1"
    assert (unit_name("person", "zh"), unit_name("person_month", "en")) == ("人", "person-months")
    assert [shown_amount(v, "bool", "zh") for v in (True, False, None)] == ["是", "否", "?"]
    assert shown_amount("甲", "text", "en") == "甲"


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2026, 3, 1), 3, date(2023, 3, 1)),
        (date(2024, 2, 29), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 4, date(2020, 2, 29)),
    ],
)
def test_years_before_end_on_the_last_day_of_a_short_month(day: date, years: int, before: date) -> None:
    assert years_before(day, years) == before


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        (date(2024, 3, 1), date(2026, 3, 1), 2),
        (date(2024, 3, 2), date(2026, 3, 1), 1),
        (date(2024, 2, 29), date(2025, 2, 28), 0),
        (date(2024, 2, 29), date(2025, 3, 1), 1),
        (date(2026, 3, 2), date(2026, 3, 1), 0),
        (date(2030, 1, 1), date(2026, 3, 1), 0),
    ],
)
def test_whole_years_are_completed_years(since: date, until: date, years: int) -> None:
    assert whole_years(since, until) == years


def test_a_window_of_years_leaves_the_anchor_year_out() -> None:
    span = Window(3, Anchor.APPLICATION_YEAR).span(date(2026, 3, 1), {"application_year": date(2026, 8, 1)})
    assert span is not None
    assert (span.first, span.last) == (date(2023, 1, 1), date(2025, 12, 31))


def test_a_window_without_its_anchor_is_unknown_and_the_base_date_always_known() -> None:
    assert Window(2, Anchor.APPLICATION_DATE).span(date(2026, 3, 1), {}) is None
    span = Window(2, Anchor.BASE_DATE).span(date(2026, 3, 1), {})
    assert span is not None
    assert (span.first, span.last) == (date(2024, 3, 2), date(2026, 3, 1))


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (Fraction(3), "pct", "3%"), (Fraction(1000), "wCNY", "1000 万元"),
        (Fraction(25579, 11712), "pct", "约 2.18399932%"), (Fraction(1, 3), "factor", "约 0.33333333"),
    ],
)  # fmt: skip
def test_letter_tells_no_fraction(value: Fraction, unit: str, text: str) -> None:
    assert plain_amount(value, unit) == text
