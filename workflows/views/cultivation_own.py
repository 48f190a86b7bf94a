"""The cultivation list for an enterprise: ask to be on it, follow the own entry, state figures, have a report made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.cultivation_words import CultivationState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.selectors import cultivation as register
from accreditation.services import cultivation as service
from accreditation.services import gap_reports
from accreditation.services.rule_sets import rules_of_edition
from accreditation.views.answers import put_reasons, say_refusal
from accreditation.visibility import enterprises_of
from workflows.forms.cultivation import AskForm, OwnFiguresForm
from workflows.presentation.cultivation import facts, own_card, report_rows, state_tag
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.standings_desk import form_page

if TYPE_CHECKING:
    from accreditation.models import Cultivation, User


@form_page
@page
def my_cultivation(request: HttpRequest) -> HttpResponse:
    """Own entries, and the form by which an enterprise asks to be on the list."""
    by = signed_in(request)
    rows = register.own_cultivations(by)
    busy = {row.enterprise_id for row in rows if row.state in (CultivationState.REQUESTED, CultivationState.LISTED)}
    free = [row for row in enterprises_of(by) if request.method == "POST" or row.pk not in busy]
    form = AskForm(request.POST or None, enterprises=free)
    if request.method == "POST" and form.is_valid():
        number = _asked(form, by, request.POST.get(REQUEST_KEY) or None)
        if number:
            messages.success(request, _("申请已提交，市认定办公室审核后通知您。"))
            return redirect("my_cultivation_entry", number)
    context = {
        "cards": [own_card(row) for row in rows],
        "form": form,
        "may_ask": bool(free),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/cultivation/own.html", context, status=status_of(form))


def _asked(form: AskForm, by: User, key: str | None) -> str:
    """The number of the entry; empty when the form got its reasons."""
    said = form.cleaned_data
    enterprise = next(row for row in enterprises_of(by) if str(row.pk) == said["enterprise"])
    try:
        row = service.ask_for_cultivation(
            enterprise, statement=said["statement"], industry=said["industry"], by=by, at=timezone.now(),
            request_key=key,
        )  # fmt: skip
    except Replayed as before:
        return str(before.answer["number"])
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""
    return row.number


@require_safe
@page
def my_cultivation_entry(request: HttpRequest, number: str) -> HttpResponse:
    """One own entry with its reports."""
    row = register.own_cultivation(signed_in(request), number)
    context = {
        "row": row,
        "state": state_tag(row),
        "facts": facts(row),
        "reports": report_rows(register.reports_of(row), "my_gap_report"),
        "may_report": row.state == CultivationState.LISTED,
    }
    return render(request, "workflows/cultivation/own_entry.html", context)


@require_POST
@page
def my_cultivation_report(request: HttpRequest, number: str) -> HttpResponse:
    """Work out a report on the figures of today."""
    row = register.own_cultivation(signed_in(request), number)
    try:
        report = gap_reports.make_report(row, by=signed_in(request), at=timezone.now())
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
        return redirect("my_cultivation_entry", number)
    messages.success(request, _("差距报告已生成。"))
    return redirect("my_gap_report", number, report.ordinal)


@form_page
@page
def my_cultivation_figures(request: HttpRequest, number: str) -> HttpResponse:
    """State figures that no filing answers; they serve the reports only and prove nothing."""
    by = signed_in(request)
    row = register.own_cultivation(by, number)
    form = _figures_form(request, row)
    if request.method == "POST" and form.is_valid():
        try:
            gap_reports.state_figures(row, form.figures(), by=by, at=timezone.now())
            messages.success(request, _("已保存，可以生成新的差距报告。"))
            return redirect("my_cultivation_entry", number)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
    return render(request, "workflows/cultivation/figures.html", {"row": row, "form": form}, status=status_of(form))


def _figures_form(request: HttpRequest, row: Cultivation) -> OwnFiguresForm:
    """Fields that nobody else answers, with what was stated before; NotFound off the list or without rules."""
    edition = register.rules_for_readiness()
    if row.state != CultivationState.LISTED or edition is None:
        raise NotFound(row.number)
    known, _found = gap_reports.work_out(row.enterprise, edition, timezone.now())
    asked = gap_reports.fields_to_state(known, rules_of_edition(edition))
    values = {(spec.code, year): known.facts.value(spec.code, year) for spec, year in asked}
    return OwnFiguresForm(request.POST or None, asked=asked, known=values)
