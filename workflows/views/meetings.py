"""Pages of committee meetings: the call, agenda, papers, recusal, vote."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.enums import MeetingState
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.meeting_words import BallotKind
from accreditation.permissions import has_power_over, powers_of, signed_in
from accreditation.roles import Power
from accreditation.selectors import signers
from accreditation.selectors.people import committee_of
from accreditation.selectors.reopened import sent_back_before
from accreditation.services import meetings as service
from accreditation.services import tallies as counting
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.reopenings import statements_of
from accreditation.views.answers import file_answer
from accreditation.visibility import case_for, evidence_for, may_read_material, may_see_experts, meeting_for
from workflows.forms.meetings import AttendanceForm, MeetingForm, MemberTieForm, VoteForm
from workflows.presentation.cases import batch_name, case_header, ordinal_name, programme_name
from workflows.presentation.marks import opened_table
from workflows.presentation.reopenings import reopening_words
from workflows.presentation.review_room import rule_score
from workflows.presentation.tallies import choice_counts
from workflows.presentation.words import Words, either
from workflows.selectors import meeting_room, panel_room
from workflows.selectors.figures import application_with_material, evidence_groups
from workflows.selectors.site_visits import visit_of
from workflows.views.answers import REQUEST_KEY, as_errors, new_request_key, page
from workflows.views.hearings import file_of_statement
from workflows.views.listing import page_of_rows

if TYPE_CHECKING:
    from accreditation.models import Batch, Meeting, MeetingItem


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Meetings that the person may open, those still to be finished first."""
    user = signed_in(request)
    shown = page_of_rows(request, meeting_room.meetings_of(user))
    lost, sent_back = signers.lost_signers(shown.object_list), signers.sent_back(shown.object_list)
    shown.object_list = [
        {"row": row, "batch": ordinal_name(row.batch), "programme": programme_name(row.batch)}
        | {"lost": lost[row.pk], "signs": signers.is_to_sign(row, user, lost[row.pk]), "sent_back": row.pk in sent_back}
        for row in shown.object_list
    ]
    context = {
        "page": shown,
        "may_call": bool({Power.CALL_MEETINGS, Power.RUN_LOCALLY} & powers_of(user)),
    }
    return render(request, "workflows/committee/meetings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def call(request: HttpRequest) -> HttpResponse:
    """Call a meeting over cases of one batch."""
    batches = list(meeting_room.batches_waiting(signed_in(request)))
    batch = _asked_batch(request, batches)
    if batch is None:
        return render(request, "workflows/committee/call.html", {"batches": _choices(batches), "form": None})
    form = _call_form(request, batch)
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        found, reasons = _call(request, batch, form)
        if found:
            clear_drafts(request, request.path)
            messages.success(request, _("会议已召集，通知已发给全体委员。"))
            return redirect("meeting", found)
    context = {
        "form": form,
        "batch": batch,
        "batch_name": batch_name(batch),
        "batches": _choices(batches),
        "rule": counting.voting_rules(batch),
    }
    return answer(request, "call", context, reasons, form)


def _choices(batches: list[Batch]) -> list[Words]:
    return [{"code": row.code, "name": f"{either(row.programme, 'name')} {batch_name(row)}"} for row in batches]


def _asked_batch(request: HttpRequest, batches: list[Batch]) -> Batch | None:
    """The batch that the address or the form names; the only one where there is no choice."""
    code = (request.POST.get("batch") or request.GET.get("batch", "")).replace("\0", "")
    named = next((row for row in batches if row.code == code), None)
    if named is None and request.method == "POST":
        # The agenda was taken meanwhile: a form sent twice finds its batch without waiting cases.
        named = meeting_room.batch_of_code(signed_in(request), code)
    return named or (batches[0] if len(batches) == 1 else None)


def _call_form(request: HttpRequest, batch: Batch) -> MeetingForm:
    applications = meeting_room.under_review(batch) if request.method == "POST" else meeting_room.untabled(batch)
    people = committee_of(batch)
    if request.method == "POST":
        return MeetingForm(request.POST, applications=applications, committee=people)
    every = {"cases": [row.case.number for row in applications]}
    typed = initial_from_drafts(request, request.path, several=("cases",))
    return MeetingForm(initial=every | typed, applications=applications, committee=people)


def _call(request: HttpRequest, batch: Batch, form: MeetingForm) -> tuple[str, list[Reason]]:
    """Number of the meeting, or the reasons against it; a form sent twice gets the first meeting."""
    user, at = signed_in(request), timezone.now()
    try:
        found = service.call_meeting(
            batch, secretary=user, by=user, at=at, request_key=request.POST.get(REQUEST_KEY) or None, **form.call()
        )
    except Replayed as replay:
        return str(replay.answer["meeting"]), []
    except Denied:
        raise
    except Refusal as refusal:
        return "", refusal.reasons
    return found.number, []


@require_safe
@page
def meeting(request: HttpRequest, number: str) -> HttpResponse:
    """Agenda, members, where the meeting stands."""
    found = meeting_for(signed_in(request), number)
    return _meeting_page(request, found)


def _meeting_page(
    request: HttpRequest, found: Meeting, form: AttendanceForm | None = None, reasons: list[Reason] | None = None
) -> HttpResponse:
    user = signed_in(request)
    attendance = meeting_room.attendance_of(found)
    context = frame(request, found) | {
        "agenda": meeting_room.agenda(found, user),
        "attendance": attendance,
        "quorum": counting.quorum_of(found),
        "changes": meeting_room.presence_changes(found),
        "replacements": signers.replacements(found),
        "present": sum(row.is_present for row in attendance),
        "form": form or AttendanceForm(members=committee_of(found.batch)),
    }
    return answer(request, "meeting", context, reasons or [], form)


@require_POST
@page
def start(request: HttpRequest, number: str) -> HttpResponse:
    """Note who came and begin, if they are enough."""
    user = signed_in(request)
    found = meeting_for(user, number)
    if not has_power_over(user, Power.CALL_MEETINGS, found.batch):
        raise PermissionDenied  # a member may hold that office for another authority
    form = AttendanceForm(request.POST, members=committee_of(found.batch))
    reasons: list[Reason] = []
    if form.is_valid():
        at = timezone.now()
        reasons = reasons_against(lambda: service.start_meeting(found, present=form.people(), by=user, at=at))
        if not reasons:
            messages.success(request, _("会议开始，可以表决。"))
            return redirect("meeting", number)
    return _meeting_page(request, found, form, reasons)


@require_safe
@page
def item(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """The papers of one item, the own vote, the votes by name."""
    return _item_page(request, *_found(request, number, position))


@require_safe
@page
def committee_case(request: HttpRequest, number: str) -> HttpResponse:
    """Leads a member from a case to its newest item on an agenda."""
    row = meeting_room.newest_item(signed_in(request), number)
    return redirect("meeting_item", row.meeting.number, row.position)


@require_POST
@page
def vote(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """One vote of the member who is signed in."""
    found, row = _found(request, number, position)
    form = VoteForm(request.POST, words=found.batch.choice_words, is_secret=_is_secret(found))
    reasons: list[Reason] = []
    if form.is_valid():
        said, user, at = form.cleaned_data, signed_in(request), timezone.now()
        reasons = reasons_against(
            lambda: service.cast_vote(row, choice=said["choice"], remark=said.get("remark", ""), by=user, at=at)
        )
        if not reasons:
            clear_drafts(request, request.path)
            messages.success(request, _("第 %(n)d 项：已表决。") % {"n": position})
            return redirect("meeting_item", number, position)
        if {reason.code for reason in reasons} == {"already_voted"}:
            messages.warning(request, str(reasons[0]))
            return redirect("meeting_item", number, position)
    return _item_page(request, found, row, form, reasons)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def recuse(request: HttpRequest, number: str, position: int) -> HttpResponse:
    """A member steps out of one item; the page is the confirm step."""
    found, row = _found(request, number, position)
    user = signed_in(request)
    if not meeting_room.is_member(found, user):
        raise NotFound(number)
    form = MemberTieForm(request.POST or None, initial=initial_from_drafts(request, request.path))
    reasons: list[Reason] = []
    if request.method == "POST" and form.is_valid():
        at = timezone.now()
        reasons = reasons_against(lambda: service.declare_recusal(row, tie=form.cleaned_data["tie"], by=user, at=at))
        if not reasons:
            clear_drafts(request, request.path)
            messages.success(request, _("第 %(n)d 项：已回避。") % {"n": position})
            return redirect("meeting", number)
    context = frame(request, found) | {"item": row, "form": form}
    return answer(request, "recuse", context, reasons, form)


@require_safe
@page
def evidence(request: HttpRequest, number: str, position: int, pk: int) -> HttpResponse:
    """One evidence file of an item."""
    _meeting, row = _found(request, number, position)
    found = evidence_for(signed_in(request), pk)
    if found.application_id != row.application_id:
        raise NotFound(number)
    return file_answer(found.file, found.name, is_shown="shown" in request.GET)


@require_safe
@page
def reopening_file(request: HttpRequest, number: str, position: int, pk: int) -> HttpResponse:
    """What sent the case of an item back, or with `?statement=` what the applicant handed in with a statement."""
    user = signed_in(request)
    _meeting, row = _found(request, number, position)
    found = sent_back_before(row).filter(pk=pk).first()
    if found is None or not may_read_material(user, case_for(user, row.application.case.number)):
        raise NotFound(number)
    place = request.GET.get("statement", "")
    return file_of_statement(statements_of(found), place) if place else file_answer(found.file, found.file_name)


# --- what the pages show ------------------------------------------------------------------------------------------
def _found(request: HttpRequest, number: str, position: int) -> tuple[Meeting, MeetingItem]:
    user = signed_in(request)
    found = meeting_for(user, number)
    return found, meeting_room.item_for(user, found, position)


def frame(request: HttpRequest, found: Meeting) -> Words:
    """What every page of a meeting shows."""
    user = signed_in(request)
    return {
        "meeting": found,
        "batch_name": batch_name(found.batch),
        "programme": either(found.batch.programme, "name"),
        "may_run": has_power_over(user, Power.CALL_MEETINGS, found.batch),
        "is_member": meeting_room.is_member(found, user),
        "rule": counting.voting_rules(found.batch),
        "lost_signers": signers.lost_signers([found])[found.pk],
        "declinings": signers.declinings(found),
        "heads": list(found.batch.choice_words.values()),
        "request_key": new_request_key(),
    }


def _item_page(
    request: HttpRequest,
    found: Meeting,
    row: MeetingItem,
    form: VoteForm | None = None,
    reasons: list[Reason] | None = None,
) -> HttpResponse:
    user = signed_in(request)
    own = row.votes.filter(member=user).first()
    has_acted = own is None and counting.has_acted(row, user)
    is_pending = meeting_room.is_member(found, user) and own is None and row.voted_at is None and row.is_open
    is_pending = is_pending and not has_acted
    address = request.path if request.path.endswith("/vote/") else f"{request.path}vote/"
    context = frame(request, found) | _papers(request, row) | {
        "item": row,
        "own_vote": own,
        "has_acted": has_acted,
        "may_vote": is_pending and found.state == MeetingState.IN_SESSION,
        "may_step_out": is_pending and not found.minutes,
        "quorum": counting.quorum_of(found),
        "form": form or VoteForm(
            initial=initial_from_drafts(request, address), words=found.batch.choice_words, is_secret=_is_secret(found)
        ),
        "vote_address": address,
        "votes": meeting_room.votes_by_name(row) if meeting_room.may_read_votes(row, user) else None,
        "recusals": meeting_room.recusals_of(row),
        "tally": counting.tally(row),
        "counts": choice_counts(row) if _is_secret(found) and row.voted_at else [],
        "is_secret": _is_secret(found),
        "chair_decides": found.chair_id == user.pk and counting.awaits_chair(row),
    }  # fmt: skip
    return answer(request, "item", context, reasons or [], form)


def _is_secret(found: Meeting) -> bool:
    return found.batch.ballot == BallotKind.SECRET


def _papers(request: HttpRequest, row: MeetingItem) -> Words:
    """Summary, rule score, opened marks, opinion of the district, evidence, what sent it back after earlier minutes."""
    user = signed_in(request)
    case = row.application.case
    application = application_with_material(case)
    panel = panel_room.panel_of(application)
    opened = panel_room.opened_marks(panel) if panel else None
    return {
        "case": case,
        "header": case_header(case, application, at=timezone.now()) | {"owner": ""},
        "score": rule_score(application),
        "marks": opened_table(opened, with_names=may_see_experts(user, case)) if opened else None,
        "first_review": meeting_room.first_review_of(application),
        "visit": visit_of(application),
        "with_names": may_see_experts(user, case),
        "evidence": evidence_groups(application),
        "reopenings": _sent_back(row),
    }


def _sent_back(row: MeetingItem) -> list[Words]:
    """Why the case is here once more: facts and statements, and the meeting whose minutes carry nothing any more."""
    at, found = timezone.now(), []
    for one in sent_back_before(row):
        href = reverse("meeting_reopening_file", args=[row.meeting.number, row.position, one.pk])
        found.append(reopening_words(one, at, file_href=href) | {"former": one.decision.item.meeting})
    return found


def reasons_against(act: Callable[[], Any]) -> list[Reason]:
    """Carry out an act; the reasons against it when it is refused."""
    try:
        act()
    except Denied:
        raise
    except Refusal as refusal:
        return refusal.reasons
    return []


def answer(request: HttpRequest, name: str, context: Words, reasons: list[Reason], form: Any = None) -> HttpResponse:
    """A page of the committee; 422 with every reason when something was refused."""
    faults = bool(reasons or (form is not None and form.errors))
    full = {"request_key": new_request_key()} | context | {"errors": as_errors(reasons), "has_faults": faults}
    return render(request, f"workflows/committee/{name}.html", full, status=422 if faults else 200)
