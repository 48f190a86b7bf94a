"""Hearings on objections: the office asks, the applicant answers; the applicant's wish to leave the notice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.files import take_file
from accreditation.services.hearings import hearing_of, statements_of
from accreditation.views.answers import file_answer, put_reasons
from accreditation.visibility import case_for, objection_for
from workflows.deadlines import DEFENCE_DAYS
from workflows.forms.hearings import FactsForm, StatementForm, WaiverForm
from workflows.presentation.objections import hearing_on, hearing_words, own_waiver
from workflows.selectors.hearings import own_hearing
from workflows.views.answers import new_request_key, page, try_verb
from workflows.views.applicant_frame import frame, open_case
from workflows.views.casework import status_of
from workflows.views.desk import TOO_LATE

if TYPE_CHECKING:
    from datetime import datetime

    from accreditation.models import ObjectionHearing
    from accreditation.models.hearings import ApplicantStatement

ASK, STATE, WAIVE = "ask_for_statement", "state_on_objection", "waive_notice"
form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@page
def office_objection_hearing(request: HttpRequest, number: str) -> HttpResponse:
    """Tell the applicant the facts in an officer's words and ask for its statement."""
    user = signed_in(request)
    row = objection_for(user, number)
    case = case_for(user, row.application.case.number)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = FactsForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, case, ASK, {"objection": row, **form.cleaned_data})
        if outcome is not None:
            clear_drafts(request, request.path)
            messages.success(request, _("已请申报单位陈述。"))
        if outcome is not None or any(reason.code == TOO_LATE for reason in reasons):
            return redirect("office_objection", number)
        put_reasons(form, Refusal(reasons))
    context = {
        "objection": row, "case": case, "form": form, "hearing": hearing_on(row, timezone.now()),
        "days": DEFENCE_DAYS, "request_key": new_request_key(),
    }  # fmt: skip
    return render(request, "workflows/hearings/ask.html", context, status=status_of(form))


@require_safe
@page
def office_statement_file(request: HttpRequest, number: str) -> HttpResponse:
    """What the applicant handed in with its statement."""
    hearing = hearing_of(objection_for(signed_in(request), number))
    if hearing is None:
        raise NotFound(number)
    return _file_of(request, hearing)


def _file_of(request: HttpRequest, hearing: ObjectionHearing) -> HttpResponse:
    """What came with the statement that `?statement=` names by its place, the first one without it."""
    return file_of_statement(statements_of(hearing), request.GET.get("statement", "1"))


def file_of_statement(said: Sequence[ApplicantStatement], place: str) -> HttpResponse:
    """What came with the statement at this place, counted from 1; NotFound where there is none."""
    one = said[int(place) - 1] if place.isdecimal() and 0 < int(place) <= len(said) else None
    if one is None or one.file is None:
        raise NotFound(place)
    return file_answer(one.file, one.file_name)


@form_page
@page
def my_statement(request: HttpRequest, number: str, objection: str) -> HttpResponse:
    """What the office asks about, until when to answer, and the statement."""
    opened, at = open_case(request, number), timezone.now()
    hearing = own_hearing(opened.application, objection)
    form = StatementForm(request.POST, request.FILES) if request.method == "POST" else StatementForm()
    if request.method == "POST" and form.is_valid():
        values = {"objection": hearing.objection, **said_in(form, at)}
        outcome, reasons = try_verb(request, opened.case, STATE, values)
        if outcome is not None:
            messages.success(request, _("已提交陈述。"))
            return redirect("my_statement", number, objection)
        put_reasons(form, Refusal(reasons))
    own_file = reverse("my_statement_file", args=[number, objection])
    context = frame(
        opened, "my_statement", _("异议陈述"), form=form, hearing=hearing_words(hearing, at), own_file=own_file
    )  # fmt: skip
    return render(request, "workflows/hearings/own.html", context, status=status_of(form))


def said_in(form: StatementForm, at: datetime) -> dict[str, Any]:
    """What a valid form states, with the kept file where one came, as the verbs of statements take it."""
    values: dict[str, Any] = {name: form.cleaned_data[name] for name in ("text", "gives_up_rest")}
    if sent := form.cleaned_data["file"]:
        kept = take_file(sent.read(), sent.name or "", media_type=form.media_type, at=at)
        values |= {"file": kept, "file_name": (sent.name or "")[:200]}
    return values


@require_safe
@page
def my_statement_file(request: HttpRequest, number: str, objection: str) -> HttpResponse:
    """What the applicant itself handed in with its statement, as it was sent."""
    hearing = own_hearing(open_case(request, number).application, objection)
    return _file_of(request, hearing)


@form_page
@page
def my_waiver(request: HttpRequest, number: str) -> HttpResponse:
    """The applicant declares that its entry be taken off the notice; the publisher carries it out."""
    opened = open_case(request, number)
    waiver = own_waiver(opened.application)
    if waiver is None and WAIVE not in opened.verbs:
        raise NotFound(number)
    form = WaiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        outcome, reasons = try_verb(request, opened.case, WAIVE, {"reason": form.cleaned_data["reason"]})
        if outcome is not None:
            messages.success(request, _("已申请撤下公示名单。"))
            return redirect("my_waiver", number)
        put_reasons(form, Refusal(reasons))
    context = frame(opened, "my_waiver", _("申请撤下公示名单"), form=form, waiver=waiver)
    return render(request, "workflows/hearings/waiver.html", context, status=status_of(form))
