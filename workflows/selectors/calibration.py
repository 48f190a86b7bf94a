"""Marks of opened panels beside one another: for the office over a batch, for a member over the own agenda."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from django.db.models import QuerySet

from accreditation.enums import SeatState
from accreditation.models import Application, Batch, Meeting, Panel, Review, User
from accreditation.permissions import has_power_over
from accreditation.roles import Power
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import visible_cases, visible_items
from criteria.calibration import Calibration, Sheet, calibrate
from criteria.ruleset import ExpertReview


@dataclass(frozen=True, slots=True)
class Report:
    """A calibration with what it rests on: headings, people by key, panels opened and still sealed."""

    batch: Batch
    section: ExpertReview
    found: Calibration
    people: dict[str, User]
    opened: int
    sealed: int


def batch_report(user: User, batch: Batch) -> Report:
    """Every opened panel of a batch whose case the person may see."""
    cases = visible_cases(user)
    return _report(batch, Application.objects.filter(batch=batch, case__in=cases))


def meeting_report(user: User, meeting: Meeting) -> Report:
    """Opened panels of the cases on an agenda; a member's own recusals are left out, the office sees all.

    A member who holds the office that calls the meeting as well reads it as a member.
    """
    is_member = meeting.attendance.filter(member=user).exists()
    calls = not is_member and has_power_over(user, Power.CALL_MEETINGS, meeting.batch)
    items = meeting.items.all() if calls else visible_items(user).filter(meeting=meeting)
    applications = Application.objects.filter(pk__in=items.values("application_id"))
    if calls:
        applications = applications.filter(case__in=visible_cases(user))
    return _report(meeting.batch, applications)


def _report(batch: Batch, applications: QuerySet[Application]) -> Report:
    section = rules_of(batch).expert_review
    assert section is not None, "a batch opens only on a rule set with headings"
    panels = Panel.objects.filter(application__in=applications)
    opened = panels.filter(opened_at__isnull=False)
    reviews = (
        Review.objects.filter(seat__panel__in=opened, seat__state=SeatState.SUBMITTED)
        .select_related("seat__expert", "seat__panel__application__case")
        .order_by("seat__panel__application__case__number", "seat__place")
    )
    rows = list(reviews)
    sheets = [
        Sheet(
            review.seat.panel.application.case.number,
            str(review.seat.expert_id),
            {code: Fraction(mark["points"]) for code, mark in review.marks.items()},
        )
        for review in rows
    ]
    people = {str(review.seat.expert_id): review.seat.expert for review in rows}
    count = opened.count()
    return Report(batch, section, calibrate(section, sheets), people, count, panels.count() - count)
