"""Pages of the minutes: tallies and reasons, then the text with its hash, signed by both or sent back by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accreditation.enums import MeetingState
from accreditation.errors import NotFound, Reason
from accreditation.meeting_words import Signer
from accreditation.permissions import has_power_over, signed_in
from accreditation.roles import Power
from accreditation.selectors import signers
from accreditation.services import meetings as service
from accreditation.services import tallies as counting
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.meeting_signers import decline_minutes
from accreditation.visibility import meeting_for
from workflows import batch_acts
from workflows.forms.meetings import DecliningForm, MinutesForm
from workflows.presentation.tallies import tally_rows
from workflows.presentation.words import Words
from workflows.views.answers import page
from workflows.views.meetings import answer, frame, reasons_against

if TYPE_CHECKING:
    from accreditation.models import Meeting, MeetingItem


@require_http_methods(["GET", "HEAD", "POST"])
@page
def minutes(request: HttpRequest, number: str) -> HttpResponse:
    """Tallies and reasons; then the text with its hash and the signatures."""
    user = signed_in(request)
    found = meeting_for(user, number)
    is_secretary = has_power_over(user, Power.CALL_MEETINGS, found.batch)
    may_draft = is_secretary and found.state == MeetingState.IN_SESSION
    if not may_draft and not found.minutes:
        raise NotFound(number)
    if request.method == "POST" and not is_secretary:
        raise PermissionDenied  # members read the minutes and sign them
    tallies = [(row, counting.tally(row)) for row in _decided_items(found)] if may_draft else []
    items = [(row, counted.outcome) for row, counted in tallies if counted.is_complete]
    form = MinutesForm(
        request.POST if request.method == "POST" else None,
        items=items, initial=initial_from_drafts(request, request.path),
    )  # fmt: skip
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        reasons = reasons_against(lambda: service.draft_minutes(found, reasons=dict(form.reasons()), by=user, at=at))
        if not reasons:
            clear_drafts(request, request.path)
            messages.success(request, _("纪要已生成，待主持人和会议秘书签发。"))
            return redirect("meeting_minutes", number)
    context = frame(request, found) | {"form": form, "tallies": tally_rows(tallies), "may_draft": may_draft}
    return answer(request, "minutes", context | _signing(request, found), reasons, form)


@require_POST
@page
def sign(request: HttpRequest, number: str) -> HttpResponse:
    """Chair or secretary signs the text of that hash, or declines to; the second signature decides every case."""
    user, at = signed_in(request), timezone.now()
    found = meeting_for(user, number)
    sha256 = request.POST.get("sha256", "")
    if "declines" in request.POST:
        return _decline(request, found, sha256)
    reasons = reasons_against(lambda: batch_acts.sign_minutes(found, sha256=sha256, by=user, at=at))
    if not reasons:
        messages.success(request, _("已签发。"))
        return redirect("meeting_minutes", number)
    return _text(request, found, reasons)


def _decline(request: HttpRequest, found: Meeting, sha256: str) -> HttpResponse:
    """The text goes back with what is wrong in it."""
    user, at, form = signed_in(request), timezone.now(), DecliningForm(request.POST)
    reasons: list[Reason] = []
    if form.is_valid():
        said = form.cleaned_data["reason"]
        reasons = reasons_against(lambda: decline_minutes(found, sha256=sha256, reason=said, by=user, at=at))
        if not reasons:
            clear_drafts(request, request.path)
            messages.success(request, _("已拒签，纪要退回修改。"))
            return redirect("meeting", found.number)
    return _text(request, found, reasons, form)


# --- what the pages show ------------------------------------------------------------------------------------------
def _text(
    request: HttpRequest, found: Meeting, reasons: list[Reason], declining: DecliningForm | None = None
) -> HttpResponse:
    """The text again, with what was against signing it or sending it back."""
    context = frame(request, found) | {"form": declining, "tallies": [], "may_draft": False}
    return answer(request, "minutes", context | _signing(request, found, declining), reasons, declining)


def _decided_items(found: Meeting) -> list[MeetingItem]:
    rows = found.items.filter(adjourned_at__isnull=True).select_related(
        "application__enterprise", "application__case", "meeting"
    )
    return list(rows.order_by("position"))


def _signing(request: HttpRequest, found: Meeting, declining: DecliningForm | None = None) -> Words:
    user = signed_in(request)
    is_signed = any(signers.has_signed(found, which) for which in Signer)
    may_sign = signers.is_to_sign(found, user, signers.lost_signers([found])[found.pk])
    address = reverse("meeting_sign", args=[found.number])
    if may_sign and declining is None:
        declining = DecliningForm(initial=initial_from_drafts(request, address))
    return {
        "may_sign": may_sign,
        "may_withdraw": found.state == MeetingState.MINUTES_DRAFTED and not is_signed,
        "declining": declining,
        "sign_address": address,
    }
