"""A matter is returned for correction: what and why point by point; once more only as a superior has allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.further_returns import RETURNS_OF_MATTERS, latest, returns_left
from accreditation.views.answers import put_reasons
from workflows import further_returns
from workflows.forms.casework import ConfirmedForm
from workflows.forms.matter_returns import matter_groups
from workflows.forms.returns import ReturnForm, ticked_targets
from workflows.matter_returns import owner_at
from workflows.presentation.further_returns import further_return
from workflows.views.answers import REQUEST_KEY, try_verb
from workflows.views.casework import status_of
from workflows.views.desk import TOO_LATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django import forms

    from workflows.views.matters.pages import OpenMatter

    Show = Callable[[HttpRequest, OpenMatter, str, Mapping[str, Any], int], HttpResponse]


def is_return(verb: str) -> bool:
    """Whether the act returns a matter to its holder."""
    return verb in RETURNS_OF_MATTERS


def page_of_return(request: HttpRequest, opened: OpenMatter, verb: str, show: Show) -> HttpResponse:
    """First tick what is to be corrected, then one remark for each; a further return waits for a superior's answer."""
    answer = _page_of_request(request, opened, verb, show)
    if answer is not None:
        return answer
    groups = matter_groups(opened.case, opened.subject, verb)
    asked = request.POST if request.method == "POST" else request.GET
    targets = ticked_targets(groups, asked.getlist("target"))
    left = returns_left(opened.case, owner_at(opened.case))
    context: dict[str, Any] = {"act": opened.pages.acts[verb], "left": left, "targets": targets}
    if request.method != "POST" and (not targets or "more" in request.GET):
        ticked = {target.key for target in targets}
        context |= {"groups": groups, "ticked": ticked, "is_empty": "go" in request.GET}
        return show(request, opened, "return_targets", context, 200)
    initial = initial_from_drafts(request, request.path) if request.method != "POST" else {}
    form = ReturnForm(request.POST or None, initial=initial, targets=targets, is_further=not left)
    if request.method == "POST" and form.is_valid():
        answer = _ask(request, opened, form) if form.is_further else _send_back(request, opened, verb, form)
        if answer is not None:
            return answer
    return show(request, opened, "return", context | {"form": form}, status_of(form))


def _page_of_request(request: HttpRequest, opened: OpenMatter, verb: str, show: Show) -> HttpResponse | None:
    """While a superior has not answered only what was asked; then the return as it was allowed."""
    words = further_return(opened.case, signed_in(request), at=timezone.now())
    if words is None or not (words["is_waiting"] or words["is_allowed"]):
        return None
    form = ConfirmedForm(request.POST if request.method == "POST" else None)
    if request.POST.get("further") == str(words["pk"]) and form.is_valid():
        row = latest(opened.case, owner_at(opened.case))
        values = {"points": row.points, "remark": row.remark} if row is not None else {}
        answer = _carry_out(request, opened, verb, values, form)
        if answer is not None:
            return answer
    context = {"act": opened.pages.acts[verb], "further": words | {"may_answer": False}, "form": form}
    return show(request, opened, "return_further", context, status_of(form))


def _send_back(request: HttpRequest, opened: OpenMatter, verb: str, form: ReturnForm) -> HttpResponse | None:
    values = {"points": form.points(), "remark": form.cleaned_data["general"]}
    return _carry_out(request, opened, verb, values, form)


def _carry_out(
    request: HttpRequest, opened: OpenMatter, verb: str, values: Mapping[str, Any], form: forms.Form
) -> HttpResponse | None:
    outcome, reasons = try_verb(request, opened.case, verb, dict(values))
    if outcome is None and not any(reason.code == TOO_LATE for reason in reasons):
        put_reasons(form, Refusal(reasons))
        return None
    if outcome is not None:
        clear_drafts(request, request.path)
        messages.success(request, str(opened.pages.acts[verb].done))
    return redirect(opened.address("matter"))


def _ask(request: HttpRequest, opened: OpenMatter, form: ReturnForm) -> HttpResponse | None:
    said = form.cleaned_data
    try:
        further_returns.ask(
            opened.case, points=form.points(), remark=said["general"], reason=said["reason"], by=signed_in(request),
            at=timezone.now(), request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return None
    clear_drafts(request, request.path)
    messages.success(request, _("已提请本机构负责人答复。"))
    return redirect(opened.address("matter"))
