"""The expert's own page: what is kept, a pause, ties declared before anybody asks."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accreditation.permissions import signed_in
from accreditation.services import experts
from accreditation.services.enterprises import compact_uscc
from workflows.forms.expert_pool import PauseForm, PoolTieForm
from workflows.presentation.expert_pool import expert_page
from workflows.selectors import expert_pool
from workflows.views.answers import new_request_key, page
from workflows.views.casework import status_of
from workflows.views.expert_pool import done, key_of, today

form_page = require_http_methods(["GET", "HEAD", "POST"])


@form_page
@page
def profile(request: HttpRequest) -> HttpResponse:
    """Fields, employer, term, own ties; to be left out for a while, and to be asked again."""
    person = expert_pool.expert(signed_in(request).pk)
    form = PauseForm(request.POST if request.method == "POST" else None)
    if request.POST.get("act") == "resume":
        if done(request, form, partial(experts.resume, person), _("已恢复参加评审。")):
            return redirect("expert_profile")
    elif request.method == "POST" and form.is_valid():
        until, reason = form.cleaned_data["paused_until"], form.cleaned_data["reason"]
        if done(request, form, partial(experts.pause, person, until=until, reason=reason), _("已暂停参加评审。")):
            return redirect("expert_profile")
    context = expert_page(person, today()) | {"form": form}
    return render(request, "workflows/expert/profile.html", context, status=status_of(form))


@form_page
@page
def declare_tie(request: HttpRequest) -> HttpResponse:
    """Declare a tie; who sits on a panel of that enterprise is told to step down."""
    person = expert_pool.expert(signed_in(request).pk)
    form = PoolTieForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        record = partial(experts.record_tie, person, form.stated())
        if done(request, form, record, _("利害关系已申报。"), **key_of(request)):
            return _told(request, expert_pool.open_seats_at(person, compact_uscc(form.cleaned_data["uscc"])))
    context = {"form": form, "request_key": new_request_key()}
    return render(request, "workflows/expert/tie.html", context, status=status_of(form))


def _told(request: HttpRequest, numbers: list[str]) -> HttpResponse:
    """On to the recusal of the first case that the tie concerns; to the profile where it concerns none."""
    for number in numbers:
        messages.warning(request, _("%(no)s：该单位的申报件由您评审，请申请回避。") % {"no": number})
    return redirect("expert_recuse", numbers[0]) if numbers else redirect("expert_profile")
