"""What the shared pages of a case show, put together from selectors and presentation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accreditation.enums import Owner
from accreditation.services import further_returns
from accreditation.services.bindings import ANNEX, binds, standing_bindings
from accreditation.services.evaluation import facts_of_upload, reported_evaluation, reported_facts, verified_evaluation
from accreditation.services.recurrences import recurrences
from accreditation.services.reviews import open_correction
from accreditation.services.rule_sets import rules_of
from criteria.units import unit_name
from workflows.presentation import came_of_it, corrections, gates, letters, material, scores, timeline
from workflows.presentation.certificates import certificate_rows
from workflows.presentation.coverage import coverage
from workflows.presentation.differences import difference_words
from workflows.presentation.evaluations import evaluation_rows
from workflows.presentation.explanations import explanations
from workflows.presentation.figure_checks import overview as figure_check
from workflows.presentation.figure_checks import sources_used
from workflows.presentation.figures import annex_tables, shown_value
from workflows.presentation.further_returns import further_return
from workflows.presentation.hands import hands
from workflows.presentation.provable import proof, provable_name
from workflows.presentation.recommending import recommending_rows
from workflows.presentation.recurrences import recurrence_rows
from workflows.presentation.register_questions import register_questions
from workflows.presentation.reopenings import reopenings_in_words
from workflows.presentation.rules import source_rows
from workflows.presentation.standings import held_rows
from workflows.presentation.whereabouts import whereabouts
from workflows.presentation.words import Words, amount, either, lang, quoted
from workflows.selectors import registers
from workflows.selectors.figures import Cell, FiledBinding, basics, differences, figure_rows, versions
from workflows.views.case_buttons import actions
from workflows.views.consulting import departments
from workflows.views.desk import Opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from accreditation.models import Evidence, Submission
    from accreditation.permissions import Person
    from criteria.evaluate import Evaluation
    from criteria.fields import FieldSpec
    from criteria.ruleset import RuleSet

SHOWN_BASICS = {
    "industry_code", "industry_class", "enterprise_size", "registered_district", "contact_name", "contact_phone",
}  # fmt: skip
LEVELS = {"forward": Owner.FORWARDER, "district": Owner.DISTRICT, "office": Owner.OFFICE}
LETTER, EVIDENCE, REOPENING = "staff_letter", "staff_evidence", "staff_reopening_file"


def overview(opened: Opened, *, by: Person, at: datetime) -> dict[str, Any]:
    """The first page of a case."""
    case, application = opened.case, opened.application
    rules = rules_of(application.batch)
    reported, verified = reported_evaluation(application), verified_evaluation(application)
    request = open_correction(application)
    return {
        "actions": actions(opened, by),
        "place": _place(opened, at),
        "notice": corrections.return_notice(request, at=at) if request else None,
        "gates": gates.gates_table(verified, rules, of_holder=application.batch.is_evaluation) if verified else [],
        "answers": _answers(opened, rules),
        "compared": _compared(reported, verified),
        "axes": scores.radar_axes(verified) if verified else [],
        "explanations": explanations(verified, rules, sources_used(application, rules)) if verified else [],
        "sources": source_rows(rules),
        "facts": _facts(opened, rules),
        "evaluated": evaluation_rows(application, for_holder=False),
        "reviews": registers.first_reviews(application),
        "letters": _letters(opened),
        "recommending": recommending_rows(application),
        "consultations": departments(application) if opened.desk.code == "office" else [],
        "figure_check": _figure_check(opened),
        "forwardings": registers.forwardings_of(application),
        "register": _register(opened) if opened.runs_panel else [],
        "timeline": timeline.timeline(
            case, opened.desk.view, letter_address="" if opened.desk.code == "forward" else LETTER
        ),
        "recurring": recurrence_rows(recurrences(application), rules, by=by, address=opened.desk.case_page),
        "hands": hands(case, by, at=at),
        "further": further_return(application, by, at=at),
        "came_of_it": came_of_it.of_case(case, by),
        "reopenings": _reopenings(opened, at),
    }


def _figure_check(opened: Opened) -> Words | None:
    """The check by a third party; its page is the office's."""
    is_office = opened.desk.code == "office"
    return figure_check(opened.application, href=opened.address("figure_check") if is_office else "")


def _place(opened: Opened, at: datetime) -> Words:
    """Where the case stands; a town or park learns no name of an expert, whatever else its officer may be."""
    asks_experts = opened.runs_panel and opened.desk.code != "forward"
    return whereabouts(opened.case, opened.application, view=opened.desk.view, at=at, names_experts=asks_experts)


def _compared(reported: Evaluation | None, verified: Evaluation | None) -> Words | None:
    """Both scores; nothing where there are no figures yet, or where the rules give no points."""
    if reported is None or verified is None or not scores.gives_points(verified):
        return None
    return scores.compared_scores(reported, verified)


