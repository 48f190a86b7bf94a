"""Delegations on an officer's desk: lend powers to a colleague for a time, take them back, see what is lent to one."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accreditation.acts import Replayed
from accreditation.errors import Denied, Refusal
from accreditation.forms.delegations import DelegationForm
from accreditation.permissions import signed_in
from accreditation.roles import DELEGABLE, ROLES, Power, Role
from accreditation.selectors.delegations import delegation_of, delegations_of
from accreditation.services.delegations import delegate_powers, revoke_delegation
from accreditation.services.drafts import clear_drafts, initial_from_drafts
from accreditation.views.answers import finds, put_reasons, say_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@finds
def delegation_list(request: HttpRequest) -> HttpResponse:
    """What was lent and received, and the form to lend."""
    by, now = signed_in(request), timezone.now()
    form = _form(request)
    if request.method == "POST" and form.is_valid() and _delegate(request, form):
        clear_drafts(request, request.path)
        messages.success(request, _("已委托代办。"))
        return redirect("delegations")
    rows = [
        {
            "row": row,
            "power": DELEGABLE[Power(row.power)],
            "office": ROLES[Role(row.grant.role)].label,
            "is_given": row.delegator_id == by.pk,
            "is_over": row.revoked_at is not None or row.ends_at <= now or row.grant.revoked_at is not None,
            "is_ahead": row.starts_at > now,
        }
        for row in delegations_of(by)
    ]
    context = {"form": form, "rows": rows}
    return render(request, "accreditation/delegations/list.html", context, status=422 if form.is_bound else 200)


def _form(request: HttpRequest) -> DelegationForm:
    by = signed_in(request)
    if request.method == "POST":
        return DelegationForm(request.POST, by=by)
    initial = initial_from_drafts(request, request.path, several=("powers",))
    initial.setdefault("starts_on", timezone.localdate())
    return DelegationForm(initial=initial | {"request_key": secrets.token_urlsafe(16)}, by=by)


def _delegate(request: HttpRequest, form: DelegationForm) -> bool:
    said = form.cleaned_data
    try:
        delegate_powers(
            form.grant(),
            form.chosen(),
            said["delegate"],
            starts_at=form.starts_at(timezone.localdate()),
            ends_at=form.ends_at(),
            reason=said["reason"],
            by=signed_in(request),
            at=timezone.now(),
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
def delegation_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """End one before its time, from either side."""
    by = signed_in(request)
    row = delegation_of(by, pk)
    try:
        revoke_delegation(row, by=by, at=timezone.now())
        messages.success(request, _("代办已提前结束。"))
    except Denied:
        raise
    except Refusal as refusal:
        say_refusal(request, refusal)
    return redirect("delegations")
