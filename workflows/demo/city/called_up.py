"""递补 in the demo: the next in order comes into a place that was given back, by two officers; another one waits."""

from __future__ import annotations

from collections.abc import Mapping

from accreditation.models import Batch, CallingUp, User
from workflows.calling_up import confirm_calling_up, propose_calling_up
from workflows.demo.city.people import COLLEAGUE
from workflows.demo.clock import DemoClock
from workflows.workdays import SHANGHAI

OFFICE = "banshi"
ALLOWED = "示例国家主管部门关于同意递补推荐的函（演示〔{year}〕{n} 号）"  # the letter upward has gone out before


def put_forward(batch: Batch, people: Mapping[str, User], clock: DemoClock) -> CallingUp:
    """By a colleague, so that the office can confirm it."""
    at = clock.minutes(40)
    day = at.astimezone(SHANGHAI).date()
    document = ALLOWED.format(year=day.year, n=batch.ordinal)
    return propose_calling_up(batch, document=document, dated=day, by=people[COLLEAGUE], at=at)


def call_up(batch: Batch, people: Mapping[str, User], clock: DemoClock) -> None:
    """The first in order goes on like those within the quota, and can be recommended in a further letter."""
    confirm_calling_up(put_forward(batch, people, clock), by=people[OFFICE], at=clock.minutes(90))
