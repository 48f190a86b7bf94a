"""Certificates made out again: asked for by the holder, proposed and answered at the authority."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import has_power, persons_behind, signed_in
from accreditation.reissue_words import ReissueState
from accreditation.roles import Power
from accreditation.services.drafts import clear_drafts
from accreditation.views.answers import put_reasons, say_refusal
from workflows.forms.reissues import ReissueAnswerForm, ReissueFilter, ReissueForm
from workflows.presentation import reissues as words
from workflows.presentation.proceedings import title_words
from workflows.reissue_who import answered_before
from workflows.reissuing import (
    allow_reissue,
    ask_for_reissue,
    faults_of_title,
    propose_reissue,
    refuse_reissue,
    withdraw_reissue,
)
from workflows.selectors import reissues as rows
from workflows.selectors.matters import own_title
from workflows.views.answers import key_of, new_request_key, page, typed
from workflows.views.casework import status_of
from workflows.views.listing import filters, page_of_rows
from workflows.views.reading import note_reading, read_by_people

if TYPE_CHECKING:
    from accreditation.models import Reissue, Title, User

form_page = require_http_methods(["GET", "HEAD", "POST"])


# --- the holder ---------------------------------------------------------------------------------------------------
@form_page
@page
def my_reissue(request: HttpRequest, number: str) -> HttpResponse:
    """Why the holder asks for its certificate again; below it what was asked before."""
    user = signed_in(request)
    title = own_title(user, number)
    form = ReissueForm(request.POST or None, initial=typed(request))
    asked = _asked(request, form, title, user, ask_for_reissue)
    if asked is not None:
        messages.success(request, _("%(no)s：申请已提交，由认定机关审核。") % {"no": asked.number})
        return redirect("my_reissue", number)
    crumbs = [{"label": _("我的申报"), "href": reverse("my_cases")}, {"label": _("证书补发换发")}]
    context = {"earlier": [words.reissue_words(row) for row in rows.reissues_of(title)]}
    return _form_page(request, "own", form, title, context | {"crumbs": crumbs})


@require_POST
@page
def my_reissue_withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """The holder takes back what it asked for, while it waits."""
    user = signed_in(request)
    try:
        row = withdraw_reissue(own_title(user, number), request.POST.get("reissue", ""), by=user, at=timezone.now())
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
    else:
        messages.success(request, _("%(no)s：申请已撤回。") % {"no": row.number})
    return redirect("my_reissue", number)


@require_safe
@read_by_people
@page
def my_reissue_letter(request: HttpRequest, number: str, letter: str) -> HttpResponse:
    """The answer as it was sent."""
    user = signed_in(request)
    found = rows.letter_about(own_title(user, number), letter)
    note_reading(request, found)
    context = {
        "letter": words.answer_letter(found, user, timezone.now()),
        "overview": reverse("my_reissue", args=[number]),
        "number": number,
        "is_own": True,
    }
    return render(request, "workflows/matters/letter.html", context)


# --- the authority ------------------------------------------------------------------------------------------------
@require_safe
@page
def reissues(request: HttpRequest) -> HttpResponse:
    """Requests that the own authority answers, those that wait first."""
    user, form = signed_in(request), ReissueFilter(request.GET)
    found = page_of_rows(request, rows.narrowed(rows.reissues_of_authority(user), **form.chosen()))
    found.object_list = [words.reissue_words(row) for row in found.object_list]
    context = {"page": found, "filters": filters(request, form), "has_titles": has_power(user, Power.PREPARE_ORDERS)}
    return render(request, "workflows/reissues/list.html", context)


@form_page
@page
def reissue_new(request: HttpRequest, number: str) -> HttpResponse:
    """An officer proposes a corrected certificate; a colleague answers."""
    user = signed_in(request)
    title = rows.title_to_correct(user, number)
    form = ReissueForm(request.POST or None, initial=typed(request), is_by_office=True)
    asked = _asked(request, form, title, user, propose_reissue)
    if asked is not None:
        messages.success(request, _("%(no)s：已提出，由同一机关的另一人审核。") % {"no": asked.number})
        return redirect("reissue", asked.number)
    crumbs = [{"label": _("证书补发换发"), "href": reverse("reissues")}, {"label": title.number}]
    return _form_page(request, "new", form, title, {"crumbs": crumbs})


@form_page
@page
def reissue(request: HttpRequest, number: str) -> HttpResponse:
    """One request with its answer, or the form to give it."""
    user, now = signed_in(request), timezone.now()
    row = rows.reissue_for(user, number)
    form = ReissueAnswerForm(request.POST or None, initial=typed(request))
    if request.method == "POST" and form.is_valid() and _answer(request, row, form):
        return redirect("reissue", number)
    is_waiting = row.state == ReissueState.WAITING
    context = {
        "reissue": words.reissue_words(row),
        "rows": words.summary(row),
        "letter": words.letter_of(row, user, now),
        "form": form,
        "is_own": bool(persons_behind(user) & {row.asked_by_id, row.asked_for_id}),
        "answered_before": bool(persons_behind(user) & answered_before(row)),
        "obstacles": [str(reason) for reason in faults_of_title(row.title, now)] if is_waiting else [],
        "request_key": new_request_key(),
    }
    return render(request, "workflows/reissues/one.html", context, status=status_of(form))


def _answer(request: HttpRequest, row: Reissue, form: ReissueAnswerForm) -> bool:
    """Whether the request is answered now, by whomever; else the form holds every reason."""
    by, at, said = signed_in(request), timezone.now(), form.cleaned_data["answer"]
    try:
        if form.cleaned_data["is_allowed"] == "yes":
            allow_reissue(row, remark=said, by=by, at=at, request_key=key_of(request))
            messages.success(request, _("已同意，新证书由签发程序制发。"))
        else:
            refuse_reissue(row, reason=said, by=by, at=at, request_key=key_of(request))
            messages.success(request, _("已答复不同意。"))
    except Denied:
        raise
    except AlreadyDone as done:
        say_refusal(request, done)
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    clear_drafts(request, request.path)
    return True


# --- both ---------------------------------------------------------------------------------------------------------
def _asked(
    request: HttpRequest, form: forms.Form, title: Title, user: User, ask: Callable[..., Reissue]
) -> Reissue | None:
    if request.method != "POST" or not form.is_valid():
        return None
    try:
        row = ask(title, by=user, at=timezone.now(), request_key=key_of(request), **form.cleaned_data)
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    clear_drafts(request, request.path)
    return row


def _form_page(
    request: HttpRequest, template: str, form: forms.Form, title: Title, more: dict[str, Any]
) -> HttpResponse:
    context = {
        "form": form,
        "title": title_words(title),
        "obstacles": [str(reason) for reason in faults_of_title(title, timezone.now())],
        "request_key": new_request_key(),
        **more,
    }
    return render(request, f"workflows/reissues/{template}.html", context, status=status_of(form))
