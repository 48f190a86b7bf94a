"""Pages of the operator: health of the installation, failed effects, the calendar. No case content."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.enums import EffectState
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons
from workflows.calendar_import import parse_days
from workflows.calendar_proposals import propose
from workflows.forms.oversight import CalendarForm
from workflows.operation import retry_failed
from workflows.presentation.batch_proposals import mark_of
from workflows.presentation.holidays import day_rows
from workflows.presentation.words import Words
from workflows.selectors import calendar_proposals, oversight
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.workdays import SHANGHAI

NEWEST = 20  # proposals that the page of the calendar lists


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Database, worker, signer, effects, disk, calendar."""
    found = oversight.health(at=timezone.now())
    effects = [
        {"label": state.label, "number": found.effects[state.value], "tone": _tone(state, found.effects[state.value])}
        for state in EffectState
    ]
    context = {"health": found, "effects": effects, "free": 100 * found.disk_free // found.disk_total}
    return render(request, "workflows/oversight/health.html", context)


def _tone(state: EffectState, count: int) -> str:
    return "red" if state == EffectState.FAILED and count else ""


@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Put failed effects back in the queue."""
    count = retry_failed(by=signed_in(request), at=timezone.now())
    messages.success(request, _("已将 %(n)d 项失败任务放回队列。") % {"n": count})
    return redirect("operations")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def calendar(request: HttpRequest) -> HttpResponse:
    """Published years; put one more before a second person."""
    if request.method != "POST":
        return _calendar_page(request, CalendarForm())
    form = CalendarForm(request.POST, request.FILES)
    number = _propose(request, form) if form.is_valid() else ""
    return redirect("calendar_proposal", number) if number else _calendar_page(request, form)


def _propose(request: HttpRequest, form: CalendarForm) -> str:
    """Number of the proposal; empty where the form shows why there is none."""
    said = form.cleaned_data
    try:
        days = parse_days(said["file"], said["year"])
        row = propose(
            said["year"], days, source=said["source"], by=signed_in(request), at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""
    messages.success(request, _("已提请，等候另一位人员确认。"))
    return row.number


def _calendar_page(request: HttpRequest, form: CalendarForm) -> HttpResponse:
    today = timezone.now().astimezone(SHANGHAI).date()
    years = oversight.published_years()
    context: Words = {
        "form": form,
        "years": oversight.calendar_years(),
        "missing": oversight.missing_years(years, on=today),
        "proposals": [{"row": row, "state": mark_of(row.state)} for row in calendar_proposals.proposals()[:NEWEST]],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/oversight/calendar.html", context, status=422 if form.errors else 200)


@require_safe
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """Days of a year that depart from Monday to Friday."""
    days = day_rows(oversight.departures(year))
    context = {"year": year, "days": days, "is_published": year in oversight.published_years()}
    return render(request, "workflows/oversight/year.html", context)
