"""A case changes hands within an office: taken, given back, handed over by a superior."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import say_errors, say_refusal
from accreditation.visibility import case_for
from workflows import assignments
from workflows.forms.hands import HandOverForm, ReleaseForm
from workflows.views.answers import REQUEST_KEY, page


@require_POST
@page
def case_take(request: HttpRequest, number: str) -> HttpResponse:
    """Take a case that nobody holds."""
    by, found = signed_in(request), case_for(request.user, number)
    key = request.POST.get(REQUEST_KEY) or None
    return _answer(
        request, number, lambda: assignments.take(found, by=by, at=timezone.now(), request_key=key), _("已领办。")
    )


@require_POST
@page
def case_release(request: HttpRequest, number: str) -> HttpResponse:
    """Give a case back, with the reason."""
    by, found, form = signed_in(request), case_for(request.user, number), ReleaseForm(request.POST)
    key = request.POST.get(REQUEST_KEY) or None

    def act() -> None:
        assignments.release(found, reason=form.cleaned_data["reason"], by=by, at=timezone.now(), request_key=key)

    return _answer(request, number, act, _("已交回。"), form)


@require_POST
@page
def case_hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """Hand a case to another officer."""
    by, found, form = signed_in(request), case_for(request.user, number), HandOverForm(request.POST)
    key = request.POST.get(REQUEST_KEY) or None

    def act() -> None:
        said = form.cleaned_data
        assignments.hand_over(
            found, said["to"], reason=said["reason"], seen=said["seen"], by=by, at=timezone.now(), request_key=key
        )

    return _answer(request, number, act, _("已转交。"), form)


def _answer(
    request: HttpRequest, number: str, act: Callable[[], None], done: str | Promise, form: forms.Form | None = None
) -> HttpResponse:
    """Done, or why not, on the reader's own page of the case."""
    if form is not None and not form.is_valid():
        say_errors(request, form)
        return redirect("case", number)
    try:
        act()
        messages.success(request, str(done))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("case", number)
