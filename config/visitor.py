"""The visitor's own network address behind trusted proxies: rate limits would otherwise count everybody as one."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class VisitorAddressMiddleware:
    """Puts the address that the outermost trusted proxy saw where the site looks for it.

    Each proxy appends the address it saw to X-Forwarded-For; whatever stands before the trusted ones is the visitor's
    own invention and is not believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        address = visitor_address(request.META.get("HTTP_X_FORWARDED_FOR", ""), settings.TRUSTED_PROXY_COUNT)
        if address:
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)


def visitor_address(forwarded_for: str, proxies: int) -> str:
    """The address that the outermost of so many proxies saw; "" when there is none, or too few stand in the header."""
    seen = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    return seen[-proxies] if 0 < proxies <= len(seen) else ""
