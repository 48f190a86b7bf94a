"""How a page settles what one officer entered: another confirms or declines it, whoever entered it takes it back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise

from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.views.answers import put_reasons, say_refusal
from workflows.forms.recommendations import ResultAnswerForm
from workflows.views.answers import typed

WITHDRAW = "withdraw"  # name of the button with which the own entry is taken back


@dataclass(frozen=True, slots=True)
class Settling:
    """The three acts, and what is said when one is done."""

    confirm: Callable[..., object]
    decline: Callable[..., object]
    withdraw: Callable[..., object]
    confirmed: Promise
    declined: Promise
    withdrawn: Promise
    form: type[ResultAnswerForm] = ResultAnswerForm


def settle(request: HttpRequest, row: Any, acts: Settling) -> ResultAnswerForm | None:
    """None where the row is settled now, by whomever; else the form to be shown, with every reason."""
    if WITHDRAW in request.POST:
        _do(request, lambda by, at: acts.withdraw(row, by=by, at=at), acts.withdrawn)
        return None
    form = acts.form(request.POST or None, initial=typed(request))
    if request.method != "POST" or not form.is_valid():
        return form
    try:
        if form.cleaned_data["is_confirmed"] == "yes":
            _do(request, lambda by, at: acts.confirm(row, by=by, at=at), acts.confirmed)
        else:
            said = form.cleaned_data["reason"]
            _do(request, lambda by, at: acts.decline(row, reason=said, by=by, at=at), acts.declined)
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return form
    return None


def _do(request: HttpRequest, act: Callable[..., object], done: Promise) -> None:
    try:
        act(signed_in(request), timezone.now())
    except AlreadyDone as late:
        say_refusal(request, late)
    else:
        messages.success(request, str(done))
