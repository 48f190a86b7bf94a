"""Returns of a level: how many it makes by itself, and further ones that a superior has allowed in writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accreditation.audit import chain_key
from accreditation.models import Application, AuditEvent, Case, FurtherReturn, User
from accreditation.models.returns import FurtherAnswer

Returned = Application | Case  # an application, or the case of any other procedure
# Verbs that return such a case; its level is the state in which it is returned, and its trail keeps the count.
RETURNS_OF_MATTERS = ("return_change", "send_report_back", "send_reexamination_back")
FREE_OF_MATTERS = 1  # 一次性告知 (行政许可法第三十二条): everything at once, so that a second return needs a reason
_SAID = ("target", "code", "year", "remark", "clause")


def returns_made(of: Returned, owner: str) -> int:
    """How often the level has returned it."""
    if isinstance(of, Application):
        return of.corrections.filter(by_owner=owner).count()
    events = AuditEvent.objects.filter(chain=chain_key(of), verb__in=RETURNS_OF_MATTERS, state_before=of.state)
    return events.count()


def returns_left(of: Returned, owner: str) -> int:
    """How often the level may still return it without a superior's consent."""
    free = of.batch.returns_allowed if isinstance(of, Application) else FREE_OF_MATTERS
    return max(free - returns_made(of, owner), 0)


def waiting(of: Returned, owner: str) -> FurtherReturn | None:
    """The request that a superior has to answer."""
    return _standing(of, owner).filter(answer="").first()


def allowed(of: Returned, owner: str) -> FurtherReturn | None:
    """The consent that stands and is not spent."""
    return _unspent(of, owner).filter(answer=FurtherAnswer.ALLOWED).first()


def latest(of: Returned, owner: str) -> FurtherReturn | None:
    """The newest request of the level that is not spent; nothing once the case has moved to another state."""
    return _unspent(of, owner).select_related("asked_by", "answered_by").order_by("-pk").first()


def _unspent(of: Returned, owner: str) -> QuerySet[FurtherReturn]:
    return _standing(of, owner).filter(correction__isnull=True, spent_at__isnull=True)


def _standing(of: Returned, owner: str) -> QuerySet[FurtherReturn]:
    rows: QuerySet[FurtherReturn] = of.further_returns.filter(by_owner=owner, state=of.state)
    return rows.exclude(matter__isnull=False, points=[])  # one without points can never be carried out


def spend(row: FurtherReturn, *, at: datetime) -> None:
    """The return of a matter that was allowed is made; that of an application keeps the consent in its own row."""
    row.spent_at = at
    row.save(update_fields=["spent_at"])


def ask(
    of: Returned,
    *,
    owner: str,
    points: Iterable[Mapping[str, Any]],
    remark: str,
    reason: str,
    by: User,
    lent_by: int | None,
    at: datetime,
) -> FurtherReturn:
    """Keep what is to be returned once more and why; `lent_by` is the person in whose place it is asked."""
    return FurtherReturn.objects.create(
        application=of if isinstance(of, Application) else None,
        matter=of if isinstance(of, Case) else None,
        by_owner=owner,
        state=of.state,
        points=_plain(points),
        remark=remark,
        reason=reason,
        asked_by=by,
        asked_for_id=lent_by,
        asked_at=at,
    )


def answer(row: FurtherReturn, *, is_allowed: bool, reason: str, by: User, at: datetime) -> None:
    """Write the superior's answer."""
    row.answer = FurtherAnswer.ALLOWED if is_allowed else FurtherAnswer.REFUSED
    row.answer_reason, row.answered_by, row.answered_at = reason, by, at
    row.save(update_fields=["answer", "answer_reason", "answered_by", "answered_at"])


def says(row: FurtherReturn, points: Iterable[Mapping[str, Any]], remark: str) -> bool:
    """Whether a return is word for word the one that was allowed."""
    return _plain(points) == row.points and remark == row.remark


def _plain(points: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: point.get(name) for name in _SAID} | {"clause": point.get("clause") or ""} for point in points]
