"""Log-in, the second factor, recovery codes, what a person can do about the own account."""

from __future__ import annotations

from typing import Any

import segno
from allauth.account import views as allauth_views
from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import clear_totp_secret, get_totp_secret
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accreditation.errors import Refusal
from accreditation.forms.accounts import SecondFactorForm
from accreditation.permissions import has_second_factor, standing_grants
from accreditation.roles import ROLES, Role
from accreditation.seeds.accounts import demo_groups
from accreditation.selectors.people import own_enterprises, person
from accreditation.services import second_factor as factor

SHOW_CODES_KEY = "shows_recovery_codes"


class LoginView(allauth_views.LoginView):  # type: ignore[misc]  # allauth has no types
    """allauth's page; in demo mode with the demo accounts as buttons."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The demo accounts only where the site is a demo."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        groups = demo_groups() if settings.ACCREDITATION_DEMO else []
        wanted = wanted_address(self.request)
        return context | {"demo_groups": groups, "wanted": wanted, "next": next_address(self.request)}


def wanted_address(request: HttpRequest) -> str:
    """The address of this site that the request names as the next one; empty where it names none."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def next_address(request: HttpRequest) -> str:
    """Where to go on: an address of this site that the request names, else the first page."""
    return wanted_address(request) or "/"


@never_cache
@sensitive_post_parameters("one_time_code")
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or set the authenticator up first."""
    if has_second_factor(request):
        return redirect(next_address(request))
    sets_up = not factor.has_authenticator(request.user)
    form = SecondFactorForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _code_is_right(request, form, sets_up):
        factor.open_session(request, at=timezone.now())
        if not sets_up:
            return redirect(next_address(request))
        request.session[SHOW_CODES_KEY] = next_address(request)
        return redirect("recovery_codes")
    context = {"form": form, "next": next_address(request), "sets_up": sets_up}
    return render(request, "accreditation/accounts/second_factor.html", context | _set_up_context(request, sets_up))


def _code_is_right(request: HttpRequest, form: SecondFactorForm, sets_up: bool) -> bool:
    user, code = person(request), form.cleaned_data["one_time_code"]
    if not factor.may_try(request, user):
        form.add_error(None, _("尝试次数过多，请五分钟后再试。"))
        return False
    try:
        is_right = _set_up(request, code) if sets_up else factor.accept_code(user, code, at=timezone.now())
    except Refusal as refusal:
        form.add_error(None, str(refusal.reasons[0]))
        return False
    if not is_right:
        form.add_error("one_time_code", _("验证码不正确，或已使用过。请等待新的验证码再试。"))
    return is_right


def _set_up(request: HttpRequest, code: str) -> bool:
    is_right = factor.set_up(person(request), get_totp_secret(), code, at=timezone.now())
    if is_right:
        clear_totp_secret(request)
    return is_right


def _set_up_context(request: HttpRequest, sets_up: bool) -> dict[str, Any]:
    """Secret and its picture; the same secret until it is set up, so that a reload or a wrong code changes nothing."""
    if not sets_up:
        return {}
    secret = get_totp_secret()
    picture = segno.make(get_adapter().build_totp_url(request.user, secret), error="m", micro=False)
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"secret": groups, "picture": picture.svg_data_uri(scale=5, border=4, light="#fff")}


@never_cache
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show new recovery codes once; a POST makes new ones."""
    if not factor.has_authenticator(request.user):
        return redirect("account_security")
    if request.method == "POST":
        factor.renew_recovery_codes(person(request))
        request.session[SHOW_CODES_KEY] = "/"
        return redirect("recovery_codes")
    onward = request.session.pop(SHOW_CODES_KEY, None)
    if onward is None:
        return redirect("account_security")
    codes = factor.unused_recovery_codes(person(request))
    return render(request, "accreditation/accounts/recovery_codes.html", {"codes": codes, "onward": onward})


@require_safe
def account_security(request: HttpRequest) -> HttpResponse:
    """What the account may do and how it is protected."""
    user = person(request)
    context = {
        "has_authenticator": factor.has_authenticator(user),
        "codes_left": len(factor.unused_recovery_codes(user)),
        "grants": [(ROLES[Role(row.role)].label, row) for row in standing_grants(user)],
        "memberships": own_enterprises(user),
    }
    return render(request, "accreditation/accounts/security.html", context)
