"""Yearly reports at the office: calls of all years, a new call, the holders of one call with who is overdue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons
from accreditation.yearly_report_words import DueMove
from workflows.forms.yearly_reports import CallForm
from workflows.opening_yearly_reports import open_call
from workflows.own_matters import known
from workflows.presentation.yearly_reports import EFFECT, columns, line
from workflows.selectors import yearly_reports as rows
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.standings_desk import form_page


@form_page
@page
def office_yearly_reports(request: HttpRequest) -> HttpResponse:
    """Every call; open the one of a year."""
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get(REQUEST_KEY) or None
        try:
            call = open_call(**form.cleaned_data, by=signed_in(request), at=timezone.now(), request_key=key)
            messages.success(request, _("已部署，并已通知各持有单位。"))
            return redirect("office_yearly_call", call.year)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
    context = {"form": form, "calls": rows.calls(), "request_key": new_request_key()}
    return render(request, "workflows/yearly/calls.html", context, status=status_of(form))


@require_safe
@page
def office_yearly_call(request: HttpRequest, year: int) -> HttpResponse:
    """The holders of one call, those still owing first; `overdue=1` shows these alone."""
    call = rows.call(year)
    only_overdue = request.GET.get("overdue") == "1"
    found = known(signed_in(request), rows.reports_of(call, only_overdue=only_overdue))
    context = {
        "call": call,
        "moves": DueMove(call.moves).label,
        "only_overdue": only_overdue,
        "rows": [line(row) for row in found.rows],
        "hidden": found.hidden,
        "columns": columns(),
        "effect": EFFECT,
    }
    return render(request, "workflows/yearly/call.html", context)
