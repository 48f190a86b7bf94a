"""The panel of a case as the office sees it: who can be asked, who sits, what they marked once the marks are open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from accreditation.errors import NotFound
from accreditation.models import Application, Panel, Review, Seat, SheetRequest, User, VerifiedValue
from accreditation.services import draws
from accreditation.services import sheet_requests as kept
from accreditation.services.expert_pool import WORKING, Entry, appointed_experts, pool_of
from accreditation.services.panels import counted_reviews, panel_result, vacant_seats
from accreditation.services.rule_sets import rules_of
from accreditation.services.ties import ties_between
from criteria.panel import HeadingResult, PanelResult
from criteria.ruleset import ExpertReview, Heading


@dataclass(frozen=True, slots=True)
class MarkRow:
    """One heading of the opened marks: what each expert gave with the reason, and what came of it."""

    heading: Heading
    marks: tuple[tuple[Fraction, str], ...]
    result: HeadingResult


@dataclass(frozen=True, slots=True)
class OpenedMarks:
    """The opened panel: how marks combine, reviews in order of seats, rows per heading, result of all."""

    section: ExpertReview
    reviews: tuple[Review, ...]
    rows: tuple[MarkRow, ...]
    result: PanelResult


def pool(application: Application, *, on: date) -> list[Entry]:
    """Everybody in office, the suggestion first: who may sit, with the fewest open seats, then the fewest in all."""
    return sorted(pool_of(application, on=on), key=_suggestion)


def _suggestion(entry: Entry) -> tuple[bool, bool, int, int, str]:
    return (not entry.is_selectable, not entry.is_matched, entry.load, entry.seats, entry.person.username)


def due_panel(application: Application, entries: list[Entry]) -> list[User]:
    """Who is to be appointed by the draw; empty before it."""
    return draws.due_panel(application, entries)


def due_successor(panel: Panel, entries: list[Entry]) -> User | None:
    """Who is next in the drawn order; None without a draw or when nobody is left."""
    return draws.due_successor(panel, entries)


def possible_successors(panel: Panel, entries: list[Entry]) -> list[Entry]:
    """Who could take a vacant seat, whether next in the drawn order or not."""
    return draws.possible_successors(panel, entries)


def panel_of(application: Application) -> Panel | None:
    """The panel of an application that has one."""
    return Panel.objects.select_related("application__batch__rule_set").filter(application=application).first()


def seats_of(panel: Panel) -> list[Seat]:
    """Every seat ever taken, by place, the newest of a place last."""
    return list(panel.seats.select_related("expert__expert").order_by("place", "pk"))


def out_of_office(seats: list[Seat]) -> set[int]:
    """Numbers of the accounts among them that hold the office of an expert no more."""
    people = {seat.expert_id for seat in seats}
    return people - set(appointed_experts().filter(user__in=people).values_list("user_id", flat=True))


def sheet_requests(panel: Panel) -> list[SheetRequest]:
    """Every request to set a sheet of the panel aside, the newest first."""
    return kept.requests_of(panel)


def places_asked_about(application: Application) -> list[int]:
    """Places of the sheets about which a request waits."""
    panel = panel_of(application)
    return kept.asked_places(panel) if panel is not None else []


def vacant_seat(application: Application, pk: int) -> Seat:
    """A recused seat whose place is still empty; NotFound otherwise."""
    panel = panel_of(application)
    for seat in vacant_seats(panel) if panel else ():
        if seat.pk == pk:
            return seat
    raise NotFound(str(pk))


def working_seat(application: Application, pk: int) -> Seat:
    """A seat whose expert has neither stepped down nor handed in; NotFound otherwise."""
    panel = panel_of(application)
    rows = panel.seats.select_related("expert").filter(pk=pk, state__in=WORKING) if panel else Seat.objects.none()
    row = rows.first()
    if row is None:
        raise NotFound(str(pk))
    return row


def known_ties(seat: Seat, application: Application, *, on: date) -> list[str]:
    """What the records show between the expert of a seat and the applicant."""
    return [str(tie) for tie in ties_between(seat.expert, application, on=on)]


def vacancies(panel: Panel) -> list[Seat]:
    """Recused seats that wait for a successor."""
    return vacant_seats(panel)


def opened_marks(panel: Panel) -> OpenedMarks | None:
    """Marks, reasons and spread; None before the last review is in."""
    result = panel_result(panel)
    section = rules_of(panel.application.batch).expert_review
    if result is None or section is None:
        return None
    reviews = list(counted_reviews(panel).select_related("seat__expert"))
    rows = [
        MarkRow(heading, tuple(_mark(review, heading.code) for review in reviews), found)
        for heading, found in zip(section.headings, result.headings, strict=True)
    ]
    return OpenedMarks(section, tuple(reviews), tuple(rows), result)


def _mark(review: Review, heading: str) -> tuple[Fraction, str]:
    mark = review.marks[heading]
    return Fraction(mark["points"]), mark["reason"]


def proposals(application: Application) -> list[VerifiedValue]:
    """Values that experts proposed and nobody has adopted, oldest first."""
    rows = VerifiedValue.objects.filter(application=application, adopted_at__isnull=True).select_related("proposed_by")
    return list(rows.order_by("proposed_at", "pk"))


def proposal(application: Application, pk: int) -> VerifiedValue:
    """One of them; NotFound when it is not there or was adopted."""
    row = next((row for row in proposals(application) if row.pk == pk), None)
    if row is None:
        raise NotFound(str(pk))
    return row
