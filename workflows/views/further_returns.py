"""A return beyond the first: asked for, answered by a superior, carried out as it was allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accreditation.errors import Denied, Refusal
from accreditation.permissions import signed_in
from accreditation.services.drafts import clear_drafts
from accreditation.services.further_returns import latest
from accreditation.views.answers import put_reasons, say_errors, say_refusal
from accreditation.visibility import case_for
from workflows import further_returns
from workflows.forms.casework import ConfirmedForm
from workflows.forms.further_returns import FurtherAnswerForm
from workflows.presentation.further_returns import further_return
from workflows.views.answers import REQUEST_KEY, page
from workflows.views.desk import Opened, carry_out, show
from workflows.who import level_of

if TYPE_CHECKING:
    from workflows.forms.returns import ReturnForm


def page_of_request(request: HttpRequest, opened: Opened) -> HttpResponse | None:
    """The page of a case whose further return was asked for: it waits, or is carried out as it was allowed."""
    words = further_return(opened.application, signed_in(request), at=timezone.now())
    if words is None or not (words["is_waiting"] or words["is_allowed"]):
        return None
    form = ConfirmedForm(request.POST if request.method == "POST" else None)
    if words["is_allowed"] and request.POST.get("further") == str(words["pk"]) and form.is_valid():
        answer = _carry_out(request, opened, form)
        if answer is not None:
            return answer
    context = {"further": words | {"may_answer": False}, "form": form}
    return show(request, opened, "return", context, template="workflows/casework/return_further.html")


def _carry_out(request: HttpRequest, opened: Opened, form: ConfirmedForm) -> HttpResponse | None:
    row = latest(opened.application, level_of(opened.application))
    values = {"points": row.points, "remark": row.remark} if row is not None else {}
    return carry_out(request, opened, further_returns.RETURN, values, form=form, done=_("已退回补正。"))


def ask(request: HttpRequest, opened: Opened, form: ReturnForm) -> HttpResponse | None:
    """Ask a superior; None when the rules refuse it and the form, which now holds every reason, is shown again."""
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
    messages.success(request, str(_("已提请本机构负责人答复。")))
    return redirect(opened.address("case"))


@require_POST
@page
def case_further_return(request: HttpRequest, number: str) -> HttpResponse:
    """A superior allows or refuses one more return."""
    by, found, form = signed_in(request), case_for(request.user, number), FurtherAnswerForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("case", number)
    said = form.cleaned_data
    is_allowed = said["answer"] == "allowed"
    try:
        further_returns.answer(
            found, said["further"], is_allowed=is_allowed, reason=said["reason"], by=by, at=timezone.now(),
            request_key=request.POST.get(REQUEST_KEY) or None,
        )  # fmt: skip
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    else:
        messages.success(
            request, str(_("已同意再次退回，由提请的机构办理。") if is_allowed else _("已答复不同意再次退回。"))
        )
    return redirect("case", number)
