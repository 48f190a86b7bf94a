"""No workbook that is handed out carries a live formula from what a user typed, wherever it was typed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook

from criteria.facts import Fact, Facts
from criteria.fields import Kind
from criteria.loading import load
from criteria.simulation import Applicant, simulate
from criteria.workbook import Template, examine
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.samples import sample_facts
from criteria.workbook.sheets import FIGURES, fill, plan_of
from criteria.workbook.simulation_sheet import simulation_workbook
from criteria.workbook.template import FORMULA_SIGNS, render, write_list, write_template
from tests.criteria.builders import facts as built_facts
from tests.criteria.test_simulation import KNOWN, with_limit
from tests.criteria.workbook.books import unpacked

LIVE = (
    '=HYPERLINK("http://a.example","点此")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "=cmd|' /C calc'!A0",
    "＝1+1",
)
Export = Callable[[Template, str], bytes]


def poisoned(template: Template, text: str) -> Facts:
    """Sample answers with the text for every answer that is a text, in basics and in every annex column."""
    facts = sample_facts(template)
    figures = {
        key: replace(fact, value=text) if template.form.field(key[0]).kind is Kind.TEXT else fact
        for key, fact in facts.figures.items()
    }
    annexes = {
        annex.code: tuple(
            replace(row, values={**row.values, **{c.code: text for c in annex.columns if c.kind is Kind.TEXT}})
            for row in facts.annexes[annex.code]
        )
        for annex in template.form.annexes
    }
    return Facts(facts.reporting_year, figures, annexes)


def everywhere(template: Template, text: str) -> Facts:
    """As `poisoned`, and the text for each figure and choice too, so that every cell is handed back as faulty."""
    facts = poisoned(template, text)
    kinds = {spec.code: spec.kind for spec in (*template.form.basics, *template.form.table)}
    figures = {key: Fact(*key, text, fact.unit) for key, fact in facts.figures.items() if kinds[key[0]] in FIGURES}
    return replace(facts, figures={**facts.figures, **figures})


def annotated(template: Template, text: str) -> bytes:
    book = plan_of(template)
    fill(book, template, everywhere(template, text), tinted=False)
    faults = examine(render(book), template).faults
    assert len(faults.errors) > 40
    return annotated_workbook(template, faults)


def simulated(_template: Template, text: str) -> bytes:
    rules = load("shanghai_municipal_centre/2022-demo")
    people = [
        Applicant(
            text, text, text, text, text, built_facts(rules.fields, rd_staff_stat=60), date(2026, 3, 1), KNOWN, True
        )
    ]
    return simulation_workbook(simulate(rules, with_limit("MG4", 75), people), "zh")


EXPORTS: dict[str, Export] = {
    "template with prefilled answers": lambda template, text: write_template(template, poisoned(template, text)),
    "annotated copy": annotated,
    "plain list": lambda _template, text: write_list(text, [text], [[text, text]]),
    "simulation": simulated,
}


def planted(content: bytes, text: str) -> Iterator[Any]:
    """Cells that hold the text, as openpyxl sees them."""
    wanted = text.strip()
    for sheet in load_workbook(io.BytesIO(content)).worksheets:
        for row in sheet.iter_rows():
            yield from (cell for cell in row if isinstance(cell.value, str) and cell.value.strip() == wanted)


@pytest.mark.slow
@pytest.mark.parametrize("text", LIVE)
@pytest.mark.parametrize("name", EXPORTS)
def test_planted_text_stays_a_text(name: str, text: str, template: Template) -> None:
    content = EXPORTS[name](template, text)
    for part, xml in unpacked(content).items():
        if part.startswith("xl/worksheets/sheet"):
            assert isinstance(xml, bytes)
            assert b"<f>" not in xml, part
            assert b"<f " not in xml, part
    cells = list(planted(content, text))
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells if cell.value.startswith(FORMULA_SIGNS))
    assert all(not cell.hyperlink or cell.hyperlink.location for cell in cells)
