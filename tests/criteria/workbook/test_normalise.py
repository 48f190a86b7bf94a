"""One cell to one value: every kind of field, every note, every refusal."""

from __future__ import annotations

from fractions import Fraction

import pytest

from criteria.facts import Scalar
from criteria.fields import Choice, FieldSpec, Kind
from criteria.workbook.normalise import Circumstances, Unreadable, read_value
from criteria.workbook.reader import Cell

PLAIN, PERCENT, DATE = Circumstances(), Circumstances("percent"), Circumstances("date")
SIZES = (Choice("large", "大型", "Large"), Choice("small", "小型", "Small"))


def spec(kind: Kind, unit: str = "text", places: int = 2) -> FieldSpec:
    return FieldSpec(
        "f", "A-01", "字段", "field", unit, kind, places=places, choices=SIZES if kind is Kind.ENUM else ()
    )


MONEY, MONEY_W = spec(Kind.DECIMAL, "kCNY"), spec(Kind.DECIMAL, "wCNY")
SIGNED, COUNT, SHARE = spec(Kind.DECIMAL_SIGNED, "kCNY"), spec(Kind.INTEGER, "person", 0), spec(Kind.DECIMAL, "pct")
TEXT, CODE, SIZE = spec(Kind.TEXT), spec(Kind.TEXT, "code"), spec(Kind.ENUM, "code")
YES, DAY, USCC = spec(Kind.BOOLEAN, "bool"), spec(Kind.DATE, "date"), spec(Kind.USCC, "code")


def n(text: str, formula: str | None = None) -> Cell:
    return Cell(text, "n", 0, formula)


def s(text: str, formula: str | None = None) -> Cell:
    return Cell(text, "s", 0, formula)


@pytest.mark.parametrize(
    ("cell", "field", "around", "value"),
    [
        (n("1234.5"), MONEY, PLAIN, Fraction("1234.5")),
        (n("0.28999999999999998"), MONEY, PLAIN, Fraction("0.29")),
        (s("1,234.5"), MONEY, PLAIN, Fraction("1234.5")),
        (s("１２"), COUNT, PLAIN, Fraction(12)),
        (s("12人"), COUNT, PLAIN, Fraction(12)),
        (s("100万元"), MONEY, PLAIN, Fraction(1000)),
        (s("2亿元"), MONEY_W, PLAIN, Fraction(20000)),
        (s("500元"), MONEY, PLAIN, Fraction("0.5")),
        (n("-3"), SIGNED, PLAIN, Fraction(-3)),
        (n("3"), SHARE, PLAIN, Fraction(3)),
        (n("0.05"), SHARE, PERCENT, Fraction(5)),
        (s("5%"), SHARE, PLAIN, Fraction(5)),
        (n("1550", "1200+350"), MONEY, PLAIN, Fraction(1550)),
        (n("0.30000000000000004", "0.1+0.2"), MONEY, PLAIN, Fraction("0.3")),
        (s(" 示例\n公司 "), TEXT, PLAIN, "示例\n公司"),
        (s("a\u200bb"), TEXT, PLAIN, "ab"),
        (n("13800138000"), TEXT, PLAIN, "13800138000"),
        (s("C3569"), CODE, PLAIN, "C3569"),
        (s("大型"), SIZE, PLAIN, "large"),
        (s(" ｌａｒｇｅ "), SIZE, PLAIN, "large"),
        (s("Small"), SIZE, PLAIN, "small"),
        (s("是"), YES, PLAIN, True),
        (s("否"), YES, PLAIN, False),
        (Cell("1", "b", 0, None), YES, PLAIN, True),
        (n("45366"), DAY, DATE, "2024-03-15"),
        (n("43904"), DAY, Circumstances("date", epoch_1904=True), "2024-03-15"),
        (n("20240315"), DAY, PLAIN, "2024-03-15"),
        (s("2024年3月15日"), DAY, PLAIN, "2024-03-15"),
        (Cell("2024-03-15T00:00:00", "d", 0, None), DAY, PLAIN, "2024-03-15"),
        (s("91350100m000100y43"), USCC, PLAIN, "91350100M000100Y43"),
        (s("９１３５０１００M000100Y43"), USCC, PLAIN, "91350100M000100Y43"),
        (s("91350100 M000100Y 43"), USCC, PLAIN, "91350100M000100Y43"),
    ],
)
def test_clear_cell_gives_the_exact_value(cell: Cell, field: FieldSpec, around: Circumstances, value: Scalar) -> None:
    normal = read_value(cell, field, around)
    assert normal is not None
    assert normal.value == value
    assert type(normal.value) is type(value)


