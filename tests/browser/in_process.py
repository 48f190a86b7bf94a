"""Pages in the browser without a server: the test itself answers, so that it may stand in a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import copy_context
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from playwright.sync_api import BrowserContext, Route

from tests.attacks.browser import Browser
from tests.attacks.browsing import call

SITE = "http://localhost"
STATIC = "/static/"


class Answers:
    """Answers every request of one browser context as the product does, to the person in front; nothing lasts."""

    def __init__(self, context: BrowserContext) -> None:
        self.person: Client = Browser()
        self._place = copy_context()
        context.route(f"{SITE}/**", self._answer)

    def show(self, person: Client) -> None:
        """From here on this person looks; the product answers in the context of the caller, thus in its transaction."""
        self.person, self._place = person, copy_context()

    def _answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        file = finders.find(parts.path.removeprefix(STATIC)) if parts.path.startswith(STATIC) else None
        if file:
            route.fulfill(path=str(file))
            return
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        answer = self._place.run(self._ask, address, route.request.headers)
        route.fulfill(status=answer.status_code, headers=dict(answer.items()), body=content_of(answer))

    def _ask(self, address: str, headers: Mapping[str, str]) -> HttpResponseBase:
        self.person.defaults["HTTP_ACCEPT_LANGUAGE"] = headers.get("accept-language", "")
        return call(self.person, "get", address)


def content_of(answer: HttpResponseBase) -> bytes:
    """The whole body, of a stream as well."""
    assert isinstance(answer, HttpResponse | StreamingHttpResponse)
    return answer.getvalue()