def _reopenings(opened: Opened, at: datetime) -> list[Words]:
    """What was put forward after the minutes; a town or park learns nothing of it."""
    if opened.desk.code == "forward":
        return []
    number = opened.case.number
    return reopenings_in_words(opened.application, at, lambda pk: reverse(REOPENING, args=[number, pk]))


def _letters(opened: Opened) -> list[Words]:
    """Letters to the applicant; a town or park reads none."""
    if opened.desk.code == "forward":
        return []
    found = registers.letters_of(opened.case)
    return letters.letter_rows(found, number=opened.case.number, address=LETTER)


def _facts(opened: Opened, rules: RuleSet) -> list[Words]:
    """The enterprise in a few lines."""
    application = opened.application
    rows = [{"label": _("统一社会信用代码"), "value": application.enterprise.uscc}]
    for spec, cell in basics(application):
        if cell.fact is not None and spec.code in SHOWN_BASICS:
            rows.append({"label": either(spec, "name"), "value": shown_value(cell.fact, spec)})
    return rows


def _register(opened: Opened) -> list[Words]:
    """Meetings, notice, objections, title and certificate of a case, with links where this installation has pages."""
    application = opened.application
    lines = [
        {"label": _("会议"), "text": item.meeting.number, "href": address_of("meeting", item.meeting.number),
         "state": item.outcome_label() or item.meeting.get_state_display(), "tone": "blue"}
        for item in registers.meeting_items(application)
    ]  # fmt: skip
    if application.notice is not None:
        notice = application.notice
        lines.append({"label": _("公示"), "text": notice.number, "state": notice.get_state_display(), "tone": "blue"})
    for row in registers.objections_of(application):
        href = address_of("office_objection", row.number)
        tone = "amber" if row.settled_at is None else "grey"
        lines.append(
            {"label": _("异议"), "text": row.number, "href": href, "state": row.get_state_display(), "tone": tone}
        )
    certificate = registers.certificate_of(application)
    if certificate is not None:
        shown = certificate_rows([certificate])[0]
        href = address_of("certificates:shown", shown["code"]) if shown["code"] else ""
        lines.append(
            {"label": _("证书"), "text": shown["number"], "href": href, "state": shown["state"], "tone": shown["tone"]}
        )
    return lines


