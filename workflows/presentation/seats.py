"""Seats of a panel for the office: who sits, since when, in which state, what has to be filled again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from django.utils.translation import gettext as _

from accreditation.enums import SeatState
from accreditation.models import Seat
from workflows.presentation.words import Words, quoted

WORKING = (SeatState.APPOINTED, SeatState.CLEARED)
TONES = {
    SeatState.APPOINTED: "amber",
    SeatState.CLEARED: "blue",
    SeatState.SUBMITTED: "green",
    SeatState.RECUSED: "grey",
}


def seat_rows(
    seats: Iterable[Seat], vacant: Collection[int], address: Callable[[Seat], str], order: Callable[[Seat], str]
) -> list[Words]:
    """Rows: `place`, `name`, `field`, `employer`, `state`, `tone`, `since`, `tie`; `href` where a successor is due and
    `recuse` where the expert can still be told to step down."""
    return [
        {
            "place": seat.place,
            "name": quoted(seat.expert.name),
            "field": quoted(getattr(getattr(seat.expert, "expert", None), "field", "")),
            "employer": quoted(getattr(getattr(seat.expert, "expert", None), "employer", "")),
            "state": _state(seat),
            "tone": TONES[SeatState(seat.state)],
            "since": seat.declared_at or seat.appointed_at,
            "tie": quoted(seat.tie or seat.aside_reason) if seat.tie or seat.aside_reason else "",
            "href": address(seat) if seat.pk in vacant else "",
            "recuse": order(seat) if seat.state in WORKING else "",
        }
        for seat in seats
    ]


def _state(seat: Seat) -> str:
    """How it stands, with what was asked for or done about a sealed sheet."""
    if not seat.aside_reason:
        return str(SeatState(seat.state).label)
    return _("评分表已搁置") if seat.state == SeatState.RECUSED else _("已提交，提请搁置")
