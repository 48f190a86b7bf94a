"""The identity of a template and its fixed words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from criteria.fields import AnnexSpec, FieldSpec, FormSpec, Kind
from criteria.workbook.layout import (
    Template,
    annex_sheet,
    cell_name,
    column_code,
    column_letters,
    marks_in,
    template_for,
    template_from_json,
    unit_name,
)
from criteria.workbook.reader import column_number

FIELD = FieldSpec("a", "A-01", "甲", "a", "kCNY", Kind.DECIMAL, years=3)
BASIC = replace(FIELD, code="b", row="E-01", years=0, kind=Kind.TEXT, unit="text")
FORM = FormSpec(
    "表", "form", (BASIC,), (FIELD,), (AnnexSpec("x", "B1", "附", "annex", (replace(BASIC, row="B1-01"),)),)
)


def made(form: FormSpec = FORM, batch: str = "B-1", ref: str = "p/1", rules: str = "00", year: int = 2025) -> Template:
    return template_for(form, ref, rules, batch, year, "标题")


def test_same_content_has_the_same_checksum() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    "other",
    [
        made(batch="B-2"),
        made(ref="p/2"),
        made(rules="01"),
        made(year=2026),
        made(replace(FORM, table=(replace(FIELD, name_zh="乙"),))),
        made(replace(FORM, annexes=())),
    ],
)
def test_any_difference_changes_the_checksum(other: Template) -> None:
    assert other.checksum != made().checksum


def test_template_survives_json(template: Template) -> None:
    assert template_from_json(template.to_json()) == template


def test_years_run_from_the_newest_back() -> None:
    assert made().years(FIELD) == (2025, 2024, 2023)
    assert made().years(BASIC) == (None,)
    assert made().table_years == (2025, 2024, 2023)


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        (replace(FORM, basics=(FIELD,)), "basic a asks for years"),
        (replace(FORM, table=(BASIC,), basics=()), "field b asks for no year"),
        (replace(FORM, table=(FIELD, replace(FIELD, row="A-02"))), "a occurs 2 times"),
        (replace(FORM, table=(FIELD, replace(FIELD, code="c"))), "A-01 occurs 2 times"),
        (replace(FORM, annexes=(FORM.annexes[0], FORM.annexes[0])), "x occurs 2 times"),
    ],
)
def test_form_that_cannot_be_told_apart_in_a_workbook_is_refused(form: FormSpec, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        made(form)


def test_all_reasons_are_named_at_once() -> None:
    with pytest.raises(ValueError, match=r"contains blanks.*asks for years"):
        made(replace(FORM, basics=(FIELD,)), batch="B 1")


def test_mark_is_found_in_its_own_text() -> None:
    found = list(marks_in("表", f"前 {made().mark_text} 后"))
    assert [(mark.template_id, mark.checksum) for mark in found] == [(made().id, made().checksum[:16])]
    assert list(marks_in("表", "模板编号：x")) == []


def test_column_letters_and_numbers_are_inverse() -> None:
    assert [column_number(column_letters(n)) for n in range(1, 16385)] == list(range(1, 16385))
    assert (column_letters(16384), cell_name(7, 28)) == ("XFD", "AB7")


def test_annex_sheet_name_is_legal_in_a_workbook() -> None:
    odd = replace(FORM.annexes[0], name_zh="知识产权[甲]/乙:*?" + "长" * 40)
    assert len(annex_sheet(odd)) == 31
    assert not set(annex_sheet(odd)) & set("[]:*?/\\'")


def test_column_code_carries_the_letter_of_its_annex() -> None:
    annex = FORM.annexes[0]
    assert column_code(annex, annex.columns[0]) == "B1-01"
    assert column_code(annex, replace(annex.columns[0], row="02")) == "B1-02"


def test_unit_is_the_printed_word() -> None:
    assert (unit_name(FIELD), unit_name(replace(BASIC, kind=Kind.ENUM))) == ("千元", "选择")
