"""What two officers do to batches together: a longer window, a calling off, and the answer to every proposal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.batch_words import BatchAct, ProposalState
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.permissions import signed_in
from accreditation.services import batch_changes
from accreditation.services.batches import prepared_batch
from accreditation.services.rule_sets import rules_of
from accreditation.views.answers import put_reasons, say_errors, say_outcome
from workflows import batch_proposals as proposals
from workflows.forms.batch_acts import CallingOffForm, DeclineForm, LongerWindowForm
from workflows.forms.office import moment_text
from workflows.own_matters import own_among
from workflows.presentation.batch_proposals import mark_of, pinned_rows
from workflows.presentation.rules import rule_set_page
from workflows.selectors import batch_desk
from workflows.selectors import batch_proposals as rows
from workflows.views.answers import key_of, new_request_key, page
from workflows.views.casework import status_of

if TYPE_CHECKING:
    from accreditation.models import Batch, BatchProposal, User


@require_safe
@page
def office_batch_proposal(request: HttpRequest, number: str) -> HttpResponse:
    """One proposal: what it would bring about as things stand now, and what this person may do."""
    row, by, at = rows.proposal(number), signed_in(request), timezone.now()
    is_waiting = row.state == ProposalState.WAITING
    context: dict[str, Any] = {
        "row": row,
        "kind": BatchAct(row.kind).label,
        "state": mark_of(row.state),
        "is_own": row.proposed_by_id == by.pk,
        "may_decide": is_waiting and proposals.FOUR_EYES.may_decide(row, by, at),
        "confirmers": proposals.confirmers(row.batch, row.proposed_by, at) if is_waiting else [],
        "decline": DeclineForm(),
        "faults": list(_faults(row, by, at)) if is_waiting else [],
    }
    if row.kind == BatchAct.OPEN:
        context |= _opening(row)
    return render(request, "workflows/office/batch_proposal.html", context)


def _faults(row: BatchProposal, by: User, at: datetime) -> Iterable[Reason]:
    """Why it could not be confirmed as things stand now."""
    if row.kind == BatchAct.OPEN:
        return proposals.faults_of_opening(row.opening, at)
    assert row.batch is not None
    if row.kind == BatchAct.PROLONG:
        assert row.closes_at is not None
        return batch_changes.faults_of_prolonging(row.batch, row.closes_at, at)
    return batch_changes.faults_of_calling_off(row.batch, unnamed=_own_cases(row.batch, by))


def _own_cases(batch: Batch, user: User) -> frozenset[int]:
    """Keys of the cases of the batch with which the person has nothing to do as an official."""
    return own_among(user, list(batch.cases.values_list("pk", flat=True)))


def _opening(row: BatchProposal) -> dict[str, Any]:
    """The batch that was opened, or as it would be; nothing where its rules no longer allow one."""
    batch = row.batch
    if batch is None:
        try:
            batch = prepared_batch(proposals.opening_of(row.opening))
        except Refusal:
            return {}
    return {"batch": batch, "pinned": pinned_rows(batch), "rules": rule_set_page(rules_of(batch))}


@require_POST
@page
def office_batch_proposal_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm, decline or withdraw."""
    row, by = rows.proposal(number), signed_in(request)
    say_outcome(request, lambda: _settle(row, verb, request, by))
    return redirect("office_batch_proposal", number)


def _settle(row: BatchProposal, verb: str, request: HttpRequest, by: User) -> str:
    """What was done, in words; empty when the form lacks something."""
    at = timezone.now()
    if verb == "confirm":
        proposals.confirm(row, by=by, at=at)
        return {
            BatchAct.OPEN: _("批次已开启。"),
            BatchAct.PROLONG: _("申报期已延长，已告知尚未提交的单位。"),
            BatchAct.CALL_OFF: _("批次已取消，已告知已建草稿的单位。"),
        }[BatchAct(row.kind)]
    if verb == "withdraw":
        proposals.withdraw(row, by=by, at=at)
        return _("提请已撤回。")
    if verb != "decline":
        raise NotFound(verb)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return ""
    proposals.decline(row, reason=form.cleaned_data["reason"], by=by, at=at)
    return _("已不予确认，理由已告知提请人。")


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_batch_prolong(request: HttpRequest, code: str) -> HttpResponse:
    """Put a longer window before a second officer."""
    batch = batch_desk.batch(code)
    start = {"closes_at": moment_text(timezone.localtime(batch.closes_at))}
    form = LongerWindowForm(request.POST or None, initial=start)

    def propose(by: User) -> BatchProposal:
        key = key_of(request)
        return proposals.propose_longer_window(batch, **form.cleaned_data, by=by, at=timezone.now(), request_key=key)

    return _put_forward(request, form, propose, {"batch": batch, "title": _("延长申报期"), "is_longer": True})


@require_http_methods(["GET", "HEAD", "POST"])
@page
def office_batch_call_off(request: HttpRequest, code: str) -> HttpResponse:
    """Put the end of a batch that was opened wrongly before a second officer."""
    batch = batch_desk.batch(code)
    form = CallingOffForm(request.POST or None)

    def propose(by: User) -> BatchProposal:
        key = key_of(request)
        return proposals.propose_calling_off(batch, **form.cleaned_data, by=by, at=timezone.now(), request_key=key)

    found = list(batch_changes.faults_of_calling_off(batch, unnamed=_own_cases(batch, signed_in(request))))
    return _put_forward(request, form, propose, {"batch": batch, "title": _("取消批次"), "faults": found})


def _put_forward(
    request: HttpRequest, form: Any, propose: Callable[[User], BatchProposal], context: dict[str, Any]
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            row = propose(signed_in(request))
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("已提请，等候另一位经办人确认。"))
            return redirect("office_batch_proposal", row.number)
    context |= {"form": form, "request_key": new_request_key()}
    return render(request, "workflows/office/batch_change.html", context, status=status_of(form))
