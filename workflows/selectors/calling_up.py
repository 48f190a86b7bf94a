"""Batches with places that can come to be free, and what was put forward for such places."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import Batch, CallingUp, User
from accreditation.recommendation_words import ResultState
from workflows.calling_up import FOUR_EYES
from workflows.own_matters import Known, own_among
from workflows.selectors import batch_desk
from workflows.selectors.recognition import may_have_quota

PEOPLE = ("recorded_by", "recorded_for", "settled_by", "settled_for")
RELATED = (
    "batch__programme", "application__case", "application__enterprise", "vacated_decision__application__case",
    "decision__item__meeting", *PEOPLE,
)  # fmt: skip
MOST = 50


def batch_with_places(code: str) -> Batch:
    """A batch whose places can come to be free, ranked or not; NotFound for any other."""
    row = batch_desk.batch(code)
    if not row.is_recommendation and not may_have_quota(row):
        raise NotFound(code)
    return row


def callings_known(user: User, batch: Batch) -> Known[CallingUp]:
    """All of a batch, whatever became of them, the newest first, without the person's own matters."""
    every = list(batch.callings_up.select_related(*RELATED).order_by("-pk"))
    own = own_among(user, {row.application.case_id for row in every})
    shown = [row for row in every if row.application.case_id not in own]
    return Known(shown, len(every) - len(shown))


def calling_entered(pk: int, user: User) -> CallingUp:
    """One of them; NotFound, also where it is the person's own matter."""
    row = CallingUp.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None or own_among(user, {row.application.case_id}):
        raise NotFound(str(pk))
    return row


def callings_for(user: User) -> list[CallingUp]:
    """Those that wait for this person, the oldest first."""
    rows = CallingUp.objects.filter(state=ResultState.WAITING).select_related(*RELATED).order_by("pk")
    return [row for row in rows[:MOST] if FOUR_EYES.may_decide(row, user)]
