"""Default deny: a view whose URL name has no policy in the access table is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from accreditation.permissions import has_second_factor
from config.access import ACCESS, Policy


class AccessMiddleware:
    """Looks up the policy of the resolved URL name before the view runs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        """None lets the view run; anything else is the answer."""
        match = request.resolver_match
        policy = ACCESS.get(match.view_name) if match and match.view_name else None
        if policy is None:
            return render(request, "403.html", {"undeclared": True}, status=403)
        return refuse(request, policy)


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
    if policy.needs_second_factor and not has_second_factor(request):
        return redirect(f"{reverse('second_factor')}?next={quote(request.get_full_path())}")
    return None


def ask_to_log_in(request: HttpRequest) -> HttpResponse:
    """Scripts get 401 with the address, so that nothing is swapped into the page; people get the log-in page."""
    address = f"{reverse('account_login')}?next={quote(request.get_full_path())}"
    if request.headers.get("HX-Request") or request.headers.get("X-Requested-With") == "fetch":
        return JsonResponse({"login": address}, status=401)
    return redirect(address)
