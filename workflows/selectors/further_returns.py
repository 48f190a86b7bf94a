"""Requests for one more return that wait for this superior."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, Q

from accreditation.enums import Owner
from accreditation.models import Case, FurtherReturn, User
from accreditation.permissions import districts_of, has_power_at
from accreditation.roles import Power
from accreditation.visibility import own_matters
from workflows.assignments import desk_task, may_assign

MOST = 50


def waiting_for(user: User) -> list[FurtherReturn]:
    """The oldest first; of the superior's own authority, of its towns, or of the city's office; never the own ones."""
    if not has_power_at(user, Power.SUPERVISE, None) and not districts_of(user, Power.SUPERVISE):
        return []
    rows = FurtherReturn.objects.filter(_under(user), answer="", application__state=F("state"))
    tied = Case.objects.filter(own_matters(user)).values("pk")
    rows = rows.exclude(asked_by=user).exclude(asked_for=user).exclude(application__case__in=tied)
    return list(rows.select_related("application__case__enterprise", "asked_by").order_by("pk")[:MOST])


def matters_waiting_for(user: User, *, at: datetime) -> list[FurtherReturn]:
    """The same of cases over titles and demonstration enterprises, the oldest first."""
    if not has_power_at(user, Power.SUPERVISE, None) and not districts_of(user, Power.SUPERVISE):
        return []
    rows = FurtherReturn.objects.filter(matter__isnull=False, answer="", matter__state=F("state"))
    rows = rows.exclude(asked_by=user).exclude(asked_for=user).select_related("matter__enterprise", "asked_by")
    return [row for row in rows.order_by("pk") if _is_superior(user, row, at)][:MOST]


def _is_superior(user: User, row: FurtherReturn, at: datetime) -> bool:
    found = desk_task(row.case)
    return found is not None and may_assign(found, user, row.case, at)


def _under(user: User) -> Q:
    places = districts_of(user, Power.SUPERVISE)
    found = Q(by_owner=Owner.DISTRICT, application__case__district__in=places)
    found |= Q(by_owner=Owner.FORWARDER, application__forwarder__forwards_to__district__in=places)
    return found | Q(by_owner=Owner.OFFICE) if has_power_at(user, Power.SUPERVISE, None) else found
