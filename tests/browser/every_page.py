"""One page of each address of the site: who opens it in which world, which address has none, what each must pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.http import HttpResponseBase
from django.test import Client
from playwright.sync_api import Page

from tests.attacks.browsing import address, addresses
from tests.attacks.table import Row, load
from tests.attacks.world import ROLES, SIDES, World
from tests.browser.checks import WIDTHS, check_axe, check_width, watch_of
from tests.browser.in_process import SITE, Answers

WITHOUT_PAGE = Path(__file__).with_name("without_page.yaml")
WIDE, NARROW = WIDTHS
OK, HTML = 200, "text/html"
HEIGHT = 900
SPECIMENS = {"styleguide"}  # shows the head of a page among its components
TABLE: Mapping[str, Row] = load()
HEAD = """() => ({
  language: document.documentElement.lang,
  title: document.title.trim(),
  headings: Array.from(document.querySelectorAll('h1')).map(each => each.textContent.trim()),
})"""


@dataclass(frozen=True)
class Visit:
    """A page of an address name, as this person opens it."""

    name: str
    person: Client
    address: str


def without_page() -> dict[str, str]:
    """The reason of every address name that shows no page, by hand; ValueError where one has two reasons."""
    reasons: dict[str, str] = {}
    for reason, names in yaml.safe_load(WITHOUT_PAGE.read_text(encoding="utf-8")).items():
        if twice := reasons.keys() & set(names):
            raise ValueError(f"two reasons: {sorted(twice)}")
        reasons |= dict.fromkeys(names, reason)
    return reasons


def may_be_seen(row: Row) -> bool:
    """Whether the table of access lets anybody of its world see that page."""
    return any(row.expected(role, side, "get") == OK for role in ROLES for side in SIDES)


def visit_in(world: World, row: Row) -> Visit:
    """By the first person whom the table of access lets see that page; there must be one."""
    for side, made in addresses(row, world).items():
        for role in ROLES:
            if row.expected(role, side, "get") == OK:
                return Visit(row.name, world.browsers[role], made)
    raise LookupError(row.name)


def visit_to(name: str, person: Client, **values: object) -> Visit:
    """Where a scene of its own knows who may open what."""
    return Visit(name, person, address(TABLE[name], values))


def is_page(answer: HttpResponseBase) -> bool:
    """Whether a person reads it in the browser."""
    return answer.status_code == OK and answer.headers.get("Content-Type", "").startswith(HTML)


def faults_of(page: Page, answers: Answers, visit: Visit) -> list[str]:
    """Everything that is wrong with the page, wide and narrow."""
    answers.show(visit.person)
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    came = page.goto(SITE + visit.address, wait_until="load")
    shows_page = came is not None and came.status == OK and came.headers.get("content-type", "").startswith(HTML)
    checks = (_head, _axe, _narrow, _quiet) if shows_page else (_quiet,)
    faults = [] if shows_page else [f"no page at {visit.address}"]
    for check in checks:
        try:
            check(page, visit.name)
        except AssertionError as fault:
            faults.append(str(fault))
    return [f"{visit.name}: {fault}" for fault in faults]


def _head(page: Page, name: str) -> None:
    """Language, title and one heading."""
    head = page.evaluate(HEAD)
    assert head["language"] == "zh-CN", f"declares language {head['language']!r}"
    assert head["title"], "has no title"
    assert name in SPECIMENS or len(head["headings"]) == 1, f"has these headings h1: {head['headings']}"


def _axe(page: Page, _name: str) -> None:
    check_axe(page, WIDE)


def _narrow(page: Page, _name: str) -> None:
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    check_width(page, NARROW)


def _quiet(page: Page, _name: str) -> None:
    watch_of(page).check()
