"""The report for the joint conference: a page to be printed, and the same as a workbook, for days that are chosen."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accreditation.selectors.conference import conference
from workflows.exports.conference import conference_workbook
from workflows.forms.standings import PeriodForm
from workflows.presentation.conference import conference_words, heads
from workflows.views.plan import today
from workflows.views.standings_desk import XLSX, download, frame


def _period(request: HttpRequest) -> tuple[PeriodForm, date, date]:
    """The days asked for; this year up to today where none or nonsense was asked."""
    until = today()
    since = date(until.year, 1, 1)
    asked = request.GET if "since" in request.GET or "until" in request.GET else None
    form = PeriodForm(asked, initial={"since": since, "until": until})
    if asked is not None and form.is_valid():
        return form, form.cleaned_data["since"], form.cleaned_data["until"]
    return form, since, until


@require_safe
def office_conference(request: HttpRequest) -> HttpResponse:
    """Counts at the end of the period by district, programme, field, batch and state, and what changed."""
    form, since, until = _period(request)
    context = frame(request, "conference") | {
        "form": form,
        "report": conference_words(conference(since, until)),
        "heads": heads(),
        "file": f"{reverse('office_conference_file')}?since={since}&until={until}",
    }
    return render(request, "workflows/standings/conference.html", context, status=422 if form.errors else 200)


@require_safe
def office_conference_file(request: HttpRequest) -> HttpResponse:
    """The same as .xlsx."""
    _form, since, until = _period(request)
    content = conference_workbook(conference_words(conference(since, until)))
    return download(content, f"conference-{since}-{until}.xlsx", XLSX)
