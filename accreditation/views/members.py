"""Members of enterprises: the officers' inbox with the proofs, and the enterprise's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accreditation.enums import MemberState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.forms.accounts import ReasonForm
from accreditation.forms.registration import ConfirmForm, EnglishNameForm, InviteForm
from accreditation.selectors import people
from accreditation.selectors.people import person
from accreditation.services import members
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.english_names import state_english_name
from accreditation.services.enterprises import uscc_faults
from accreditation.views.answers import file_answer, finds, put_reasons, say_errors, say_refusal

if TYPE_CHECKING:
    from accreditation.models import Enterprise, Member

ROWS = 20


# --- Officers ---------------------------------------------------------------------------------------------------
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Requests of the officer's scope, oldest first; settled ones on demand."""
    state = MemberState.ACTIVE if request.GET.get("state") == "active" else MemberState.REQUESTED
    rows = people.members_in_scope(person(request)).filter(state=state)
    page = Paginator(rows, ROWS).get_page(request.GET.get("page"))
    return render(request, "accreditation/members/inbox.html", {"page": page, "state": state.value})


@require_safe
@finds
def member(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with what was stated, the proof, and what can be done."""
    row = people.member_for_officer(person(request), pk)
    return _member_page(request, row, _confirm_form(request, row))


def _member_page(request: HttpRequest, row: Member, form: ConfirmForm, status: int = 200) -> HttpResponse:
    context = {
        "member": row,
        "form": form,
        "reason_form": ReasonForm(initial=initial_from_drafts(request, f"{request.path}reject/")),
        "uscc_faults": uscc_faults(row.enterprise.uscc),
        "administrators": people.administrators_of(row.enterprise),
    }
    return render(request, "accreditation/members/member.html", context, status=status)


def _confirm_form(request: HttpRequest, row: Member) -> ConfirmForm:
    kept = {"name": row.enterprise.name, "district": row.enterprise.district}
    return ConfirmForm(
        request.POST if request.method == "POST" else None,
        initial=kept | initial_from_drafts(request, f"{request.path}confirm/"),
        is_first=not people.has_been_confirmed(row.enterprise),
        fails_check=bool(uscc_faults(row.enterprise.uscc)),
    )


@require_safe
@finds
def member_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of authority as it was sent."""
    return _proof(people.member_for_officer(person(request), pk))


def _proof(row: Member) -> HttpResponse:
    if row.proof is None:
        raise NotFound
    return file_answer(row.proof, row.proof_name)


@require_POST
@finds
def member_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm with what the officer read."""
    row = people.member_for_officer(person(request), pk)
    form = _confirm_form(request, row)
    if not form.is_valid():
        return _member_page(request, row, form, status=422)
    try:
        members.confirm_member(row, by=person(request), at=timezone.now(), reading=members.Reading(**form.cleaned_data))
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return _member_page(request, row, form, status=422)
    messages.success(request, _("已确认成员身份。"))
    return redirect("members")


@require_POST
@finds
def member_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """Reject with a reason."""
    row = people.member_for_officer(person(request), pk)
    return _with_reason(request, row, members.reject_member, _("已退回申请。"), back="members")


@require_POST
@finds
def member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End the membership of a person whose authority is over."""
    row = people.member_for_officer(person(request), pk)
    return _with_reason(request, row, members.end_membership, _("已解除成员关系。"), back="members")


def _with_reason(
    request: HttpRequest, row: Member, act: Callable[..., Member], said: str | Promise, *, back: str
) -> HttpResponse:
    form = ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect(back)
    try:
        act(row, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        clear_drafts(request, request.path)
        messages.success(request, str(said))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect(back)


# --- The enterprise itself --------------------------------------------------------------------------------------
@require_safe
def org_members(request: HttpRequest) -> HttpResponse:
    """Colleagues of every enterprise that the person acts for, and what an administrator can do."""
    return _org_page(request, InviteForm(initial=initial_from_drafts(request, f"{request.path}invite/")))


def _org_page(
    request: HttpRequest, form: InviteForm, status: int = 200, *, naming: tuple[int, EnglishNameForm] | None = None
) -> HttpResponse:
    """The page; `naming` is the form of one enterprise's English name that came back with faults."""
    user = person(request)
    own = people.own_enterprises(user)
    ruled = [row.enterprise for row in own if row.state == MemberState.ACTIVE and row.is_administrator]
    context = {
        "own": own,
        "ruled": ruled,
        "names": [(enterprise, _name_form(enterprise, naming)) for enterprise in ruled],
        "naming": naming[1] if naming else None,
        "rows": people.fellow_members(user),
        "form": form,
    }
    return render(request, "accreditation/members/organisation.html", context, status=status)


@require_safe
@finds
def org_member_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof sent by a person who asks to join one's own enterprise."""
    return _proof(people.member_for_administrator(person(request), pk))


@require_POST
@finds
def org_member_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """The administrator lets a colleague in."""
    row = people.member_for_administrator(person(request), pk)
    return _plain_act(request, lambda: members.confirm_member(row, by=person(request), at=timezone.now()))


@require_POST
@finds
def org_member_hand_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Another member becomes administrator in one's own stead."""
    row = people.member_for_administrator(person(request), pk)
    return _plain_act(request, lambda: members.hand_over(row, by=person(request), at=timezone.now()))


def _plain_act(request: HttpRequest, act: Callable[[], Member]) -> HttpResponse:
    try:
        act()
        messages.success(request, _("已办理。"))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("org_members")


@require_POST
@finds
def org_member_reject(request: HttpRequest, pk: int) -> HttpResponse:
    """The administrator turns a request down."""
    row = people.member_for_administrator(person(request), pk)
    return _with_reason(request, row, members.reject_member, _("已退回申请。"), back="org_members")


@require_POST
@finds
def org_member_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave, or end the membership of a colleague."""
    row = people.member_to_end(person(request), pk)
    return _with_reason(request, row, members.end_membership, _("已解除成员关系。"), back="org_members")


@require_POST
@finds
def org_member_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an account for a colleague."""
    enterprise = people.administered_enterprise(person(request), pk)
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _org_page(request, form, status=422)
    members.invite_member(enterprise, by=person(request), at=timezone.now(), **form.cleaned_data)
    clear_drafts(request, request.path)
    messages.success(request, _("已发送邀请邮件。"))
    return redirect("org_members")


def _name_form(enterprise: Enterprise, naming: tuple[int, EnglishNameForm] | None) -> EnglishNameForm:
    if naming is not None and naming[0] == enterprise.pk:
        return naming[1]
    return EnglishNameForm(initial={"name_en": enterprise.name_en}, auto_id=f"id_%s_{enterprise.pk}")


@require_POST
@finds
def org_english_name(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprise states its English name."""
    enterprise = people.administered_enterprise(person(request), pk)
    form = EnglishNameForm(request.POST, auto_id=f"id_%s_{pk}")
    if form.is_valid():
        try:
            state_english_name(enterprise, form.cleaned_data["name_en"], by=person(request), at=timezone.now())
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
    if form.errors:
        return _org_page(request, InviteForm(), status=422, naming=(pk, form))
    messages.success(request, _("已办理。"))
    return redirect("org_members")
