"""A year of the calendar before a second person: what it would do, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accreditation.batch_words import ProposalState
from accreditation.errors import NotFound
from accreditation.permissions import has_power, signed_in
from accreditation.roles import Power
from accreditation.views.answers import say_errors, say_outcome
from workflows import calendar_proposals as proposals
from workflows.forms.batch_acts import DeclineForm
from workflows.own_matters import own_among
from workflows.presentation.batch_proposals import mark_of
from workflows.presentation.holidays import day_rows
from workflows.selectors.calendar_proposals import proposal
from workflows.views.answers import page

if TYPE_CHECKING:
    from accreditation.models import CalendarProposal, User


@require_safe
@page
def calendar_proposal(request: HttpRequest, number: str) -> HttpResponse:
    """One year: its days, what it would do to the running clocks as they stand, and what this person may do."""
    row, by, at = proposal(number), signed_in(request), timezone.now()
    is_waiting = row.state == ProposalState.WAITING
    context: dict[str, Any] = {
        "row": row,
        "state": mark_of(row.state),
        "is_own": row.proposed_by_id == by.pk,
        "may_decide": is_waiting and proposals.FOUR_EYES.may_decide(row, by, at),
        "confirmers": proposals.confirmers(row.proposed_by, at) if is_waiting else [],
        "decline": DeclineForm(),
        "days": day_rows(proposals.days_of(row)),
        "is_operator": has_power(by, Power.OPERATE, at=at),
    }
    if is_waiting:
        context |= _trial(row, by)
    return render(request, "workflows/oversight/calendar_proposal.html", context)


def _trial(row: CalendarProposal, by: User) -> dict[str, Any]:
    """Counts for everybody; the cases by number for whoever sees all of them, without the own matters."""
    found = proposals.trial_of(row.year, proposals.lines_of(row))
    told = [clock for clock in found.moved if clock.is_kept or clock.after < clock.before]
    shown: list[Any] = []
    if has_power(by, Power.SEE_ALL_CASES):
        own = own_among(by, {clock.row.case_id for clock in told})
        shown = [clock for clock in told if clock.row.case_id not in own]
    return {"trial": found, "changed": day_rows(found.changed), "shown": shown}


@require_POST
@page
def calendar_proposal_act(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """Confirm, decline or withdraw."""
    row, by = proposal(number), signed_in(request)
    say_outcome(request, lambda: _settle(row, verb, request, by))
    return redirect("calendar_proposal", number)


def _settle(row: CalendarProposal, verb: str, request: HttpRequest, by: User) -> str:
    """What was done, in words; empty when the form lacks something."""
    at = timezone.now()
    if verb == "confirm":
        proposals.confirm(row, by=by, at=at)
        return _("%(year)d 年日历已启用，期限已重算。") % {"year": row.year}
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
