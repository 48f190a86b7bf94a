"""The top of every page of a case over a title: header, running clock, step bar; its papers as rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accreditation.models import Case, CaseDocument
from accreditation.models.cases import CaseSubject
from workflows.presentation.cases import clock_of
from workflows.presentation.whereabouts import holder_name
from workflows.presentation.words import Words, file_words, quoted, state_label, state_tone
from workflows.procedures import procedure_of

NONE_PASSED: Mapping[int, Promise] = {}


def matter_header(case: Case, subject: CaseSubject, name: str, *, at: datetime) -> Words:
    """Parameters of `case_header.html`: name, number, state, facts, owner; `deadline` for the clock."""
    return {
        "name": case.enterprise.name,
        "number": case.number,
        "state": state_label(str(subject.state)),
        "state_tone": state_tone(str(subject.state)),
        "facts": [name],
        "owner": holder_name(case, subject),
        "deadline": clock_of(case, at=at),
    }


def matter_bar(
    case: Case, subject: CaseSubject, steps: Sequence[Promise], passed_over: Mapping[int, Promise] = NONE_PASSED
) -> Words:
    """Parameters of `step_bar.html`; `passed_over`: steps, by number from one, that did not take place, and the word
    for it."""
    facts = procedure_of(case).subject.facts(str(subject.state))
    is_over = case.closed_at is not None

    def mark(number: int) -> str:
        if number < facts.step or (is_over and facts.tone == "ok"):
            return "done"
        if number > facts.step:
            return "todo"
        return "stopped" if is_over else "current"

    def row(number: int, label: Promise) -> Words:
        state = mark(number)
        if state == "done" and number in passed_over:
            return {"label": str(label), "state": "todo", "note": str(passed_over[number])}
        return {"label": str(label), "state": state}

    rows = [row(number, label) for number, label in enumerate(steps, start=1)]
    return {"steps": rows, "outcome": state_label(str(subject.state)) if is_over else ""}


def document_rows(documents: Iterable[CaseDocument], *, address: Callable[[int], str]) -> list[Words]:
    """Papers: `pk`, `name`, `purpose`, `by`, `at`, `size`, `href`."""
    return [
        {
            "pk": row.pk,
            "name": file_words(row.name),
            "purpose": quoted(row.purpose),
            "by": quoted(row.added_by.name),
            "at": row.added_at,
            "size": row.file.size,
            "href": address(row.pk),
            "label": _("移除"),
        }
        for row in documents
    ]
