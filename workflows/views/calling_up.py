"""Free places of a batch: who is next, the proposal to call it up, and the answer of a second officer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.recommendation_words import ResultState
from accreditation.views.answers import put_reasons
from workflows import calling_up as acts
from workflows.calling_places import free_places_of
from workflows.forms.calling_up import CallingUpAnswerForm, CallingUpForm
from workflows.presentation import calling_up as words
from workflows.presentation.words import either
from workflows.selectors import calling_up as rows
from workflows.selectors.recommendations import faults_known
from workflows.views.answers import key_of, new_request_key, page
from workflows.views.casework import status_of
from workflows.views.entered_results import WITHDRAW, Settling, settle

if TYPE_CHECKING:
    from accreditation.models import Batch

SETTLING = Settling(
    acts.confirm_calling_up,
    acts.decline_calling_up,
    acts.withdraw_calling_up,
    gettext_lazy("已递补，申报件列入名额，已告知申报单位。"),
    gettext_lazy("已记为不予确认，名额仍然空余。"),
    gettext_lazy("已撤回递补的提请。"),
    CallingUpAnswerForm,
)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_calling_up(request: HttpRequest, code: str) -> HttpResponse:
    """The free places of a batch, and the act that puts the next in order forward."""
    batch, user, at = rows.batch_with_places(code), signed_in(request), timezone.now()
    form = CallingUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            entry = acts.propose_calling_up(
                batch, **form.cleaned_data, by=user, at=at, request_key=key_of(request)
            )  # fmt: skip
        except Replayed as replayed:
            return redirect("calling_up", replayed.answer["entry"])
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已提请递补，等候另一位经办人确认。"))
            return redirect("calling_up", entry.pk)
    known = rows.callings_known(user, batch)
    context = {
        "batch": batch, "name": either(batch.programme, "name"), "form": form, "request_key": new_request_key(),
        "places": words.places_words(batch, user, at), "entries": [words.calling_words(row) for row in known.rows],
        "hidden": known.hidden, "crumbs": _crumbs(batch, _("名额递补")),
    }  # fmt: skip
    return render(request, "workflows/office/calling_up.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@page
def calling_up(request: HttpRequest, pk: int) -> HttpResponse:
    """What was put forward; another officer decides here, whoever proposed it takes it back."""
    user, at = signed_in(request), timezone.now()
    row = rows.calling_entered(pk, user)
    form = settle(request, row, SETTLING)
    if form is None:
        return redirect("calling_up", pk)
    is_waiting = row.state == ResultState.WAITING
    faults = acts.faults_of_confirming(row, free_places_of(row.batch, at), at) if is_waiting else ()
    context = {
        "entry": words.calling_words(row), "rows": words.summary(row, user), "form": form, "is_waiting": is_waiting,
        "name": either(row.batch.programme, "name"), "faults": faults_known(user, row.batch, faults),
        "may_answer": is_waiting and acts.FOUR_EYES.may_decide(row, user, at),
        "may_withdraw": is_waiting and row.recorded_by_id == user.pk, "withdraw": WITHDRAW,
        "crumbs": _crumbs(row.batch, _("确认递补"), reverse("office_calling_up", args=[row.batch.code])),
    }  # fmt: skip
    return render(request, "workflows/office/calling_up_entry.html", context, status=status_of(form))


def _crumbs(batch: Batch, label: str, places: str = "") -> list[dict[str, str]]:
    middle = [{"label": _("名额递补"), "href": places}] if places else []
    return [
        {"label": batch.code.upper(), "href": reverse("office_batch", args=[batch.code])},
        *middle,
        {"label": label},
    ]
