"""The desk of a district, zone or group that recognises by itself: its batches, its experts' marks, the pool."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accreditation.errors import NotFound
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from workflows.forms.expert_pool import ExpertSearch
from workflows.presentation.calibration import report_page
from workflows.presentation.cases import batch_name
from workflows.presentation.evaluations import awaiting_words
from workflows.presentation.expert_pool import expert_row
from workflows.selectors import calibration, expert_pool
from workflows.selectors.evaluations import awaiting_of_bodies
from workflows.selectors.own_batches import own_batch, own_batches
from workflows.views.answers import page
from workflows.views.calibration import report_file
from workflows.views.listing import filters, page_of_rows
from workflows.workdays import SHANGHAI


def _menu(request: HttpRequest) -> dict[str, Any]:
    return {"with_task": True, "confirms_members": has_power(request.user, Power.CONFIRM_MEMBERS)}


@require_safe
@page
def district_batches(request: HttpRequest) -> HttpResponse:
    """Batches of the own body with the way to the calibration of each, and the titles that wait for an evaluation."""
    shown = page_of_rows(request, own_batches(signed_in(request)))
    shown.object_list = [{"batch": row, "name": batch_name(row)} for row in shown.object_list]
    awaiting = awaiting_words(awaiting_of_bodies(signed_in(request), timezone.localdate()))
    return render(request, "workflows/district/batches.html", {"page": shown, "awaiting": awaiting} | _menu(request))


def _report(request: HttpRequest, code: str) -> calibration.Report:
    """NotFound for a batch of others, and for one without experts."""
    user = signed_in(request)
    batch = own_batch(user, code)
    if not batch.panel_size:
        raise NotFound(code)
    return calibration.batch_report(user, batch)


@require_safe
@page
def district_calibration(request: HttpRequest, code: str) -> HttpResponse:
    """Every opened panel of an own batch."""
    report = _report(request, code)
    context = report_page(report) | {"name": batch_name(report.batch)}
    return render(request, "workflows/district/calibration.html", context | _menu(request))


@require_safe
@page
def district_calibration_file(request: HttpRequest, code: str) -> HttpResponse:
    """The same as CSV."""
    return report_file(_report(request, code))


@require_safe
@page
def district_experts(request: HttpRequest) -> HttpResponse:
    """The pool from which the own panels are drawn; the municipal office keeps it."""
    form, on = ExpertSearch(request.GET), timezone.now().astimezone(SHANGHAI).date()
    shown = page_of_rows(request, expert_pool.experts(on=on, **form.chosen()))
    context = {"page": shown, "rows": [expert_row(row, on) for row in shown], "filters": filters(request, form)}
    return render(request, "workflows/district/experts.html", context | _menu(request))
