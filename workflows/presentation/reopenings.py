"""重新审议 in words, for the offices and for the applicant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from fractions import Fraction

from django.utils.translation import gettext as _

from accreditation.models import Application, Reopening, ReopeningStatement, RevisedScore
from accreditation.models.reopenings import ReopeningAnswer
from accreditation.services import reopenings as kept
from accreditation.services.reopened_figures import figures_of, specs_of, unmet_apart
from accreditation.services.rule_sets import rules_of
from workflows.presentation.words import Words, amount, either, quoted

TONES: Mapping[str, str] = {
    "": "amber", ReopeningAnswer.RETURNED: "red", ReopeningAnswer.DROPPED: "grey", ReopeningAnswer.OVERTAKEN: "grey",
    ReopeningAnswer.WITHDRAWN: "grey",
}  # fmt: skip


def reopening_words(row: Reopening, at: datetime, *, file_href: str) -> Words:
    """What came to light, until when to answer, what was said, what was answered; `file_href`: of the evidence."""
    return {
        "pk": row.pk,
        "state": str(ReopeningAnswer(row.answer).label) if row.answer else _state(row, at),
        "tone": TONES[row.answer],
        "is_waiting": not row.answer,
        "may_state": kept.may_state(row, at) and row.rest_waived_at is None,
        "ground": row.get_ground_display(),
        "facts": quoted(row.facts),
        "why_again": quoted(row.why_again) if row.why_again else "",
        "file": quoted(row.file_name),
        "file_href": file_href,
        "proposed_by": quoted(row.proposed_by),
        "proposed_at": row.proposed_at,
        "due": row.clock.due_at,
        "rest_waived_at": row.rest_waived_at,
        "statements": [_statement(said) for said in kept.statements_of(row)],
        "answered_by": quoted(row.answered_by) if row.answered_by else "",
        "answered_at": row.answered_at,
        "answer_reason": quoted(row.answer_reason) if row.answer_reason else "",
        "figures": _figures(row),
        "score": score_words(getattr(row, "revised_score", None)),
    }


def _figures(row: Reopening) -> list[Words]:
    """Figures that it names: `label`, `year`, `former`, `value`."""
    specs = specs_of(rules_of(row.application.batch))
    return [
        {
            "label": either(specs[one.code], "name"), "year": one.year,
            "former": amount(Fraction(one.former), specs[one.code].unit),
            "value": amount(Fraction(one.value), specs[one.code].unit),
        }
        for one in figures_of(row)
    ]  # fmt: skip


def score_words(revised: RevisedScore | None) -> Words | None:
    """Both scores of a case whose figures were corrected, with their digests and what is not met any more."""
    if revised is None:
        return None
    unmet, still = unmet_apart(revised)
    return {
        "former": amount(Fraction(revised.former_total), "point") if revised.former_total else "",
        "now": points(revised.total) if revised.total or revised.former_total else "",
        "former_digest": revised.former_digest,
        "digest": revised.digest,
        "unmet": [either(gate, "text") for gate in unmet],
        "still_unmet": [either(gate, "text") for gate in still],
        "has_sheets": hasattr(revised.reopening.application, "panel"),
    }


def points(total: str) -> str:
    """An exact total of a score in points, and in words where the corrected figures give none."""
    return amount(Fraction(total), "point") if total else _("不能计算")


def _state(row: Reopening, at: datetime) -> str:
    if kept.is_heard(row, at):
        return _("待另一人答复")
    return _("已陈述，期限内可以补充") if row.stated_at is not None else _("待陈述")


def _statement(said: ReopeningStatement) -> Words:
    return {
        "text": quoted(said.text), "file": quoted(said.file_name) if said.file_name else "", "at": said.stated_at,
        "by": quoted(said.stated_by),
    }  # fmt: skip


def reopenings_in_words(application: Application, at: datetime, href: Callable[[int], str]) -> list[Words]:
    """Every proposal about an application, the newest first; `href` gives the address of the evidence of each."""
    return [reopening_words(row, at, file_href=href(row.pk)) for row in kept.reopenings_of(application)]