@pytest.mark.parametrize(
    ("cell", "field", "around", "code"),
    [
        (s("约100"), MONEY, PLAIN, "text_for_number"),
        (s("1,23"), MONEY, PLAIN, "text_for_number"),
        (s("O.5"), MONEY, PLAIN, "text_for_number"),
        (s("无"), COUNT, PLAIN, "text_for_number"),
        (s("100万"), MONEY, PLAIN, "unit_unclear"),
        (s("12台"), COUNT, PLAIN, "unit_unclear"),
        (s("5%"), MONEY, PLAIN, "percent_for_number"),
        (n("0.05"), MONEY, PERCENT, "percent_for_number"),
        (n("45366"), MONEY, DATE, "date_for_number"),
        (n("NaN"), MONEY, PLAIN, "not_a_number"),
        (n("-0.01"), MONEY, PLAIN, "negative"),
        (s("-1"), COUNT, PLAIN, "negative"),
        (n("2.5"), COUNT, PLAIN, "not_integer"),
        (n("1.235"), MONEY, PLAIN, "too_many_places"),
        (Cell("1", "b", 0, None), MONEY, PLAIN, "text_for_number"),
        (Cell("#DIV/0!", "e", 0, None), MONEY, PLAIN, "error_cell"),
        (Cell("#N/A", "e", 0, "VLOOKUP(1,A:B,2)"), TEXT, PLAIN, "error_cell"),
        (n("6", "SUM(A1:A3)"), MONEY, PLAIN, "formula"),
        (n("6", ""), MONEY, PLAIN, "formula"),
        (n("99999", "1+1"), MONEY, PLAIN, "formula_mismatch"),
        (n("", "1+1"), MONEY, PLAIN, "formula_without_value"),
        (s("x", '"x"'), TEXT, PLAIN, "formula"),
        (s("DISPIMG", 'DISPIMG("ID_1",1)'), TEXT, PLAIN, "formula"),
        (s("a\x01b"), TEXT, PLAIN, "control_character"),
        (s("a\u202eb"), TEXT, PLAIN, "control_character"),
        (s("长" * 2001), TEXT, PLAIN, "answer_too_long"),
        (n("45366"), TEXT, DATE, "number_for_text"),
        (Cell("1", "b", 0, None), TEXT, PLAIN, "number_for_text"),
        (n("3569"), CODE, PLAIN, "code_as_number"),
        (n("310115000000000"), TEXT, PLAIN, "code_as_number"),
        (n("3.1E+17"), USCC, PLAIN, "code_as_number"),
        (s("9135010"), USCC, PLAIN, "uscc_length"),
        (s("91350211M0000XUF46"), USCC, PLAIN, "uscc_check"),
        (s("91310115MA1H8R7C6D"), USCC, PLAIN, "uscc_check"),
        (s("9135010OM000100Y43"), USCC, PLAIN, "uscc_form"),
        (s("①1350100M000100Y43"), USCC, PLAIN, "uscc_form"),
        (s("巨型"), SIZE, PLAIN, "not_a_choice"),
        (s("√"), YES, PLAIN, "not_yes_or_no"),
        (n("1"), YES, PLAIN, "not_yes_or_no"),
        (n("45366"), DAY, PLAIN, "not_a_date"),
        (n("60"), DAY, DATE, "not_a_date"),
        (s("2024-13-01"), DAY, PLAIN, "not_a_date"),
        (s("3/4/2024"), DAY, PLAIN, "not_a_date"),
    ],
)
def test_doubtful_cell_is_refused_by_its_own_code(
    cell: Cell, field: FieldSpec, around: Circumstances, code: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read_value(cell, field, around)
    assert refused.value.code == code


@pytest.mark.parametrize("text", ["", " ", "　", "\u200b", "\n"])
@pytest.mark.parametrize("field", [MONEY, TEXT, SIZE, DAY, USCC, YES])
def test_blank_cell_is_empty_for_every_kind(text: str, field: FieldSpec) -> None:
    assert read_value(s(text), field, PLAIN) is None


@pytest.mark.parametrize(
    ("cell", "field", "around", "note"),
    [
        (s("１２"), COUNT, PLAIN, "文本“１２”按 12人 读取"),
        (s("100万元"), MONEY, PLAIN, "文本“100万元”按 1000千元 读取"),
        (n("0.05"), SHARE, PERCENT, "百分比格式 0.05 按 5% 读取"),
        (n("1550", "1200+350"), MONEY, PLAIN, "公式 =1200+350"),
        (n("20240001"), TEXT, PLAIN, "数值 20240001 按文本读取"),
        (s("2024年3月15日"), DAY, PLAIN, "“2024年3月15日”按 2024-03-15 读取"),
        (s("91350100m000100y43"), USCC, PLAIN, "“91350100m000100y43”按 91350100M000100Y43 读取"),
    ],
)
def test_every_change_leaves_a_note(cell: Cell, field: FieldSpec, around: Circumstances, note: str) -> None:
    normal = read_value(cell, field, around)
    assert normal is not None
    assert normal.notes == (note,)


@pytest.mark.parametrize(("text", "question"), [("0.05", "percent_doubtful"), ("3", None), ("0", None), ("1", None)])
def test_bare_fraction_in_a_percent_field_is_asked_about_and_not_converted(text: str, question: str | None) -> None:
    normal = read_value(n(text), SHARE, PLAIN)
    assert normal is not None
    assert (normal.value, normal.question) == (Fraction(text), question)
