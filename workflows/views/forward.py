"""Towns and parks: applications that wait to be passed on, those passed on, the case and its acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.permissions import signed_in
from accreditation.roles import Power
from workflows.calendar import current_calendar
from workflows.forms.district import DoneFilter, InboxFilter
from workflows.selectors.desks import forwarded_cases, narrowed
from workflows.views import casework
from workflows.views.answers import page
from workflows.views.desk import FORWARD
from workflows.views.listing import filters, page_of_rows, page_of_slices
from workflows.worklists import inbox, inbox_counts

POWERS = (Power.FORWARD,)
ACTS = frozenset(casework.ACTS_OF_TOWNS)
form_page = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@page
def forward_inbox(request: HttpRequest) -> HttpResponse:
    """What waits to be passed on."""
    user, now, form = signed_in(request), timezone.now(), InboxFilter(request.GET)
    chosen, calendar = form.chosen(), current_calendar()
    rows = page_of_slices(
        request,
        lambda start, size: inbox(user, calendar=calendar, at=now, start=start, size=size, powers=POWERS, **chosen),
    )
    context = {"page": rows, "filters": filters(request, form), "counts": inbox_counts(user, at=now, powers=POWERS)}
    return render(request, "workflows/forward/inbox.html", context | {"case_page": "forward_case"})


@require_safe
@page
def forward_done(request: HttpRequest) -> HttpResponse:
    """Cases that were passed on or sent back, the newest move first."""
    form = DoneFilter(request.GET)
    rows = page_of_rows(request, narrowed(forwarded_cases(signed_in(request)), **form.chosen()))
    context = {"page": rows, "filters": filters(request, form), "case_page": "forward_case"}
    return render(request, "workflows/forward/done.html", context)


@require_safe
@page
def forward_case(request: HttpRequest, number: str) -> HttpResponse:
    """A case at a glance."""
    return casework.case_page(request, FORWARD, number)


@require_safe
@page
def forward_figures(request: HttpRequest, number: str) -> HttpResponse:
    """Figures beside evidence."""
    return casework.figures_page(request, FORWARD, number)


@require_safe
@page
def forward_changes(request: HttpRequest, number: str) -> HttpResponse:
    """What each version changed."""
    return casework.changes_page(request, FORWARD, number)


@form_page
@page
def forward_return(request: HttpRequest, number: str) -> HttpResponse:
    """Return for correction."""
    return casework.return_page(request, FORWARD, number)


@form_page
@page
def forward_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Pass on, with an opinion."""
    return casework.act_page(request, FORWARD, number, verb, ACTS)
