"""The material of a case as an expert and the committee read it: figures, evidence, conditions, rule score."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from accreditation.models import Application
from accreditation.services.evaluation import reported_evaluation, reported_facts, verified_evaluation
from accreditation.services.reopened_figures import revised_score
from accreditation.services.rule_sets import rules_of
from criteria.facts import Fact
from criteria.fields import FieldSpec
from workflows.presentation import gates, scores
from workflows.presentation.explanations import explanations
from workflows.presentation.figure_checks import sources_used
from workflows.presentation.figures import annex_tables, shown_value, verified_rows
from workflows.presentation.material import evidence_list
from workflows.presentation.provable import proof
from workflows.presentation.reopenings import score_words
from workflows.presentation.rules import source_rows
from workflows.presentation.words import Words, amount, coded, either
from workflows.selectors.figures import Cell, FigureRow, basics, figure_rows

PRIVATE = ("head_phone", "centre_head_phone", "contact_name", "contact_phone", "contact_email")


def rule_score(application: Application, *, address: str = "") -> Words:
    """What the rules make of the figures: `total`, `band`, `table`, `compared`, `axes`, `gates`, `explanations`.

    `revised` holds both scores where figures were corrected by 重新审议, else nothing.
    """
    rules = rules_of(application.batch)
    reported, verified = reported_evaluation(application), verified_evaluation(application)
    if reported is None or verified is None:
        return {}
    return {
        "total": scores.total_text(verified),
        "reported_total": scores.total_text(reported),
        "attainable": verified.attainable,
        "band": scores.band_text(verified),
        "table": scores.score_table(verified, address=address),
        "compared": scores.compared_scores(reported, verified),
        "axes": scores.radar_axes(verified),
        "gates": gates.gates_table(verified, rules, of_holder=application.batch.is_evaluation),
        "explanations": explanations(verified, rules, sources_used(application, rules)),
        "sources": source_rows(rules),
        "totals": scores.totals(verified),
        "revised": score_words(revised_score(application)),
    }


def material(application: Application, *, evidence_address: str, value_address: str = "") -> Words:
    """What was handed in: `basics`, `years`, `figures`, `annexes`, `evidence`, `verified`.

    `value_address` is the URL name of the page on which another value is proposed; without it no figure has a link.
    """
    rules, facts = rules_of(application.batch), reported_facts(application)
    rows = figure_rows(application)
    years = sorted({cell.year for row in rows for cell in row.cells if cell.year}, reverse=True)
    return {
        "basics": list(_basics(application)),
        "years": years,
        "figures": [_figure(row, years, application, evidence_address, value_address) for row in rows],
        "annexes": annex_tables(facts, rules) if facts else [],
        "evidence": evidence_list(application, rules, address=evidence_address),
        "verified": verified_rows(application, facts, rules) if facts else [],
    }


def _basics(application: Application) -> Iterable[Words]:
    """Facts about the enterprise, without the people to call: an expert does not contact the applicant."""
    for spec, cell in basics(application):
        if cell.fact is not None and spec.code not in PRIVATE:
            yield {"label": either(spec, "name"), "value": shown_value(cell.fact, spec)}


def _figure(
    row: FigureRow, years: list[int], application: Application, evidence_address: str, value_address: str
) -> dict[str, Any]:
    by_year = {cell.year: cell for cell in row.cells}
    return {
        "key": f"figure-{row.spec.code}",
        "title": coded(row.spec.row, either(row.spec, "name")),
        "cells": [_cell(row.spec, by_year.get(year), year, application, value_address) for year in years],
        "proofs": [proof(bound, application.case.number, evidence_address) for bound in row.bindings],
        "evidence": [file.name for file in row.evidence],
    }


def _cell(
    spec: FieldSpec, cell: Cell | None, year: int, application: Application, value_address: str
) -> dict[str, Any]:
    if cell is None or cell.fact is None:
        return {"year": year, "value": "—", "verified": "", "href": "", "place": ""}
    return {
        "year": year,
        "value": shown_fact(cell.fact, spec),
        "verified": amount(cell.verified_value, spec.unit) if cell.verified else "",
        "place": cell.place,
        "href": reverse(value_address, args=[application.case.number, spec.code, year])
        if value_address and cell.is_number
        else "",
    }


def shown_fact(fact: Fact, spec: FieldSpec) -> str:
    """A figure of the table with its unit."""
    return str(shown_value(fact, spec))
