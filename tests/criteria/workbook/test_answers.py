"""Typed answers written into a workbook: the reader meets the very signs that were typed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from criteria.facts import Facts
from criteria.workbook import Faults, Template, read
from criteria.workbook.answers import Answers, answers_of, typed_workbook
from criteria.workbook.samples import sample_facts

pytestmark = pytest.mark.slow


def typed(template: Template, **texts: str) -> Facts | Faults:
    """The sample answers read back, with some basics or newest figures typed otherwise."""
    answers = answers_of(sample_facts(template, 1), template.form)
    basics = {spec.code for spec in template.form.basics}
    keys = {(code, None if code in basics else template.reporting_year): text for code, text in texts.items()}
    return read(typed_workbook(template, replace(answers, figures={**answers.figures, **keys})), template)


@pytest.mark.parametrize("profile", ["strong", "middling", "weak"])
def test_answers_of_facts_read_back_as_the_same_values(template: Template, profile: str) -> None:
    facts = sample_facts(template, 3, profile)
    again = read(typed_workbook(template, answers_of(facts, template.form)), template)
    assert isinstance(again, Facts)
    assert {key: fact.value for key, fact in again.figures.items()} == {
        key: fact.value for key, fact in facts.figures.items()
    }
    for code, rows in facts.annexes.items():
        told = [{k: v for k, v in row.values.items() if v is not None} for row in rows]
        assert [dict(row.values) for row in again.annexes[code]] == told


def test_numbers_stay_the_text_that_was_typed_and_are_read_with_a_note(template: Template) -> None:
    facts = typed(template, revenue_main="１２３,４５６．７", rd_expenditure="3,100万元")
    assert isinstance(facts, Facts)
    revenue = facts.fact("revenue_main", template.reporting_year)
    assert revenue is not None
    assert revenue.origin is not None
    assert (revenue.origin.raw, str(revenue.value)) == ("１２３,４５６．７", "1234567/10")
    spent = facts.fact("rd_expenditure", template.reporting_year)
    assert spent is not None
    assert spent.value == 31_000
    assert "3,100万元" in spent.notes[0]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 021", "@示例", "_x0041_", "_x005F_x0041_", "a<b>&\"'", "示例𠮷", "两行\t之间"]
)
def test_text_is_read_exactly_as_typed(template: Template, text: str) -> None:
    facts = typed(template, contact_name=text)
    assert isinstance(facts, Facts)
    assert facts.value("contact_name") == text


@pytest.mark.parametrize("sign", ["\x01", "\x0b", "\x1f", "\ufffe"])
def test_sign_that_a_workbook_cannot_hold_is_refused_not_lost(template: Template, sign: str) -> None:
    faults = typed(template, contact_name=f"示例{sign}")
    assert isinstance(faults, Faults)
    assert [fault.code for fault in faults.errors] == ["control_character"]


def test_empty_texts_are_empty_cells(template: Template) -> None:
    faults = read(typed_workbook(template, Answers({})), template)
    assert isinstance(faults, Faults)
    assert {fault.code for fault in faults.errors} == {"required"}
    assert not faults.warnings
