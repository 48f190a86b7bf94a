"""Pages of the operator: health of the installation, failed effects, the calendar. No case content."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.enums import EffectState
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons
from workflows.calendar_import import import_days, parse_days
from workflows.forms.oversight import CalendarForm
from workflows.operation import retry_failed
from workflows.presentation.holidays import day_rows
from workflows.presentation.words import Words
from workflows.selectors import oversight
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.workdays import SHANGHAI


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
    """Published years; take in one more."""
    if request.method == "POST":
        form = CalendarForm(request.POST, request.FILES)
        if form.is_valid() and _import(request, form):
            return redirect("operations_calendar")
    else:
        form = CalendarForm()
    return _calendar_page(request, form)


def _import(request: HttpRequest, form: CalendarForm) -> bool:
    said = form.cleaned_data
    try:
        days = parse_days(said["file"], said["year"])
        done = import_days(
            said["year"], days, source=said["source"], by=signed_in(request), at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Replayed:
        return True
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    values = {"year": said["year"], "days": done.days, "n": done.recomputed}
    messages.success(request, _("%(year)d 年：已导入 %(days)d 天，重算期限 %(n)d 个。") % values)
    return True


def _calendar_page(request: HttpRequest, form: CalendarForm) -> HttpResponse:
    today = timezone.now().astimezone(SHANGHAI).date()
    years = oversight.published_years()
    context: Words = {
        "form": form,
        "years": oversight.calendar_years(),
        "missing": oversight.missing_years(years, on=today),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/oversight/calendar.html", context, status=422 if form.errors else 200)


@require_safe
def calendar_year(request: HttpRequest, year: int) -> HttpResponse:
    """Days of a year that depart from Monday to Friday."""
    days = day_rows(oversight.departures(year))
    context = {"year": year, "days": days, "is_published": year in oversight.published_years()}
    return render(request, "workflows/oversight/year.html", context)
