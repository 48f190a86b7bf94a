"""Numbers as stored, as typed and as literal formulas."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from criteria.workbook.numbers import (
    at_fifteen,
    in_field_unit,
    literal_formula,
    plain_text,
    stored_number,
    typed_number,
)


def test_every_cent_up_to_a_hundred_read_back_from_seventeen_digits_is_what_was_typed() -> None:
    wrong = [n for n in range(1, 10_001) if stored_number(f"{n / 100:.17g}") != Fraction(n, 100)]
    assert wrong == []


def test_the_same_without_rounding_would_be_wrong_thousands_of_times() -> None:
    wrong = [n for n in range(1, 10_001) if Fraction(Decimal(f"{n / 100:.17g}")) != Fraction(n, 100)]
    assert len(wrong) > 8000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.28999999999999998", Fraction(29, 100)),
        ("1E3", Fraction(1000)),
        ("-1.5e-3", Fraction(-15, 10000)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("0", Fraction(0)),
        (" 12 ", Fraction(12)),
        ("123456789012345678", Fraction(123456789012346000)),
    ],
)
def test_stored_number_is_rounded_to_fifteen_digits(text: str, value: Fraction) -> None:
    assert stored_number(text) == value


@pytest.mark.parametrize("text", ["NaN", "INF", "-INF", "1E+400", "1E-400", "12abc", "", "0x1F", "1_000", "٣", "１２"])
def test_stored_number_that_is_no_finite_number_is_none(text: str) -> None:
    assert stored_number(text) is None


@pytest.mark.parametrize(
    ("text", "value", "unit", "percent"),
    [
        ("1234.5", "1234.5", "", False),
        ("１２３４．５", "1234.5", "", False),
        ("1,234,567.89", "1234567.89", "", False),
        ("１，２３４", "1234", "", False),
        ("　12　", "12", "", False),
        ("−5", "-5", "", False),
        ("－5", "-5", "", False),
        ("5%", "5", "", True),
        ("5％", "5", "", True),
        ("100万元", "100", "万元", False),
        ("1.5 亿元", "1.5", "亿元", False),
        ("12人", "12", "人", False),
        ("12\u00a0", "12", "", False),
    ],
)
def test_typed_number_without_doubt_is_read(text: str, value: str, unit: str, percent: bool) -> None:
    typed = typed_number(text)
    assert typed is not None
    assert (typed.value, typed.unit, typed.percent) == (Fraction(value), unit, percent)


@pytest.mark.parametrize(
    "text",
    [
        "1,23",
        "12,34",
        "1,2345",
        "约100",
        "O.5",
        "①",
        "5²",
        "½",
        "٣",
        "一百",
        "",
        "-",
        "—",
        "1.2.3",
        "(5)",
        "1 000",
        "1e5",
        "+5",
        "5-6",
        "3/4",
        "1,234,56",
        "0,123",
        "9" * 70,
        "5 %%",
    ],
)
def test_typed_number_in_doubt_is_none_or_keeps_the_doubtful_unit(text: str) -> None:
    typed = typed_number(text)
    assert typed is None or typed.unit not in ("", "元", "千元", "万元", "亿元")


def test_signs_that_only_look_like_digits_are_not_folded() -> None:
    assert plain_text("①") is None
    assert plain_text("５") == "5"


@pytest.mark.parametrize(
    ("value", "written", "unit", "expected"),
    [
        (100, "万元", "kCNY", Fraction(1000)),
        (1, "亿元", "kCNY", Fraction(100_000)),
        (1, "元", "kCNY", Fraction(1, 1000)),
        (25, "千元", "wCNY", Fraction(5, 2)),
        (1, "万", "kCNY", None),
        (1, "万元", "person", None),
        (1, "千美元", "kCNY", None),
    ],
)
def test_money_is_converted_only_between_units_of_the_same_money(
    value: int, written: str, unit: str, expected: Fraction | None
) -> None:
    assert in_field_unit(Fraction(value), written, unit) == expected


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("1200+350", Fraction(1550)),
        ("=1200+350", Fraction(1550)),
        ("(1+2)*3-4/8", Fraction(17, 2)),
        ("-(2.5)*2", Fraction(-5)),
        ("1/3", Fraction(1, 3)),
        ("+7", Fraction(7)),
        (" 1 + 2 ", Fraction(3)),
        (".5*4", Fraction(2)),
    ],
)
def test_literal_formula_is_computed_exactly(formula: str, value: Fraction) -> None:
    assert literal_formula(formula) == value


@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A1:A3)",
        "A1+1",
        "1+",
        "",
        "=",
        "(1",
        "1)",
        "1/0",
        "2^3",
        "5%",
        "1 2",
        "'x'!A1",
        '"1"+1',
        "1..2",
        "(" * 190,
        "-" * 199 + "1" + "+1" * 60,
        "٣+1",
        "1+.",
        ".",
    ],
)
def test_formula_that_is_not_plain_arithmetic_is_none(formula: str) -> None:
    assert literal_formula(formula) is None


def test_deep_but_short_formula_does_not_overflow() -> None:
    assert literal_formula("(" * 90 + "1" + ")" * 90) == 1


def test_third_is_rounded_as_a_spreadsheet_stores_it() -> None:
    assert at_fifteen(Fraction(1, 3)) == Fraction(333333333333333, 10**15)
