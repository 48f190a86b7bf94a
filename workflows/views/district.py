"""The district bureau: inbox by due date, cases dealt with, the case and its acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.permissions import districts_of, powers_of, signed_in
from accreditation.roles import Power
from accreditation.selectors.signers import waiting_for_signer, waiting_for_text
from workflows.calendar import current_calendar
from workflows.forms.district import DoneFilter, InboxFilter
from workflows.selectors.desks import MOST_VACANCIES, WAITS_FOR_DISTRICT, district_cases, narrowed, vacant_places
from workflows.selectors.further_returns import matters_waiting_for, waiting_for
from workflows.selectors.recusal_requests import requests_waiting_for
from workflows.selectors.reopenings import reopenings_waiting_for
from workflows.selectors.upholding import upholding_waiting_for
from workflows.views import casework, evaluations, reopenings
from workflows.views.answers import page
from workflows.views.bulk import bulk_desk
from workflows.views.desk import DISTRICT
from workflows.views.listing import filters, page_of_rows, page_of_slices
from workflows.worklists import inbox, inbox_counts

if TYPE_CHECKING:
    from accreditation.models import User

POWERS = (Power.REVIEW_FIRST, Power.RUN_LOCALLY)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def district_inbox(request: HttpRequest) -> HttpResponse:
    """What waits for the bureau, the most urgent first."""
    user, now, form = signed_in(request), timezone.now(), InboxFilter(request.GET)
    chosen, calendar = form.chosen(), current_calendar()
    rows = page_of_slices(
        request,
        lambda start, size: inbox(user, calendar=calendar, at=now, start=start, size=size, powers=POWERS, **chosen),
    )
    own = districts_of(user, Power.RUN_LOCALLY)
    context = {"page": rows, "filters": filters(request, form), "counts": inbox_counts(user, at=now, powers=POWERS)}
    context |= {"waiting_returns": waiting_for(user), "waiting_matters": matters_waiting_for(user, at=now)}
    context |= {"vacancies": vacant_places(own)[:MOST_VACANCIES] if own else []}
    context |= {"waiting_upholding": upholding_waiting_for(user), "waiting_reopenings": reopenings_waiting_for(user)}
    context["waiting_recusals"] = requests_waiting_for(user)
    context |= bulk_desk(user, "district") | {"waiting_meetings": waiting_for_signer(user, now)}
    context |= {"returned_minutes": waiting_for_text(user)}
    return render(request, "workflows/district/inbox.html", context | _desk_of(user))


def _desk_of(user: User) -> dict[str, Any]:
    """What the lists show to this officer: which task, where there are several, and the way to the members."""
    powers = powers_of(user)
    return {
        "case_page": "district_case",
        "with_task": Power.RUN_LOCALLY in powers,
        "confirms_members": Power.CONFIRM_MEMBERS in powers,
    }


@require_safe
@page
def district_done(request: HttpRequest) -> HttpResponse:
    """Cases of the district that wait for somebody else or are closed, the newest move first."""
    user, form = signed_in(request), DoneFilter(request.GET)
    cases = district_cases(user, districts_of(user, Power.REVIEW_FIRST)).exclude(state__in=WAITS_FOR_DISTRICT)
    rows = page_of_rows(request, narrowed(cases, **form.chosen()))
    context = {"page": rows, "filters": filters(request, form)} | _desk_of(user)
    return render(request, "workflows/district/done.html", context)


@require_safe
@page
def district_case(request: HttpRequest, number: str) -> HttpResponse:
    """A case at a glance."""
    return casework.case_page(request, DISTRICT, number)


@require_safe
@page
def district_figures(request: HttpRequest, number: str) -> HttpResponse:
    """Figures beside evidence."""
    return casework.figures_page(request, DISTRICT, number)


@require_safe
@page
def district_changes(request: HttpRequest, number: str) -> HttpResponse:
    """What each version changed."""
    return casework.changes_page(request, DISTRICT, number)


@form_page
@page
def district_verify(request: HttpRequest, number: str, code: str, year: int) -> HttpResponse:
    """Verify a figure."""
    return casework.verify_page(request, DISTRICT, number, code, year)


@form_page
@page
def district_gate(request: HttpRequest, number: str, gate: str) -> HttpResponse:
    """Answer a condition."""
    return casework.gate_page(request, DISTRICT, number, gate)


@form_page
@page
def district_review(request: HttpRequest, number: str) -> HttpResponse:
    """First review: recommend or not."""
    return casework.review_page(request, DISTRICT, number)


@form_page
@page
def district_return(request: HttpRequest, number: str) -> HttpResponse:
    """Return for correction."""
    return casework.return_page(request, DISTRICT, number)


@form_page
@page
def district_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Accept, decline, find ineligible."""
    offered = casework.DISTRICT_ACTS | evaluations.OFFERED | reopenings.OFFERED
    acts = {**casework.ACTS, **evaluations.LOCAL_ACTS, **reopenings.ACTS}
    return casework.act_page(request, DISTRICT, number, verb, offered, acts)
