"""Results from above that wait for a second officer, and what became of the earlier ones of a title."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import ResultProposal, Title, User
from accreditation.permissions import is_connected
from accreditation.recommendation_words import ResultState
from accreditation.services.outside_results import FOUR_EYES

PEOPLE = ("recorded_by", "recorded_for", "settled_by", "settled_for")
RELATED = ("title__holder", "title__programme", "notice__file", *PEOPLE)
MOST = 50


def waiting_results() -> list[ResultProposal]:
    """All that wait, the oldest first."""
    rows = ResultProposal.objects.filter(state=ResultState.WAITING)
    return list(rows.select_related(*RELATED).order_by("pk")[:MOST])


def results_for(user: User) -> list[ResultProposal]:
    """Those that wait for this person: not the own ones, nor those of an enterprise of theirs."""
    return [row for row in waiting_results() if FOUR_EYES.may_decide(row, user)]


def results_of(user: User, title: Title) -> list[ResultProposal]:
    """All of a title that the person may know of, whatever became of them, the newest first."""
    rows = title.result_proposals.select_related(*RELATED).order_by("-pk")
    return [row for row in rows if _is_open_to(user, row)]


def _is_open_to(user: User, row: ResultProposal) -> bool:
    """What is not confirmed is not known to the holder, nor to an officer who has to do with it (回避)."""
    return row.state == ResultState.CONFIRMED or not is_connected(user, row.holder.pk)


def result_entered(user: User, pk: int) -> ResultProposal:
    """One of them; NotFound, also of the own enterprise while it is not confirmed."""
    row = ResultProposal.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None or not _is_open_to(user, row):
        raise NotFound(str(pk))
    return row
