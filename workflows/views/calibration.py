"""Calibration of experts: over a batch for the office, over an agenda for those at the meeting; opened marks only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accreditation.permissions import signed_in
from accreditation.visibility import meeting_for
from workflows.exports.calibration import report_lines
from workflows.exports.register import csv_of
from workflows.presentation.calibration import report_page
from workflows.selectors import batch_desk, calibration
from workflows.views.answers import page

if TYPE_CHECKING:
    from workflows.selectors.calibration import Report


@require_safe
@page
def office_calibration(request: HttpRequest, code: str) -> HttpResponse:
    """Every opened panel of a batch."""
    report = calibration.batch_report(signed_in(request), batch_desk.batch(code))
    return render(request, "workflows/office/calibration.html", report_page(report))


@require_safe
@page
def office_calibration_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as CSV, one line for each review."""
    return report_file(calibration.batch_report(signed_in(request), batch_desk.batch(code)))


@require_safe
@page
def meeting_calibration(request: HttpRequest, number: str) -> HttpResponse:
    """Opened panels of the cases on the agenda."""
    user = signed_in(request)
    found = meeting_for(user, number)
    context = report_page(calibration.meeting_report(user, found)) | {"meeting": found}
    return render(request, "workflows/committee/calibration.html", context)


@require_safe
@page
def meeting_calibration_file(request: HttpRequest, number: str) -> HttpResponse:
    """The same as CSV."""
    user = signed_in(request)
    return report_file(calibration.meeting_report(user, meeting_for(user, number)))


def report_file(report: Report) -> HttpResponse:
    """A report as CSV."""
    answer = HttpResponse(csv_of(report_lines(report)), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="calibration-{report.batch.code}.csv"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
