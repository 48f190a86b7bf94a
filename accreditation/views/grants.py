"""Role grants for the security officer, accounts of staff for the operator."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.forms.accounts import PersonForm, ReasonForm
from accreditation.forms.grants import GrantForm, GroundForm
from accreditation.permissions import has_power
from accreditation.roles import ROLES, Power, Role
from accreditation.selectors import people
from accreditation.selectors.people import person
from accreditation.services import accounts, grant_proposals, grants
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.services.second_factor import clear_second_factor
from accreditation.views.answers import finds, put_reasons, say_errors, say_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@finds
def grant_list(request: HttpRequest) -> HttpResponse:
    """Standing and past grants with who, when and on which ground; the form to give one."""
    form = _grant_form(request)
    if request.method == "POST" and form.is_valid() and _grant(request, form):
        clear_drafts(request, request.path)
        messages.success(request, _("已提请授予，待另一位安全管理员复核。"))
        return redirect("grants")
    context = {
        "form": form,
        "rows": [(ROLES[Role(row.role)].label, row) for row in people.all_grants()],
        "proposals": [(ROLES[Role(row.role)].label, row) for row in people.unfulfilled_proposals()],
    }
    return render(request, "accreditation/grants/list.html", context, status=422 if form.is_bound else 200)


def _grant_form(request: HttpRequest) -> GrantForm:
    if request.method == "POST":
        return GrantForm(request.POST, by=person(request))
    initial = initial_from_drafts(request, request.path) | {"request_key": secrets.token_urlsafe(16)}
    return GrantForm(initial=initial, by=person(request))


def _grant(request: HttpRequest, form: GrantForm) -> bool:
    said = form.cleaned_data
    try:
        grant_proposals.propose_grant(
            said["user"],
            form.role_chosen(),
            by=person(request),
            at=timezone.now(),
            ground=said["ground"],
            district=said["district"],
            expertise=form.expertise(),
            request_key=said["request_key"] or None,
        )
    except Replayed:
        return True
    except Denied:
        raise
    except Refusal as refusal:
        put_reasons(form, refusal)
        return False
    return True


@require_POST
@finds
def grant_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the role that another security officer proposed."""
    row = people.grant_proposal(pk)
    try:
        grant_proposals.confirm_grant(row, by=person(request), at=timezone.now())
        messages.success(request, _("已授予角色。"))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("grants")


@require_POST
@finds
def grant_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave the proposal of another security officer without effect."""
    row = people.grant_proposal(pk)
    return _on_ground(
        request,
        lambda ground: grant_proposals.decline_grant(row, by=person(request), at=timezone.now(), reason=ground),
        _("已记为不予授予。"),
        back="grants",
    )


@require_POST
@finds
def grant_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a role from another person."""
    row = people.grant(pk)
    return _on_ground(
        request,
        lambda ground: grants.revoke_role(row, by=person(request), at=timezone.now(), ground=ground),
        _("已撤销角色。"),
        back="grants",
    )


@require_POST
@finds
def second_factor_clear(request: HttpRequest, pk: int) -> HttpResponse:
    """A person who lost the phone and the recovery codes sets both up again."""
    row = people.account(pk)
    return _on_ground(
        request,
        lambda ground: clear_second_factor(row, by=person(request), at=timezone.now(), ground=ground),
        _("已重置动态验证码。"),
        back="people",
    )


def _on_ground(request: HttpRequest, act: Callable[[str], object], said: str | Promise, *, back: str) -> HttpResponse:
    form = GroundForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect(back)
    try:
        act(form.cleaned_data["ground"])
        messages.success(request, str(said))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect(back)


# --- Accounts of staff ------------------------------------------------------------------------------------------
@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    """Every account; the operator opens and closes them, the security officer clears a lost second factor."""
    return _people_page(request, PersonForm(initial=initial_from_drafts(request, request.path)))


def _people_page(request: HttpRequest, form: PersonForm, status: int = 200) -> HttpResponse:
    user = person(request)
    context = {
        "rows": people.accounts(),
        "form": form,
        "may_open": has_power(user, Power.OPERATE),
        "may_clear": has_power(user, Power.GRANT_ROLES),
    }
    return render(request, "accreditation/grants/people.html", context, status=status)


@require_POST
@finds
def person_create(request: HttpRequest) -> HttpResponse:
    """Open an account without roles."""
    form = PersonForm(request.POST)
    if form.is_valid():
        try:
            accounts.create_account(by=person(request), at=timezone.now(), **form.cleaned_data)
        except Denied:
            raise
        except Refusal as refusal:
            put_reasons(form, refusal)
        else:
            messages.success(request, _("账号已开通，设置密码的邮件将发出。"))
            return redirect("people")
    return _people_page(request, form, status=422)


@require_POST
@finds
def person_close(request: HttpRequest, pk: int) -> HttpResponse:
    """Close an account."""
    row = people.account(pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("people")
    try:
        accounts.close_account(row, by=person(request), at=timezone.now(), reason=form.cleaned_data["reason"])
        messages.success(request, _("账号已停用。"))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("people")
