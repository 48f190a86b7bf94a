"""回避申请: the party's page with the form, the superior's page with the answer, the file for both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import AlreadyDone, Denied, NotFound, Refusal
from accreditation.permissions import signed_in
from accreditation.services.files import take_file
from accreditation.views.answers import file_answer, put_reasons, say_refusal
from accreditation.visibility import View, case_for, view_of
from workflows import recusal_requests as acts
from workflows.forms.recusal_requests import GRANT, IDENTIFY, RecusalAnswerForm, RecusalRequestForm
from workflows.presentation.recusal_requests import answer_words, request_words
from workflows.presentation.timeline import named_to_party
from workflows.recusal_answerers import people_meant
from workflows.selectors import recusal_requests as selectors
from workflows.superiors import hierarchy
from workflows.views.answers import key_of, new_request_key, page
from workflows.views.casework import status_of

if TYPE_CHECKING:
    from accreditation.models import Case, RecusalRequest, User

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- the party ------------------------------------------------------------------------------------------------------
def _own_case(request: HttpRequest, number: str) -> Case:
    user = signed_in(request)
    case = case_for(user, number)
    if view_of(user, case) is not View.APPLICANT:
        raise NotFound(number)
    return case


def _officers(case: Case) -> list[User]:
    """Whose names the case shows to its party and who are still in office."""
    people = hierarchy().people
    return [people[pk] for pk in sorted(named_to_party(case) & people.keys())]


@form_page
@page
def my_recusals(request: HttpRequest, number: str) -> HttpResponse:
    """What was asked for and answered, and the form for another request."""
    case = _own_case(request, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = RecusalRequestForm(*sent, people=_officers(case))
    if request.method == "POST" and form.is_valid() and _asked(request, case, form):
        messages.success(request, _("已提交回避申请，答复前本件由其他人员继续办理。"))
        return redirect("my_recusals", number)
    is_application = hasattr(case, "application")
    context = {
        "case": case, "form": form, "rows": [request_words(row) for row in selectors.requests_of_party(case)],
        "may_ask": acts.may_ask(case), "days": acts.DAYS, "request_key": new_request_key(),
        "home": reverse("my_case" if is_application else "my_matter", args=[number]),
        "letter_page": "my_letter" if is_application else "my_matter_letter",
    }  # fmt: skip
    return render(request, "workflows/recusals/own.html", context, status=status_of(form))


def _asked(request: HttpRequest, case: Case, form: RecusalRequestForm) -> bool:
    said, at = form.cleaned_data, timezone.now()
    kept: dict[str, Any] = {}
    if sent := said["file"]:
        file = take_file(sent.read(), sent.name or "", media_type=form.media_type, at=at)
        kept = {"file": file, "file_name": sent.name or ""}
    try:
        acts.ask(
            case, person=said["person"], named=said["named"], ground=said["ground"], reason=said["reason"],
            by=signed_in(request), at=at, request_key=key_of(request), **kept,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    return True


@require_safe
@page
def my_recusal_file(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """What the party handed in with a request, as it was sent."""
    return _file_of(selectors.request_of_party(_own_case(request, number), pk))


def _file_of(row: RecusalRequest) -> HttpResponse:
    if row.file is None:
        raise NotFound(str(row.pk))
    return file_answer(row.file, row.file_name)


# --- who answers ----------------------------------------------------------------------------------------------------
@form_page
@page
def recusal_request(request: HttpRequest, pk: int) -> HttpResponse:
    """Whom the party means and why; the answer of a superior; the auditor reads."""
    by, line = signed_in(request), hierarchy()
    row = selectors.request_for(by, pk)
    is_found = row.identified_by is not None
    people = people_meant(row.case, by, line) if row.person is None or is_found else []
    sent = request.POST if request.method == "POST" else None
    form = RecusalAnswerForm(sent, people=people, known=row.person, is_found=is_found)
    if request.method == "POST" and form.is_valid() and _answered(request, row, form):
        return redirect("recusal_request", pk)
    may_answer = not row.answer and selectors.may_answer(row, by)
    context = {"row": answer_words(row), "form": form, "may_answer": may_answer, "request_key": new_request_key()}
    return render(request, "workflows/recusals/request.html", context, status=status_of(form))


def _answered(request: HttpRequest, row: RecusalRequest, form: RecusalAnswerForm) -> bool:
    said, by, at = form.cleaned_data, signed_in(request), timezone.now()
    kept = {"seen": said["seen"], "is_not_oneself": bool(said.get("is_not_oneself"))}
    person = said.get("person")
    try:
        if said["answer"] == IDENTIFY:
            assert person is not None  # the form asks for it
            acts.identify(row, person, by=by, at=at, **kept)
            messages.success(request, _("已确认所指人员，答复前该人员不能办理本件。"))
            return True
        acts.answer(
            row, is_granted=said["answer"] == GRANT, reason=said["reason"], person=person, by=by, at=at,
            request_key=key_of(request), **kept,
        )  # fmt: skip
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
        return True
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    messages.success(request, _("已答复，答复书已送达当事人。"))
    return True


@require_safe
@page
def recusal_request_file(request: HttpRequest, pk: int) -> HttpResponse:
    """What the party handed in, for who answers and the auditor."""
    return _file_of(selectors.request_for(signed_in(request), pk))
