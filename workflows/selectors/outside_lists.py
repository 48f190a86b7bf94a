"""National results of batches as they were entered, those that wait for a second officer, and what became of each."""

from __future__ import annotations

from accreditation.enums import ApplicationState
from accreditation.errors import NotFound
from accreditation.models import Batch, ExternalNotice, OutsideList, OutsideListLine, Title, User
from accreditation.recommendation_words import ResultState
from workflows.outside_lists import FOUR_EYES
from workflows.own_matters import own_among

PEOPLE = ("recorded_by", "recorded_for", "settled_by", "settled_for")
RELATED = ("batch__programme", "notice__file", "corrects__notice", *PEOPLE)
ANSWERED = (ApplicationState.RECOGNISED_ABOVE, ApplicationState.NOT_RECOGNISED_ABOVE)
MOST = 50


def lists_for(user: User) -> list[OutsideList]:
    """Those that wait for this person, the oldest first: not the own ones, nor those with an enterprise of theirs."""
    rows = OutsideList.objects.filter(state=ResultState.WAITING).select_related(*RELATED).order_by("pk")
    return [row for row in rows[:MOST] if FOUR_EYES.may_decide(row, user)]


def lists_of(batch: Batch) -> list[OutsideList]:
    """All of a batch, whatever became of them, the newest first."""
    return list(batch.outside_lists.select_related(*RELATED).order_by("-pk"))


def list_entered(pk: int) -> OutsideList:
    """One of them; NotFound."""
    row = OutsideList.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def confirmed_list(pk: int) -> OutsideList:
    """One that was confirmed and corrects no other; NotFound for any other."""
    row = list_entered(pk)
    if row.state != ResultState.CONFIRMED or row.corrects_id is not None:
        raise NotFound(str(pk))
    return row


def corrections_entered(entry: OutsideList) -> list[OutsideList]:
    """What was entered to correct a result, whatever became of it, the newest first."""
    return list(entry.corrections.select_related(*RELATED).order_by("-pk"))


def is_one_waiting(batch: Batch) -> bool:
    """Whether a result of the batch, or the correction of one, waits for a second officer."""
    return batch.outside_lists.filter(state=ResultState.WAITING).exists()


def corrections_of(title: Title) -> list[OutsideListLine]:
    """Confirmed corrections of the entry on which a title rests, or rested, the newest first."""
    rows = OutsideListLine.objects.filter(
        application__title=title, entry__corrects__isnull=False, entry__state=ResultState.CONFIRMED
    )
    return list(rows.select_related("entry__notice", "entry__corrects__notice").order_by("-pk"))


def is_withheld(notice: ExternalNotice, user: User) -> bool:
    """Whether the scan tells of an own matter of the person what its enterprise is not told yet, or never will be."""
    entry = OutsideList.objects.filter(notice=notice).exclude(state=ResultState.CONFIRMED).first()
    return entry is not None and bool(own_among(user, {line.application.case_id for line in lines_of(entry)}))


def lines_of(entry: OutsideList) -> list[OutsideListLine]:
    """What it says of each application: the recognised first, each by ranking and place."""
    rows = entry.lines.select_related("application__case", "application__enterprise")
    return list(
        rows.order_by("-is_recognised", "application__ranking_line__ranking", "application__ranking_line__place", "pk")
    )
