"""Requests of parties that somebody step aside: those that wait for a superior, one with its file, the party's own."""

from __future__ import annotations

from accreditation.errors import NotFound
from accreditation.models import Case, RecusalRequest, User
from accreditation.permissions import has_power
from accreditation.roles import Power
from accreditation.visibility import own_matters
from workflows.recusal_answerers import answerers, answerers_of
from workflows.superiors import hierarchy

MOST = 50
RELATED = (
    "case__enterprise", "case__batch__authority", "case__reconsideration", "person", "identified_by", "asked_by",
    "answered_by", "clock", "file", "letter",
)  # fmt: skip


def requests_waiting_for(user: User) -> list[RecusalRequest]:
    """Those that the person may answer, the one that is due first before the others; one statement where none waits."""
    rows = list(RecusalRequest.objects.filter(answer="").select_related(*RELATED).order_by("clock__due_at", "pk"))
    if not rows:
        return []
    found = answerers_of(rows, hierarchy())
    return [row for row in rows if user in found[row.pk]][:MOST]


def request_for(user: User, pk: int) -> RecusalRequest:
    """One that the person may answer or has answered, or reads as the auditor; NotFound for everybody else."""
    row = RecusalRequest.objects.select_related(*RELATED).filter(pk=pk).first()
    if row is None or not (may_answer(row, user) or _reads(row, user)):
        raise NotFound(str(pk))
    return row


def may_answer(row: RecusalRequest, user: User) -> bool:
    """Whether the person stands above the one concerned, without a tie."""
    return user in answerers(row, hierarchy())


def _reads(row: RecusalRequest, user: User) -> bool:
    if not has_power(user, Power.AUDIT):
        return False
    return not Case.objects.filter(own_matters(user), pk=row.case_id).exists()


def requests_of_party(case: Case) -> list[RecusalRequest]:
    """Every request in a case, the newest first."""
    rows = case.recusal_requests.select_related("clock", "file", "letter", "asked_by")
    return list(rows.order_by("-asked_at", "-pk"))


def request_of_party(case: Case, pk: int) -> RecusalRequest:
    """One of them; NotFound for any other."""
    row = next((row for row in requests_of_party(case) if row.pk == pk), None)
    if row is None:
        raise NotFound(str(pk))
    return row
