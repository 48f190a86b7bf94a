"""Seats of a panel for the office: who sits, since when, in which state, what has to be filled again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

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
            "state": SeatState(seat.state).label,
            "tone": TONES[SeatState(seat.state)],
            "since": seat.declared_at or seat.appointed_at,
            "tie": quoted(seat.tie) if seat.tie else "",
            "href": address(seat) if seat.pk in vacant else "",
            "recuse": order(seat) if seat.state in WORKING else "",
        }
        for seat in seats
    ]
