"""Requests to set a sealed score sheet aside: kept, answered, found."""

from __future__ import annotations

from datetime import datetime

from accreditation.models import Panel, Seat, SheetRequest, User
from accreditation.models.sheet_requests import SheetAnswer
from accreditation.services.second_answers import lender_of, plain


def ask(seat: Seat, *, reason: str, by: User, at: datetime) -> SheetRequest:
    """A new request of that person, or of the one whose power is lent by the last check."""
    return SheetRequest.objects.create(
        seat=seat, reason=reason, asked_by=by, asked_for_id=lender_of(by), asked_at=at
    )  # fmt: skip


def waiting(seat: Seat) -> SheetRequest | None:
    """The request about this sheet that nobody has answered."""
    return seat.sheet_requests.filter(answer="").select_related("asked_by", "asked_for").first()


def declined_reasons(seat: Seat) -> set[str]:
    """Reasons for which a second officer did not want this sheet set aside, without their blanks."""
    rows = seat.sheet_requests.filter(answer=SheetAnswer.DECLINED)
    return {plain(reason) for reason in rows.values_list("reason", flat=True)}


def requests_of(panel: Panel) -> list[SheetRequest]:
    """Every request about a sheet of the panel, the newest first."""
    rows = SheetRequest.objects.filter(seat__panel=panel)
    return list(
        rows.select_related("seat__expert", "asked_by", "asked_for", "answered_by").order_by("-asked_at", "-pk")
    )


def asked_places(panel: Panel) -> list[int]:
    """Places of the sheets about which a request waits; none once the marks are open."""
    if panel.opened_at is not None:
        return []
    rows = SheetRequest.objects.filter(seat__panel=panel, answer="")
    return list(rows.order_by("seat__place").values_list("seat__place", flat=True))
