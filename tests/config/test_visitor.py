"""The visitor's address behind proxies: no proxy believed by default, nothing invented believed ever."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.http import HttpRequest, HttpResponse

from config.visitor import VisitorAddressMiddleware, visitor_address


@pytest.mark.parametrize(
    ("header", "proxies", "address"),
    [
        ("203.0.113.7", 0, ""),
        ("203.0.113.7", 1, "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7", 1, "203.0.113.7"),
        ("10.9.9.9, 203.0.113.7, 192.0.2.1", 2, "203.0.113.7"),
        ("203.0.113.7", 2, ""),
        ("", 1, ""),
        (" , ", 1, ""),
    ],
)
def test_address_is_the_one_that_the_outermost_trusted_proxy_saw(header: str, proxies: int, address: str) -> None:
    assert visitor_address(header, proxies) == address


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "203.0.113.7")])
def test_site_sees_the_visitor_only_through_trusted_proxies(settings: LazySettings, proxies: int, address: str) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    seen: list[str] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    request = HttpRequest()
    request.META = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.9.9.9, 203.0.113.7"}
    VisitorAddressMiddleware(view)(request)
    assert seen == [address]
