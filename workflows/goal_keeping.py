"""Goals of cases that came into their state before it had one, as when the product or the rules are renewed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from accreditation.acts import act
from accreditation.clocks import BESIDE
from accreditation.models import Case, Deadline
from workflows.deadlines import OPEN, begin_goal
from workflows.goals import goal_of, shipped_goals
from workflows.tick import clock_person

BEGIN_GOAL = "begin_goal"


def begin_missing(at: datetime, limit: int = 200) -> int:
    """Begin them from now on, so that none is missed before it began; returns in how many cases.

    Each case is one act; one that moved on meanwhile is left alone.
    """
    wanted = [case for case in _without_clock() if goal_of(case.procedure, case.state, case.batch)]
    return sum(_begin(case, at) for case in wanted[:limit])


def _without_clock() -> QuerySet[Case]:
    known = Q(pk__in=[])
    for edition, states in shipped_goals().items():
        known |= Q(procedure=edition, state__in=list(states))
    clocks = Deadline.objects.filter(case=OuterRef("pk"), state__in=OPEN).exclude(kind__in=BESIDE)
    return Case.objects.filter(known, ~Exists(clocks), closed_at=None).select_related("batch__rule_set").order_by("pk")


class _Begun(Exception):
    """Somebody was faster; there is nothing to record."""


def _begin(case: Case, at: datetime) -> bool:
    try:
        with act(case, BEGIN_GOAL, by=clock_person(), at=at, acting_as="clock") as doing:
            row = doing.chain
            assert isinstance(row, Case)
            goal = begin_goal(row, at=at)
            if goal is None:
                raise _Begun
            doing.note(due_goal=goal.due_at.isoformat(), provisional_goal=goal.is_provisional)
    except _Begun:
        return False
    return True
