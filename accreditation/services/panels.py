"""Panels: appointment, declarations, sealed marks, opening."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from django.db.models import QuerySet

from accreditation.enums import SeatState
from accreditation.models import Application, Panel, Review, Seat, User
from accreditation.services.rule_sets import rules_of
from criteria.panel import PanelResult, combine_marks
from criteria.plain import from_text, to_text


def appoint_panel(application: Application, *, experts: Iterable[User], by: User, at: datetime) -> Panel:
    """Seat the experts in the order given."""
    people = list(experts)
    panel = Panel.objects.create(application=application, appointed_by=by, appointed_at=at, size=len(people))
    Seat.objects.bulk_create(
        Seat(panel=panel, place=place, expert=expert, appointed_at=at) for place, expert in enumerate(people, start=1)
    )
    return panel


def declare_no_tie(seat: Seat, *, at: datetime) -> None:
    """The expert declares to be free of ties and may see the material from now on."""
    seat.declare_no_tie()
    seat.declared_at = at
    seat.save()


def recuse(seat: Seat, *, tie: str, at: datetime) -> None:
    """The declared tie ends the seat; a draft of marks is not kept."""
    seat.recuse()
    seat.tie, seat.declared_at = tie, at
    seat.save()


def set_sheet_aside(seat: Seat, *, reason: str, at: datetime) -> None:
    """The place is empty again; the sealed sheet stays with the seat and is never counted."""
    seat.set_sheet_aside()
    seat.tie, seat.declared_at = reason, at
    seat.save()


def counted_reviews(panel: Panel) -> QuerySet[Review]:
    """Sheets of the experts who sit, in the order of the seats; those set aside are not among them."""
    return Review.objects.filter(seat__panel=panel, seat__state=SeatState.SUBMITTED).order_by("seat__place")


def replace_expert(vacant: Seat, *, expert: User, at: datetime) -> Seat:
    """A new seat at the same place."""
    return Seat.objects.create(panel=vacant.panel, place=vacant.place, expert=expert, appointed_at=at)


def vacant_seats(panel: Panel) -> list[Seat]:
    """Recused seats whose place nobody has taken."""
    sitting = set(panel.seats.exclude(state=SeatState.RECUSED).values_list("place", flat=True))
    recused = panel.seats.filter(state=SeatState.RECUSED).order_by("place", "-pk")
    newest = {seat.place: seat for seat in reversed(recused)}
    return [seat for place, seat in sorted(newest.items()) if place not in sitting]


def sitting_experts(panel: Panel) -> list[User]:
    """Who holds a seat, by place."""
    seats = panel.seats.exclude(state=SeatState.RECUSED).select_related("expert__expert").order_by("place", "pk")
    return [seat.expert for seat in seats]


def hand_in(seat: Seat, *, marks: Mapping[str, Mapping[str, str]], opinion: str, at: datetime) -> Review:
    """Seal one expert's marks: `{heading: {points, reason}}`; the hash goes to the audit entry, the marks to nobody."""
    seat.submit()
    seat.save()
    plain = {code: dict(mark) for code, mark in sorted(marks.items())}
    review = Review(seat=seat, marks=plain, opinion=opinion, salt=secrets.token_hex(32), submitted_at=at)
    review.sealed_hash = seal_of(review)
    review.save(force_insert=True)
    return review


def seal_of(review: Review) -> str:
    """SHA-256 over seat, marks, opinion and a random salt; reviews from before there was one have none in it."""
    plain = {"seat": review.seat_id, "marks": review.marks, "opinion": review.opinion}
    if review.salt:
        plain["salt"] = review.salt
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def salts(panel: Panel) -> dict[str, str]:
    """Salt of each review by place, to be shown when the marks are."""
    return {str(place): salt for place, salt in counted_reviews(panel).values_list("seat__place", "salt")}


def is_complete(panel: Panel) -> bool:
    """Whether the marks can be opened: every place has handed in, and no sheet may still be set aside."""
    return panel.all_sheets_are_in() and not panel.may_lose_a_sheet()


def open_marks(panel: Panel, *, at: datetime) -> None:
    """Combine the sealed marks as the rule set says and show them."""
    section = rules_of(panel.application.batch).expert_review
    assert section is not None
    sheets = counted_reviews(panel)
    marks = [{code: Fraction(mark["points"]) for code, mark in review.marks.items()} for review in sheets]
    panel.result = to_text(combine_marks(section, marks))
    panel.opened_at = at
    panel.save(update_fields=["result", "opened_at"])


def panel_result(panel: Panel) -> PanelResult | None:
    """The combined marks of an opened panel; nobody has them before."""
    return from_text(PanelResult, panel.result) if panel.opened_at else None
