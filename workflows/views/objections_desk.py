"""Objections: the list, one objection with its objector, the answer."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.enums import ObjectionState
from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.hearings import letter_to_objector
from accreditation.services.notice_ends import end_of_notice
from accreditation.views.answers import file_answer, put_reasons
from accreditation.visibility import case_for, objection_for
from workflows.calendar import current_calendar
from workflows.door import possible_verbs
from workflows.forms.objections import ExtensionForm
from workflows.forms.office import AnswerForm, ObjectionFilter
from workflows.presentation.extensions import extension_rows
from workflows.presentation.objections import hearing_on, objection_line
from workflows.selectors import registers
from workflows.views.answers import new_request_key, page, try_verb
from workflows.views.casework import ENDS, LETTER, status_of
from workflows.views.desk import CONFIRMED, TOO_LATE, Confirm, ask
from workflows.views.listing import filters, page_of_rows

UPHOLD = Confirm(
    gettext_lazy("确认异议成立？"),
    (gettext_lazy("该申报件不予认定，同批其他申报件不受影响。"), ENDS, LETTER),
    gettext_lazy("异议成立，不予认定"),
)
EXTEND, ASK = "extend_notice", "ask_for_statement"
DONE = {
    "uphold_objection": gettext_lazy("已认定异议成立。"),
    "dismiss_objection": gettext_lazy("已认定异议不成立。"),
}


@require_safe
@page
def office_objections(request: HttpRequest) -> HttpResponse:
    """Objections, those still open first, the most urgent on top."""
    form, at, calendar = ObjectionFilter(request.GET), timezone.now(), current_calendar()
    rows = page_of_rows(request, registers.objections(signed_in(request), **form.chosen()))
    context = {
        "page": rows,
        "lines": [objection_line(row, at=at, calendar=calendar) for row in rows],
        "filters": filters(request, form),
    }
    return render(request, "workflows/office/objections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_objection(request: HttpRequest, number: str) -> HttpResponse:
    """One objection, and its answer with reasons."""
    user = signed_in(request)
    row = objection_for(user, number)
    case = case_for(user, row.application.case.number)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = AnswerForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.decision == "uphold_objection" and CONFIRMED not in request.POST:
            return ask(request, UPHOLD, cancel=request.path)
        values = {"objection": row, "reasons": form.cleaned_data["reasons"]}
        outcome, reasons = try_verb(request, case, form.decision, values)
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, str(DONE[form.decision]))
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("office_objections")
        put_reasons(form, Refusal(reasons))
    at = timezone.now()
    possible = {verb.code for verb in possible_verbs(case, by=user, at=at)}
    hearing, may_ask = hearing_on(row, at), ASK in possible and row.state == ObjectionState.RECEIVED
    context = {
        "objection": row,
        "case": case,
        "form": form,
        "extensions": extension_rows(row.application, with_reasons=True),
        "hearing": hearing,
        "is_unheard": may_ask or bool(hearing and hearing["is_awaited"]),
        "letter": letter_to_objector(row),
        "may_extend": EXTEND in possible,
        "may_ask": may_ask,
        "request_key": new_request_key(),
    }
    return render(request, "workflows/office/objection.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_objection_extend(request: HttpRequest, number: str) -> HttpResponse:
    """Name the working days by which the objection extends the notice of its case."""
    user = signed_in(request)
    row = objection_for(user, number)
    case = case_for(user, row.application.case.number)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = ExtensionForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, case, EXTEND, {"objection": row, **form.cleaned_data})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("公示期已延长。"))
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("office_objection", number)
        put_reasons(form, Refusal(reasons))
    ends = end_of_notice(row.application)
    context = {"objection": row, "case": case, "form": form, "ends": ends, "request_key": new_request_key()}
    return render(request, "workflows/office/objection_extend.html", context, status=status_of(form))


@require_safe
@page
def office_objection_file(request: HttpRequest, number: str) -> HttpResponse:
    """What the objector handed in."""
    row = objection_for(signed_in(request), number)
    if row.file is None:
        raise NotFound(number)
    return file_answer(row.file, row.file_name)
