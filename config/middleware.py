"""Default deny: a view whose URL name has no policy in the access table is refused."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accreditation.models import User
from accreditation.permissions import has_second_factor
from accreditation.remembered_holdings import remembering
from accreditation.services.drafts import hold_post, page_of, remember_person
from accreditation.services.second_factor import needs_second_factor
from config.access import ACCESS
from config.policies import Policy
from config.refusals import keep_refusal

READING = frozenset({"GET", "HEAD"})  # answered without an act: powers read once hold for the page
ANY_TEXT = frozenset({"certificates:scanned", "certificates:shown"})  # judge what is given before a register is asked


class AccessMiddleware:
    """Looks up the policy of the resolved URL name before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with remembering() if request.method in READING else nullcontext():
            response = self.get_response(request)
        policy = policy_of(request)
        if policy is not None and not policy.is_public and isinstance(request.user, User):
            remember_person(request, response, request.user)
        keep_refusal(request, response)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view run; anything else is the answer. What no text of a database holds names no row."""
        if _view_name(request) not in ANY_TEXT and any("\0" in part for part in kwargs.values() if type(part) is str):
            raise Http404
        policy = policy_of(request)
        if policy is None:
            return render(request, "403.html", {"undeclared": True}, status=403)
        return refuse(request, policy)


def policy_of(request: HttpRequest) -> Policy | None:
    """The policy of the address asked for; None when it has none or is no address of the site."""
    return ACCESS.get(_view_name(request))


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name or "" if match else ""


def refuse(request: HttpRequest, policy: Policy) -> HttpResponse | None:
    """The refusal that the policy asks for, or None."""
    if policy.demo_only and not settings.ACCREDITATION_DEMO:
        raise Http404
    if policy.is_public:
        return None
    if not request.user.is_authenticated:
        return ask_to_log_in(request)
    if not policy.allows(request):
        return render(request, "403.html", status=403)
    if lacks_second_factor(request, policy):
        return send_to(request, f"{reverse('second_factor')}?next={quote(request.get_full_path())}")
    return None


def lacks_second_factor(request: HttpRequest, policy: Policy) -> bool:
    """Whether the page, or the person who asks for it, needs a second factor that this session does not have."""
    if policy.before_second_factor or has_second_factor(request):
        return False
    return policy.needs_second_factor or needs_second_factor(request.user)


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in page and back; what was posted is held for the person who typed it."""
    if request.method == "POST":
        page = hold_post(request).address
    else:
        page = page_of(request) if is_by_script(request) else request.get_full_path()
    return send_to(request, f"{reverse('account_login')}?next={quote(page)}")


def send_to(request: HttpRequest, address: str) -> HttpResponse:
    """Scripts get 401 with the address, so that nothing is swapped into the page; people are redirected."""
    return JsonResponse({"login": address}, status=401) if is_by_script(request) else redirect(address)


def is_by_script(request: HttpRequest) -> bool:
    """Whether a script of ours asks, not the browser itself."""
    return bool(request.headers.get("HX-Request")) or request.headers.get("X-Requested-With") == "fetch"
