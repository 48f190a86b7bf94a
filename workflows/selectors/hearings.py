"""Hearings on objections as the applicant finds them."""

from __future__ import annotations

from collections.abc import Iterable

from accreditation.clocks import DeadlineState
from accreditation.errors import NotFound
from accreditation.models import Application, Case, ObjectionHearing


def own_hearing(application: Application, objection: str) -> ObjectionHearing:
    """The hearing on an objection against the own application; NotFound before the applicant is asked."""
    rows = ObjectionHearing.objects.select_related("objection", "clock")
    found = rows.filter(objection__application=application, objection__number=objection).first()
    if found is None:
        raise NotFound(objection)
    return found


def awaited_of(cases: Iterable[Case]) -> dict[int, ObjectionHearing]:
    """By primary key of the case the hearing whose statement is due first."""
    rows = ObjectionHearing.objects.select_related("objection", "clock").filter(
        clock__case__in=[case.pk for case in cases], clock__state=DeadlineState.RUNNING, stated_at__isnull=True
    )
    return {row.clock.case_id: row for row in rows.order_by("-clock__due_at", "-pk")}