def address_of(name: str, *arguments: object) -> str:
    """An address of this installation; empty where it has none of that name."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""


def _answers(opened: Opened, rules: RuleSet) -> list[Words]:
    """Conditions that an officer answers: text, the answer so far, the page to answer on."""
    given = registers.gate_answers(opened.application)
    may_answer = "answer_gate" in opened.verbs
    return [
        {
            "code": gate.code,
            "text": either(gate, "text"),
            "answer": given.get(gate.code),
            "href": opened.address("gate", gate.code) if may_answer else "",
        }
        for gate in rules.gates
        if gate.is_answered and (may_answer or gate.code in given)
    ]


def failed_gates(opened: Opened) -> dict[str, Any]:
    """Conditions that the rules find failed on the verified figures, and where the rules were read."""
    rules = rules_of(opened.application.batch)
    verified = verified_evaluation(opened.application)
    failed = [gates.gate_row(gate, rules) for gate in verified.failed_gates] if verified else []
    return {"failed": failed, "sources": source_rows(rules)}


def gate_row(opened: Opened, code: str) -> dict[str, Any]:
    """One condition as it stands, and where the rules were read."""
    rules, verified = rules_of(opened.application.batch), verified_evaluation(opened.application)
    return {"gate_row": gates.gate_row(verified.gate(code), rules), "sources": source_rows(rules)} if verified else {}


def review(opened: Opened, *, at: datetime) -> dict[str, Any]:
    """What the reviewer has before the eyes: conditions, scores, coverage of evidence, earlier returns."""
    application = opened.application
    rules = rules_of(application.batch)
    verified, reported = verified_evaluation(application), reported_evaluation(application)
    kinds = material.evidence_list(application, rules, address=EVIDENCE)
    return {
        "gates": gates.gates_table(verified, rules, of_holder=application.batch.is_evaluation) if verified else [],
        "total": scores.total_text(verified) if verified else "",
        "reported_total": scores.total_text(reported) if reported else "",
        "covered": _coverage(opened, rules, kinds),
        "recurring": len(recurrences(application)),
        "sources": source_rows(rules),
        "reviews": registers.first_reviews(application),
    }


def _coverage(opened: Opened, rules: RuleSet, kinds: list[Words]) -> Words:
    """How much of the evidence is there; what is missing links to its line of the page of figures."""
    page = opened.address("figures")
    return coverage(
        opened.application,
        rules,
        reported_facts(opened.application),
        kinds,
        lambda need: f"{page}#figure-{need.provable.code}" if need.provable.year else f"{page}#evidence",
    )


def returns_left(opened: Opened) -> dict[str, Any]:
    """How often this level may still return the case by itself."""
    left = further_returns.returns_left(opened.application, LEVELS[opened.desk.code])
    return {"allowed": opened.application.batch.returns_allowed, "left": left}


# --- figures ----------------------------------------------------------------------------------------------------
def figures(opened: Opened) -> dict[str, Any]:
    """Data table, basics, annexes, evidence."""
    application = opened.application
    rules = rules_of(application.batch)
    upload = application.current.upload if application.current else None
    newest = application.batch.reporting_year
    kinds = material.evidence_list(application, rules, address=EVIDENCE)
    return {
        "years": [newest, newest - 1, newest - 2],
        "rows": list(_figure_rows(opened)),
        "held": held_rows(application.enterprise.uscc, application.batch.base_date),
        "basics": [
            {"label": either(spec, "name"), "value": shown_value(cell.fact, spec)}
            for spec, cell in basics(application)
            if cell.fact is not None
        ],
        "annexes": annex_tables(facts_of_upload(upload), rules) if upload else [],
        "kinds": kinds,
        "covered": _coverage(opened, rules, kinds),
        "others": [
            {"label": provable_name(binds(row), rules), "proof": proof(row, opened.case.number, EVIDENCE)}
            for row in standing_bindings(application)
            if row.target == ANNEX or row.year is None
        ],
        "upload": upload,
    }


def _figure_rows(opened: Opened) -> Iterator[Words]:
    may_verify = "verify_value" in opened.verbs
    questions = register_questions(opened.application)
    for row in figure_rows(opened.application):
        yield {
            "key": f"figure-{row.spec.code}",
            "row": row.spec.row,
            "name": either(row.spec, "name"),
            "unit": unit_of(row.spec),
            "used_by": row.used_by,
            "cells": [_cell(opened, row.spec, cell, may_verify) for cell in row.cells],
            "proofs": [proof(bound, opened.case.number, EVIDENCE) for bound in row.bindings],
            "evidence": _file_links(opened, row.evidence),
            "register": questions.get(row.spec.code),
        }


def _cell(opened: Opened, spec: FieldSpec, cell: Cell, may_verify: bool) -> Words:
    verified = cell.verified
    return {
        "year": cell.year,
        "reported": shown_value(cell.fact, spec) if cell.fact else "—",
        "verified": amount(cell.verified_value, spec.unit) if verified else "",
        "by": quoted(verified.adopted_by) if verified else "",
        "at": verified.adopted_at if verified else None,
        "reason": quoted(verified.reason) if verified else "",
        "ended": amount(cell.ended_value, spec.unit) if cell.ended else "",
        "place": cell.fact.origin.cell if cell.fact and cell.fact.origin else "",
        "href": opened.address("verify", spec.code, cell.year) if may_verify and cell.is_number else "",
    }


def figure(opened: Opened, spec: FieldSpec, cell: Cell) -> dict[str, Any]:
    """One figure with its place and its evidence, for the page on which it is verified."""
    row = next(row for row in figure_rows(opened.application) if row.spec.code == spec.code)
    return {
        "name": either(spec, "name"),
        "year": cell.year,
        "reported": shown_value(cell.fact, spec) if cell.fact else "—",
        "place": cell.place,
        "unit": unit_of(spec),
        "proofs": [proof(bound, opened.case.number, EVIDENCE) for bound in row.bindings if bound.year == cell.year],
        "files": _file_links(opened, row.evidence),
    }


def _file_links(opened: Opened, files: Iterable[Evidence]) -> list[Words]:
    return [{"name": file.name, "href": reverse(EVIDENCE, args=[opened.case.number, file.pk])} for file in files]


def unit_of(spec: FieldSpec) -> str:
    """Unit of a field in words."""
    return unit_name(spec.unit, lang())


# --- versions ---------------------------------------------------------------------------------------------------
def changes(opened: Opened) -> dict[str, Any]:
    """What each version changed, cell by cell, and the files that came and went."""
    rules = rules_of(opened.application.batch)
    found = [
        {
            "number": each.after.number,
            "before": each.before.number,
            "at": each.after.filed_at,
            "by": quoted(each.after.filed_by),
            "words": difference_words(each.old, each.new, rules),
            "added": each.added,
            "removed": each.removed,
            "bound": [_filed_binding(row, rules) for row in each.bound],
            "unbound": [_filed_binding(row, rules) for row in each.unbound],
        }
        for each in differences(opened.application)
    ]
    return {"differences": found, "versions": [_version(row) for row in versions(opened.application)]}


def _filed_binding(row: FiledBinding, rules: RuleSet) -> Words:
    return {"name": row.name, "page": row.page, "label": provable_name(row.provable, rules)}


def _version(row: Submission) -> Words:
    """A filed version with its workbook and that workbook's hash."""
    return {
        "number": row.number,
        "at": row.filed_at,
        "by": quoted(row.filed_by),
        "name": quoted(row.upload.file_name),
        "sha256": row.upload.sha256,
    }
