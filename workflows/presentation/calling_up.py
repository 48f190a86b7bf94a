"""Free places of a batch and who is called up for them, in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.errors import Reason
from accreditation.models import Application, Batch, CallingUp, User
from accreditation.recommendation_words import ResultState
from accreditation.templatetags.dates import day_text, moment
from workflows.calling_places import FreePlaces, faults_of_batch, faults_of_next, free_places_of
from workflows.calling_up import needs_document, whose_turn
from workflows.own_matters import own_among
from workflows.presentation.entered_results import entry_words, settled_rows, shown_rows
from workflows.presentation.words import Words, quoted
from workflows.selectors.recommendations import faults_known


def places_words(batch: Batch, user: User, at: datetime) -> Words:
    """How many are free, who is next, on which ground, and why none is given now.

    Of the person's own matters no name: `is_hidden` says that there is one.
    """
    found = free_places_of(batch, at)
    turn = whose_turn(batch, found)
    named = [one for one in (turn, *(row.application for row in found.passed_over)) if one is not None]
    own = own_among(user, {one.case_id for one in named})
    return {
        "free": found.free,
        "provisional": len(found.provisional),
        "waiting": batch.callings_up.filter(state=ResultState.WAITING).count(),
        "next": _named(turn) if turn is not None and turn.case_id not in own else None,
        "is_hidden": turn is not None and turn.case_id in own,
        "passed_over": [
            _named(row.application) | {"reason": row.reason.text}
            for row in found.passed_over
            if row.application.case_id not in own
        ],
        "faults": faults_known(user, batch, _faults(batch, found, turn, at)),
        "ground": batch.quota_ground,
        "needs_document": needs_document(batch),
        "href": reverse("office_calling_up", args=[batch.code]),
    }


def _faults(batch: Batch, found: FreePlaces, turn: Application | None, at: datetime) -> Iterator[Reason]:
    yield from faults_of_batch(batch, found, at)
    if turn is not None:
        yield from faults_of_next(turn)


def _named(row: Application) -> Words:
    return {"name": row.enterprise.name, "number": row.case.number}


def calling_words(row: CallingUp) -> Words:
    """Who was put forward, by whom and when, what became of it, where it is dealt with."""
    words = entry_words(row, row.application.case.number, reverse("calling_up", args=[row.pk]))
    return words | {"name": row.application.enterprise.name}


def summary(row: CallingUp, user: User) -> list[Words]:
    """Everything that the second person looks at, who put it forward and who settled it.

    Whose place it is stays untold where that is the person's own matter.
    """
    number, meeting = row.application.case.number, row.decision.item.meeting
    former = row.vacated_by if row.vacated_by and not own_among(user, {row.vacated_by.case_id}) else None
    case = format_html('<a href="{}">{}</a>', reverse("office_case", args=[number]), number)
    minutes = format_html('<a href="{}">{}</a>', reverse("meeting", args=[meeting.number]), meeting.number)
    return shown_rows([
        (_("企业"), quoted(row.application.enterprise.name)),
        (_("申报编号"), case),
        (_("同意的会议"), minutes),
        (_("名额的依据"), quoted(row.batch.quota_ground)),
        (_("允许递补的文件或者规定"), quoted(row.document) if row.document else ""),
        (_("印发日期"), day_text(row.dated) if row.dated else ""),
        (_("空出名额的申报"), former.case.number if former else ""),
        (_("提请人"), quoted(row.recorded_by)),
        (_("被代办人"), quoted(row.recorded_for) if row.recorded_for else ""),
        (_("提请时间"), moment(row.recorded_at)),
        *settled_rows(row),
    ])  # fmt: skip
