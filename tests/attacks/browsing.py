"""Calls of the site that leave no trace: each in a savepoint, with the cookies put back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase
from django.urls import resolve, reverse

from tests.attacks.browser import Browser
from tests.attacks.table import METHODS, Row
from tests.attacks.world import ROLES, SIDES, World

FORM = {"csrfmiddlewaretoken": "sent by every browser"}


def call(browser: Browser, method: str, address: str, form: Mapping[str, Any] | None = None) -> HttpResponseBase:
    """The answer; nothing that the call changed lasts, neither rows nor cookies."""
    cookies = browser.cookies.output()
    kept = SimpleCookie(browser.cookies)
    with transaction.atomic():
        answer = browser.get(address) if method == "get" else browser.post(address, FORM | dict(form or {}))
        transaction.set_rollback(True)
    if browser.cookies.output() != cookies:
        browser.cookies = kept
    return answer


def said(answer: HttpResponseBase) -> int | str:
    """The status, or the page of the account that the person is sent to first."""
    if answer.status_code == 302:
        path = urlsplit(answer["Location"]).path
        for word, name in (("login", "account_login"), ("second factor", "second_factor")):
            if path == reverse(name) and "?next=" in answer["Location"]:
                return word
    return answer.status_code


def addresses(row: Row, world: World) -> dict[str, str]:
    """The address for both sides; for one side only where it names nobody's object."""
    samples = world.samples()
    chosen = {side: {key: _value(text, samples, side) for key, text in row.args.items()} for side in SIDES}
    found = {side: address(row, values) for side, values in chosen.items()}
    return found if found["own"] != found["other"] else {"own": found["own"]}


def address(row: Row, values: Mapping[str, Any]) -> str:
    """The address with these values; it must lead to the pattern of that name and to no other."""
    made = row.path.format(**values) if row.path else reverse(row.name, kwargs=dict(values))
    assert resolve(made).view_name == row.name, f"{made} does not lead to {row.name}"
    return made


def _value(text: str, samples: Mapping[str, Mapping[str, Any]], side: str) -> Any:
    if text.startswith("="):
        return text[1:]
    return samples[text][side]


def wrong_cells(row: Row, world: World) -> list[str]:
    """Cells of the table that the site answers otherwise."""
    faults = []
    for side, made in addresses(row, world).items():
        for role in ROLES:
            for method in METHODS:
                answer = call(world.browsers[role], method, made)
                got, wanted = said(answer), row.expected(role, side, method)
                if got != wanted:
                    faults.append(f"{method.upper()} {made} ({row.name}) {role}, {side}: {got}, table says {wanted}")
                lost = lost_places(answer) if method == "get" else []
                faults += [f"{made} ({row.name}) {role}, {side}: no place #{name}" for name in lost]
    return faults


def lost_places(answer: HttpResponseBase) -> list[str]:
    """Links to places in a page that the page does not have."""
    if not isinstance(answer, HttpResponse) or "text/html" not in answer.headers.get("Content-Type", ""):
        return []
    text = answer.content.decode()
    return sorted(set(re.findall(r'href="#([^"]+)"', text)) - set(re.findall(r'\sid="([^"]+)"', text)))
