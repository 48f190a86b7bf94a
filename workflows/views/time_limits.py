"""How time limits and goals were kept: of all offices at the city's desk, of the own ones at a district's."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.permissions import districts_of, has_power, signed_in
from accreditation.roles import Power
from workflows.exports.register import csv_of
from workflows.exports.time_limits import time_limit_lines
from workflows.forms.standings import PeriodForm
from workflows.forms.time_limits import TimeLimitForm
from workflows.presentation.time_limits import choices_of, report_words
from workflows.presentation.words import Words
from workflows.selectors.time_limits import Kept, time_limits
from workflows.views.answers import page
from workflows.views.plan import today
from workflows.views.standings_desk import CSV, download


@dataclass(frozen=True, slots=True)
class _Report:
    """The days, what was found in them, the form as it was filled in."""

    since: date
    until: date
    kept: Kept
    form: TimeLimitForm

    @property
    def parts(self) -> list[Words]:
        """Limits and goals as asked for; of everything where nonsense was asked."""
        return report_words(self.kept, self.form.cleaned_data if self.form.is_bound and self.form.is_valid() else {})


def _report(request: HttpRequest, places: Collection[str] | None) -> _Report:
    """This year up to today where no days or nonsense were asked for."""
    until = today()
    since = date(until.year, 1, 1)
    asked = {"since": since.isoformat(), "until": until.isoformat()} | request.GET.dict()
    days = PeriodForm(asked)
    if days.is_valid():
        since, until = days.cleaned_data["since"], days.cleaned_data["until"]
    kept = time_limits(since, until, at=timezone.now(), places=places)
    return _Report(since, until, kept, TimeLimitForm(asked, choices=choices_of(kept)))


def _page(request: HttpRequest, places: Collection[str] | None, file: str, template: str, **more: Any) -> HttpResponse:
    report = _report(request, places)
    query = urlencode({"since": report.since, "until": report.until} | _said(report))
    parts = [part | {"file": f"{reverse(file, args=[part['code']])}?{query}"} for part in report.parts]
    context = {
        "form": report.form, "since": report.since, "until": report.until, "parts": parts, **more,
    }  # fmt: skip
    return render(request, template, context, status=422 if report.form.errors else 200)


def _said(report: _Report) -> dict[str, str]:
    said = report.form.cleaned_data if report.form.is_valid() else {}
    return {name: said[name] for name in ("office", "procedure") if said.get(name)}


def _file(request: HttpRequest, part: str, places: Collection[str] | None) -> HttpResponse:
    report = _report(request, places)
    found = next(one for one in report.parts if one["code"] == part)
    return download(csv_of(time_limit_lines(found)), f"{part}-{report.since}-{report.until}.csv", CSV)


@require_safe
@page
def office_time_limits(request: HttpRequest) -> HttpResponse:
    """All offices but those of other authorities; counts alone, no case."""
    return _page(request, None, "office_time_limits_file", "workflows/office/time_limits.html")


@require_safe
@page
def office_time_limits_file(request: HttpRequest, part: str) -> HttpResponse:
    """Limits or goals as CSV."""
    return _file(request, part, None)


@require_safe
@page
def district_time_limits(request: HttpRequest) -> HttpResponse:
    """The own district, zone or group, with the towns that pass on to it."""
    more = {
        "with_task": has_power(request.user, Power.RUN_LOCALLY),
        "confirms_members": has_power(request.user, Power.CONFIRM_MEMBERS),
    }
    template = "workflows/district/time_limits.html"
    return _page(request, _own(request), "district_time_limits_file", template, **more)


@require_safe
@page
def district_time_limits_file(request: HttpRequest, part: str) -> HttpResponse:
    """Limits or goals as CSV."""
    return _file(request, part, _own(request))


def _own(request: HttpRequest) -> frozenset[str]:
    return districts_of(signed_in(request), Power.REVIEW_FIRST)
