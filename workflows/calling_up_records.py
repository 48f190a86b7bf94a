"""What calling an application up asks of it, and records: the case's side of `workflows.calling_up`."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from accreditation.enums import LetterKind
from accreditation.errors import Reason
from accreditation.models import CallingUp, RevisedScore
from accreditation.permissions import persons_behind
from accreditation.recommendation_words import ResultState
from workflows.calling_places import faults_of_next, reasons_to_pass_over
from workflows.doing import Doing
from workflows.recommendation_records import send_letter
from workflows.second_person import FOUR_EYES


def by_a_second_person_for_the_next(doing: Doing) -> Iterable[Reason]:
    """Form: calling_up. What an officer put forward takes effect by another one, and rests on the present decision."""
    row: CallingUp | None = doing.form.get("calling_up")
    fits = row is not None and row.application_id == doing.application.pk and row.state == ResultState.WAITING
    if row is None or not fits or row.decision_id != doing.application.decision_id:
        yield Reason("not_called_up", _("没有待确认的递补提请。"))
    elif {row.recorded_by_id, row.recorded_for_id} & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("递补须由提请人以外的另一人确认。"))


def can_take_the_place(doing: Doing) -> Iterable[Reason]:
    """The title can be granted to it, and nothing is under way against the letter that told of the quota."""
    yield from reasons_to_pass_over(doing.application, doing.at)
    yield from faults_of_next(doing.application)


def call_up(doing: Doing) -> None:
    """Form: calling_up. The minutes stay; the letter that told of the quota is taken back by another."""
    row: CallingUp = doing.form["calling_up"]
    application, meeting = doing.application, row.decision.item.meeting
    earlier = doing.case.letters.filter(kind=LetterKind.NOT_IN_QUOTA).order_by("pk").last()
    line = getattr(application, "ranking_line", None)
    application.ended_for = ""
    doing.act.note(
        calling_up=row.pk, decision=row.decision_id, minutes=row.decision.minutes_sha256, document=row.document,
        dated=row.dated.isoformat() if row.dated else "", proposed_by=str(row.recorded_by),
        takes_back=earlier.number if earlier else "",
    )  # fmt: skip
    send_letter(
        doing,
        LetterKind.CALLED_UP,
        row=row,
        meeting=meeting,
        earlier=earlier,
        ranking=line.ranking if line else None,
        is_revised=RevisedScore.objects.filter(reopening__application__batch=application.batch_id).exists(),
    )
