"""Seats of a panel for the office: who sits, in which state, what has to be filled again; sheets to be set aside."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from django.utils.translation import gettext as _

from accreditation.enums import SeatState
from accreditation.models import Seat, SheetRequest
from accreditation.models.sheet_requests import SheetAnswer
from workflows.presentation.words import Words, quoted

WORKING = (SeatState.APPOINTED, SeatState.CLEARED)
TONES = {
    SeatState.APPOINTED: "amber",
    SeatState.CLEARED: "blue",
    SeatState.SUBMITTED: "green",
    SeatState.RECUSED: "grey",
}
SHEET_VERBS = ("ask_sheet_aside", "set_sheet_aside", "decline_sheet_aside", "withdraw_sheet_request")
ANSWERS: Mapping[str, str] = {
    "": "amber",
    SheetAnswer.AGREED: "blue",
    SheetAnswer.DECLINED: "red",
    SheetAnswer.WITHDRAWN: "grey",
}


def seat_rows(
    seats: Iterable[Seat],
    vacant: Collection[int],
    address: Callable[[Seat], str],
    order: Callable[[Seat], str],
    asked: Iterable[SheetRequest] = (),
    left: Collection[int] = (),
) -> list[Words]:
    """Rows: `place`, `name`, `field`, `employer`, `state`, `tone`, `since`, `tie`; `href` where a successor is due and
    `recuse` where the expert can still be told to step down. `asked` are the requests about sheets of the panel, `left`
    the numbers of accounts that hold the office of an expert no more (`has_left`)."""
    named = {row.seat_id: row for row in asked if row.answer in ("", SheetAnswer.AGREED)}
    return [
        {
            "place": seat.place,
            "name": quoted(seat.expert.name),
            "field": quoted(getattr(getattr(seat.expert, "expert", None), "field", "")),
            "employer": quoted(getattr(getattr(seat.expert, "expert", None), "employer", "")),
            "state": _state(seat, named.get(seat.pk)),
            "tone": TONES[SeatState(seat.state)],
            "since": seat.declared_at or seat.appointed_at,
            "tie": quoted(seat.tie) if seat.tie else "",
            "has_left": seat.state in WORKING and seat.expert_id in left,
            "href": address(seat) if seat.pk in vacant else "",
            "recuse": order(seat) if seat.state in WORKING else "",
        }
        for seat in seats
    ]


def _state(seat: Seat, asked: SheetRequest | None) -> str:
    """How it stands, with what was asked for or done about a sealed sheet."""
    if asked is None or (seat.state == SeatState.SUBMITTED and seat.panel.opened_at is not None):
        return str(SeatState(seat.state).label)
    return _("评分表已搁置") if seat.state == SeatState.RECUSED else _("已提交，提请搁置")


def request_rows(
    rows: Iterable[SheetRequest], *, reader: int | None, address: Callable[[str, int], str]
) -> list[Words]:
    """Each request about a sheet: who asked when and why, the answer with the same; what the reader can do about it.

    `reader` is the number of an account, `address` gives the page of a verb for a place, empty where the person has it
    not.
    """
    return [_request(row, row.askers.isdisjoint({reader}), address) for row in rows]


def _request(row: SheetRequest, is_anothers: bool, address: Callable[[str, int], str]) -> Words:
    offered = [("withdraw_sheet_request", _("撤回"))]
    if is_anothers:
        offered = [("set_sheet_aside", _("同意")), ("decline_sheet_aside", _("不同意"))]
    offered = [] if row.answer else offered
    acts = [{"label": label, "href": address(verb, row.seat.place)} for verb, label in offered]
    return {
        "place": row.seat.place,
        "name": quoted(row.seat.expert.name),
        "state": str(SheetAnswer(row.answer).label) if row.answer else _("待另一人答复"),
        "tone": ANSWERS[row.answer],
        "asked_by": quoted(row.asked_by),
        "asked_at": row.asked_at,
        "reason": quoted(row.reason),
        "answered_by": quoted(row.answered_by) if row.answered_by else "",
        "answered_at": row.answered_at,
        "answer_reason": quoted(row.answer_reason) if row.answer_reason else "",
        "acts": [one for one in acts if one["href"]],
    }
