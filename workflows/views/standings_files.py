"""Files of standings: sent, answered fault by fault, confirmed or dropped as a whole by a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.selectors import standings as register
from accreditation.services.standing_imports import propose_import
from accreditation.services.standings import check_keeper, may_confirm
from workflows.forms.standings import DropForm, FileForm
from workflows.presentation.oversight import event_rows
from workflows.presentation.standings import columns, fault_rows, line, state_tag
from workflows.views.answers import REQUEST_KEY, new_request_key, page
from workflows.views.listing import page_of_rows
from workflows.views.standings_desk import form_page, frame, settled

if TYPE_CHECKING:
    from accreditation.models import StandingImport

SHOWN_FAULTS = 200


@form_page
@page
def office_standing_files(request: HttpRequest) -> HttpResponse:
    """Files that were sent; send one more."""
    form, faults = FileForm(), list[Reason]()
    if request.method == "POST":
        check_keeper(signed_in(request))
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            number, faults = _send(request, form)
            if not faults:
                return redirect("office_standing_file", number) if number else redirect("office_standing_files")
    shown = page_of_rows(request, register.imports())
    context = frame(request, "files") | {
        "form": form,
        "faults": fault_rows(faults[:SHOWN_FAULTS]),
        "fault_count": len(faults),
        "hidden_faults": max(len(faults) - SHOWN_FAULTS, 0),
        "has_faults": bool(faults),
        "page": shown,
        "files": [{"row": row, "state": state_tag(row.state)} for row in shown.object_list],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/standings/files.html", context, status=422 if form.errors or faults else 200)


def _send(request: HttpRequest, form: FileForm) -> tuple[str, list[Reason]]:
    """Number of the file that was taken, empty when nothing in it is new; or its faults."""
    upload = form.cleaned_data["file"]
    try:
        found = propose_import(
            upload.read(), upload.name, by=signed_in(request), at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Replayed as before:
        return str(before.answer["number"]), []
    except Denied:
        raise
    except Refusal as refusal:
        return "", refusal.reasons
    if found is None:
        messages.info(request, _("文件中的各项都已在登记簿中，没有新增。"))
        return "", []
    values = {"n": found.rows, "m": found.known}
    messages.success(request, _("新增 %(n)d 项待复核，另有 %(m)d 项已在登记簿中。") % values)
    return found.number, []


@require_safe
@page
def office_standing_file(request: HttpRequest, number: str) -> HttpResponse:
    """One file with its standings."""
    return _file_page(request, register.standing_import(number))


@require_POST
@page
def office_standing_file_settle(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm or drop a file as a whole."""
    row = register.standing_import(number)
    if verb not in ("confirm", "drop"):
        raise NotFound(verb)
    form: forms.Form = DropForm(request.POST) if verb == "drop" else forms.Form(request.POST)
    if form.is_valid() and settled(request, row, verb, form):
        return redirect("office_standing_file", number)
    return _file_page(request, row, form)


def _file_page(request: HttpRequest, row: StandingImport, form: forms.Form | None = None) -> HttpResponse:
    by = signed_in(request)
    is_open = row.state == "proposed"
    rows = row.standings.select_related("entered_by", "settled_by", "intake").order_by("number")
    shown = page_of_rows(request, rows)
    may_drop = is_open and (has_power(by, Power.KEEP_STANDINGS) or may_confirm(row, by))
    context = frame(request, "files") | {
        "row": row,
        "state": state_tag(row.state),
        "page": shown,
        "rows": [line(one) for one in shown.object_list],
        "columns": columns(),
        "events": event_rows(register.events_of(row.number, "standing_import")),
        "may_confirm": is_open and may_confirm(row, by),
        "drop_form": (form if isinstance(form, DropForm) else DropForm()) if may_drop else None,
        "form": form,
    }
    return render(request, "workflows/standings/file.html", context, status=422 if form is not None else 200)
