"""Results from above that wait for a second officer, and what became of the earlier ones of a title."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import ResultProposal, Title, User
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


def results_of(title: Title) -> list[ResultProposal]:
    """All of a title, whatever became of them, the newest first."""
    return list(title.result_proposals.select_related(*RELATED).order_by("-pk"))


def result_entered(pk: int) -> ResultProposal:
    """One of them; NotFound."""
    row = ResultProposal.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None:
        raise NotFound(str(pk))
    return row
