"""The cultivation list at the office: the list, a new entry, one entry with its acts and reports, releases, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.cultivation_words import CultivationState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.selectors import cultivation as register
from accreditation.selectors.holders import day_of
from accreditation.selectors.standings import events_of
from accreditation.services import cultivation as service
from accreditation.services.gap_reports import make_report
from accreditation.views.answers import put_reasons
from workflows.exports.cultivation import csv_lines, workbook_of
from workflows.exports.register import csv_of
from workflows.forms.cultivation import (
    CultivationFilter,
    DeclineForm,
    EnterForm,
    LeaveForm,
    ReleaseForm,
    TakeForm,
    today_first,
)
from workflows.presentation.cultivation import columns, facts, line, report_rows, state_tag
from workflows.presentation.oversight import event_rows
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import filters, page_of_rows
from workflows.views.standings_desk import CSV, XLSX, download, form_page, frame

if TYPE_CHECKING:
    from accreditation.models import Cultivation, User

FORMS: dict[str, type[forms.Form]] = {
    "take": TakeForm, "decline": DeclineForm, "end": LeaveForm, "report": forms.Form,
}  # fmt: skip


@require_safe
def office_cultivation(request: HttpRequest) -> HttpResponse:
    """The list by filters."""
    form = CultivationFilter(request.GET)
    shown = page_of_rows(request, register.cultivations(form.chosen()))
    query = request.GET.copy()
    query.pop("page", None)
    context = frame(request, "cultivation") | {
        "page": shown,
        "rows": [line(row) for row in shown.object_list],
        "columns": columns(),
        "filters": filters(request, form),
        "export": f"{reverse('office_cultivation_export')}?{query.urlencode()}",
        "separator": "&" if query else "",
        "released": register.newest_release(),
    }
    return render(request, "workflows/cultivation/list.html", context)


@require_safe
def office_cultivation_export(request: HttpRequest) -> HttpResponse:
    """The filtered list, as CSV or with `file=xlsx` as a workbook."""
    rows = register.cultivations(CultivationFilter(request.GET).chosen())
    if request.GET.get("file") == "xlsx":
        return download(workbook_of(rows.iterator()), "cultivation.xlsx", XLSX)
    return download(csv_of(csv_lines(rows.iterator())), "cultivation.csv", CSV)


@form_page
@page
def office_cultivation_new(request: HttpRequest) -> HttpResponse:
    """Put an enterprise on the list."""
    by = signed_in(request)
    form = EnterForm(request.POST or None, initial=today_first(day_of(timezone.now())))
    if request.method == "POST" and form.is_valid():
        number = _put_on(form, by, request.POST.get(REQUEST_KEY) or None)
        if number:
            messages.success(request, _("已入库。"))
            return redirect("office_cultivation_entry", number)
    context = frame(request, "cultivation") | {"form": form, "request_key": new_request_key()}
    return render(request, "workflows/cultivation/new.html", context, status=status_of(form))


def _put_on(form: EnterForm, by: User, key: str | None) -> str:
    """The number of the entry; empty when the form got its reasons."""
    said = dict(form.cleaned_data)
    said.pop("uscc")
    assert form.enterprise is not None
    try:
        return service.put_on_list(form.enterprise, **said, by=by, at=timezone.now(), request_key=key).number
    except Replayed as before:
        return str(before.answer["number"])
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""


@require_safe
@page
def office_cultivation_entry(request: HttpRequest, number: str) -> HttpResponse:
    """One stay with its source, its history, its reports, and what this person may do."""
    return _entry_page(request, register.cultivation(number))


@require_POST
@page
def office_cultivation_settle(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Take on the list, decline, end, or work out a report."""
    row = register.cultivation(number)
    if verb not in FORMS:
        raise NotFound(verb)
    form = FORMS[verb](request.POST)
    if form.is_valid():
        address = _settled(request, row, verb, form)
        if address:
            return redirect(address)
    return _entry_page(request, row, {verb: form})


def _settled(request: HttpRequest, row: Cultivation, verb: str, form: forms.Form) -> str:
    """Where to go on; empty when the form got the reasons against it."""
    said, by, at = form.cleaned_data, signed_in(request), timezone.now()
    address = reverse("office_cultivation_entry", args=[row.number])
    try:
        if verb == "take":
            service.take_on(row, **said, by=by, at=at)
        elif verb == "decline":
            service.decline(row, reason=said["reason"], by=by, at=at)
        elif verb == "end":
            service.end_cultivation(row, **said, by=by, at=at)
        else:
            report = make_report(row, by=by, at=at)
            address = reverse("office_gap_report", args=[row.number, report.ordinal])
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""
    done = {
        "take": _("已入库。"), "decline": _("已记为不予入库。"), "end": _("已出库。"), "report": _("差距报告已生成。"),
    }  # fmt: skip
    messages.success(request, done[verb])
    return address


def _entry_page(request: HttpRequest, row: Cultivation, given: dict[str, forms.Form] | None = None) -> HttpResponse:
    by, known = signed_in(request), given or {}
    start = today_first(day_of(timezone.now()))
    may_keep = has_power(by, Power.KEEP_STANDINGS)
    is_asked, is_listed = (row.state == state for state in (CultivationState.REQUESTED, CultivationState.LISTED))
    context = frame(request, "cultivation") | {
        "row": row,
        "state": state_tag(row),
        "facts": facts(row),
        "events": event_rows(events_of(row.number, "cultivation")),
        "reports": report_rows(register.reports_of(row), "office_gap_report"),
        "take_form": known.get("take", TakeForm(initial=start)) if may_keep and is_asked else None,
        "decline_form": known.get("decline", DeclineForm()) if may_keep and is_asked else None,
        "end_form": known.get("end", LeaveForm(initial=start)) if may_keep and is_listed else None,
        "may_report": may_keep and is_listed,
        "form": next(iter(known.values()), None),
    }
    return render(request, "workflows/cultivation/entry.html", context, status=422 if known else 200)


@form_page
@page
def office_cultivation_releases(request: HttpRequest) -> HttpResponse:
    """What was released to the public; the publisher releases the list of today."""
    by = signed_in(request)
    form = ReleaseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = request.POST.get(REQUEST_KEY) or None
        try:
            service.release_list(document=form.cleaned_data["document"], by=by, at=timezone.now(), request_key=key)
            messages.success(request, _("培育库名单已公布。"))
            return redirect("office_cultivation_releases")
        except Replayed:
            return redirect("office_cultivation_releases")
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
    context = frame(request, "cultivation") | {
        "form": form,
        "may_release": has_power(by, Power.PUBLISH),
        "count": len(register.listed_on(day_of(timezone.now()))),
        "releases": register.releases(),
        "request_key": new_request_key(),
    }
    return render(request, "workflows/cultivation/releases.html", context, status=status_of(form))
