"""The register of standings at the office: the list, one entry, a new one, its confirmation and end, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.selectors import standings as register
from accreditation.services import standings as service
from accreditation.views.answers import put_reasons
from workflows.exports.register import csv_of
from workflows.exports.standings import csv_lines, template_workbook, workbook_of
from workflows.forms.standings import DropForm, EndForm, StandingFilter, StandingForm
from workflows.presentation.oversight import event_rows
from workflows.presentation.standings import columns, facts, line, state_tag
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.listing import filters, page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Standing, User

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
form_page = require_http_methods(["GET", "HEAD", "POST"])


def frame(request: HttpRequest, current: str) -> dict[str, Any]:
    """What the pages of the register share: who may enter, and the links between them."""
    links = [
        ("office_standings", "standings", _("登记簿")),
        ("office_standing_files", "files", _("导入文件")),
        ("office_cultivation", "cultivation", _("示范企业培育库")),
        ("office_ladder", "ladder", _("阶梯名单")),
        ("office_conference", "conference", _("联席会议报告")),
    ]
    return {
        "may_keep": has_power(request.user, Power.KEEP_STANDINGS),
        "current": current,
        "links": [{"label": words, "href": reverse(name), "current": key == current} for name, key, words in links],
    }


def download(content: bytes, name: str, media_type: str) -> HttpResponse:
    """A file that was made for this request: never sniffed, never kept by others."""
    answer = HttpResponse(content, content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def office_standings(request: HttpRequest) -> HttpResponse:
    """The register by filters."""
    form = StandingFilter(request.GET, years=register.years())
    shown = page_of_rows(request, register.standings(form.chosen()))
    query = request.GET.copy()
    query.pop("page", None)
    export = f"{reverse('office_standings_export')}?{query.urlencode()}"
    context = frame(request, "standings") | {
        "page": shown,
        "rows": [line(row) for row in shown.object_list],
        "columns": columns(),
        "filters": filters(request, form),
        "export": export,
        "separator": "&" if query else "",
    }
    return render(request, "workflows/standings/list.html", context)


@require_safe
def office_standings_export(request: HttpRequest) -> HttpResponse:
    """The filtered register, as CSV or with `file=xlsx` as a workbook."""
    rows = register.standings(StandingFilter(request.GET, years=register.years()).chosen())
    if request.GET.get("file") == "xlsx":
        return download(workbook_of(rows.iterator()), "standings.xlsx", XLSX)
    return download(csv_of(csv_lines(rows.iterator())), "standings.csv", CSV)


@require_safe
def office_standings_template(request: HttpRequest) -> HttpResponse:
    """An empty file for an import."""
    return download(template_workbook(), "standings-template.xlsx", XLSX)


@form_page
@page
def office_standing_new(request: HttpRequest) -> HttpResponse:
    """Enter one standing."""
    form = StandingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = _propose(form, signed_in(request), request.POST.get(REQUEST_KEY) or None)
        if number:
            messages.success(request, _("已录入，待另一位人员复核。"))
            return redirect("office_standing", number)
    context = frame(request, "standings") | {"form": form, "request_key": new_request_key()}
    return render(request, "workflows/standings/new.html", context, status=status_of(form))


def _propose(form: StandingForm, by: User, key: str | None) -> str:
    """The number of the entry; empty when the form got its reasons."""
    try:
        return service.propose_standing(form.texts(), by=by, at=timezone.now(), request_key=key).number
    except Replayed as before:
        return str(before.answer["number"])
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return ""


@require_safe
@page
def office_standing(request: HttpRequest, number: str) -> HttpResponse:
    """One entry with its source, its history, and what this person may do."""
    return _standing_page(request, register.standing(number))


@require_POST
@page
def office_standing_settle(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm, drop or end an entry."""
    row = register.standing(number)
    if verb not in ("confirm", "drop", "end"):
        raise NotFound(verb)
    form = {"drop": DropForm, "end": EndForm}.get(verb, forms.Form)(request.POST)
    if form.is_valid() and settled(request, row, verb, form):
        return redirect("office_standing", number)
    return _standing_page(request, row, {verb: form})


def settled(request: HttpRequest, row: service.Entry, verb: str, form: forms.Form) -> bool:
    """Carry out what the form says on an entry or a file; False when the form got the reasons against it."""
    said, by, at = form.cleaned_data, signed_in(request), timezone.now()
    try:
        if verb == "confirm":
            service.confirm_entry(row, by=by, at=at)
        elif verb == "drop":
            service.drop_entry(row, reason=said["reason"], by=by, at=at)
        else:
            service.end_standing(row, **said, by=by, at=at)  # type: ignore[arg-type]  # only entries are ended
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    done = {"confirm": _("已复核。"), "drop": _("已记为不予登记。"), "end": _("已终止。")}
    messages.success(request, done[verb])
    return True


def _standing_page(request: HttpRequest, row: Standing, given: dict[str, forms.Form] | None = None) -> HttpResponse:
    by, known = signed_in(request), given or {}
    is_single = row.intake_id is None
    may_keep = has_power(by, Power.KEEP_STANDINGS)
    is_open = row.state == "proposed" and is_single
    context = frame(request, "standings") | {
        "row": row,
        "state": state_tag(row.state),
        "facts": facts(row),
        "events": event_rows(register.events_of(row.number, "standing")),
        "may_confirm": is_open and service.may_confirm(row, by),
        "drop_form": known.get("drop", DropForm()) if is_open and (may_keep or service.may_confirm(row, by)) else None,
        "end_form": known.get("end", EndForm()) if row.state == "confirmed" and may_keep else None,
        "form": next(iter(known.values()), None),
    }
    return render(request, "workflows/standings/entry.html", context, status=422 if known else 200)
