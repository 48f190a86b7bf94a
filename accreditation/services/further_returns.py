"""Returns of a level: how many it makes by itself, and further ones that a superior has allowed in writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accreditation.models import Application, FurtherReturn, User
from accreditation.models.returns import FurtherAnswer

_SAID = ("target", "code", "year", "remark", "clause")


def returns_made(application: Application, owner: str) -> int:
    """How often the level has returned the application."""
    return application.corrections.filter(by_owner=owner).count()


def returns_left(application: Application, owner: str) -> int:
    """How often the level may still return it without a superior's consent."""
    return max(application.batch.returns_allowed - returns_made(application, owner), 0)


def waiting(application: Application, owner: str) -> FurtherReturn | None:
    """The request that a superior has to answer."""
    return _standing(application, owner).filter(answer="").first()


def allowed(application: Application, owner: str) -> FurtherReturn | None:
    """The consent that stands and is not spent."""
    return _standing(application, owner).filter(answer=FurtherAnswer.ALLOWED, correction__isnull=True).first()


def latest(application: Application, owner: str) -> FurtherReturn | None:
    """The newest request of the level that is not spent; nothing once the case has moved to another state."""
    found = _standing(application, owner).filter(correction__isnull=True)
    return found.select_related("asked_by", "answered_by").order_by("-pk").first()


def _standing(application: Application, owner: str) -> QuerySet[FurtherReturn]:
    return application.further_returns.filter(by_owner=owner, state=application.state)


def ask(
    application: Application,
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
        application=application,
        by_owner=owner,
        state=application.state,
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
