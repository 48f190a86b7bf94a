"""One inbox page in a small and in a large season: SQL statements, CPU time, and how it grows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.test import Client
from django.urls import reverse

from accreditation.models import User
from bench.figures import Figure
from bench.scale import Scale
from bench.season import Season
from bench.timing import counted, cpu_ms
from tests.clock import MONDAY
from tests.factories.browser import log_in
from workflows.calendar import current_calendar
from workflows.worklists import inbox as read_inbox

# A hundred times as many cases; sorting by due date looks at every waiting task, so some growth is the price.
GROWTH_LIMIT = 4
PAGES = {"district": "district_inbox", "office": "office_inbox"}


@dataclass(frozen=True, slots=True)
class Cost:
    """What one page took: statements, CPU milliseconds; how much it had to show."""

    statements: int
    cpu: float
    amount: str


def inbox(scale: Scale) -> Iterator[Figure]:
    """The list behind the page and the page itself, for a district officer and for the municipal office."""
    season = Season(MONDAY)
    season.grow(scale.few)
    small = measured(season, scale)
    season.grow(scale.many)
    large = measured(season, scale)
    for name, most, slowest in (
        ("inbox.district", 8, 60),
        ("inbox.office", 8, 150),
        ("page.district", 20, 150),
        ("page.office", 25, 250),
    ):
        yield from _figures(name, small[name], large[name], scale, most, slowest)


def _figures(name: str, small: Cost, large: Cost, scale: Scale, most: int, slowest: float) -> Iterator[Figure]:
    remark = f"{scale.many} cases, {large.amount}"
    same = "" if small.statements == large.statements else f"; with {scale.few} cases {small.statements}"
    yield Figure(f"{name}.statements", large.statements, "statements", most, remark + same)
    yield Figure(f"{name}.cpu", large.cpu, "ms CPU", slowest, remark)
    growth = f"{scale.many} to {scale.few} cases: {large.cpu:.1f} to {small.cpu:.1f} ms"
    yield Figure(f"{name}.growth", large.cpu / small.cpu, "x small", GROWTH_LIMIT, growth)


def measured(season: Season, scale: Scale) -> dict[str, Cost]:
    """Cost of the first page for both officers, as a list and over HTTP."""
    people = {"district": season.cast.pudong, "office": season.cast.office}
    works: dict[str, Callable[[], str]] = {f"inbox.{desk}": first_page(person) for desk, person in people.items()}
    works |= {f"page.{desk}": over_http(person, PAGES[desk]) for desk, person in people.items()}
    found = {name: once(work) for name, work in works.items()}
    times = cpu_ms(works, scale.rounds)
    return {name: Cost(statements, times[name], amount) for name, (statements, amount) in found.items()}


def once(work: Callable[[], str]) -> tuple[int, str]:
    """Statements of the second call, the first having filled what a process keeps; and what the call answers."""
    work()
    with counted() as statements:
        answer = work()
    return statements.count, answer


def first_page(person: User) -> Callable[[], str]:
    """The list as the pages read it, the calendar of working days included."""

    def read() -> str:
        rows, waiting = read_inbox(person, calendar=current_calendar(), at=MONDAY)
        if not rows:
            raise ValueError(f"nothing waits for {person}")
        return f"{waiting} tasks wait"

    return read


def over_http(person: User, url_name: str) -> Callable[[], str]:
    """The whole page through the middleware, to the last byte of HTML."""
    client, address = log_in(Client(), person), reverse(url_name)

    def get() -> str:
        response = client.get(address)
        if response.status_code != 200:
            raise ValueError(f"{address} answered {response.status_code}")
        return f"{len(response.content) / 1024:.0f} KiB of HTML"

    return get
