"""The work list: its order, its pages, and counts that agree with what each filter lists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from viewflow.workflow.models import Task

from accreditation.clocks import DeadlineState
from accreditation.models import Case
from accreditation.roles import Power
from bench.timing import counted
from tests.clock import MONDAY
from tests.factories.cast import Cast, filed_case, make_cast
from workflows.assignments import take
from workflows.calendar import current_calendar
from workflows.worklists import Urgency, WorkItem, desk_tasks, inbox, inbox_counts, waiting_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POWERS = (Power.REVIEW_FIRST, Power.RUN_LOCALLY)
EVENING = datetime.combine(MONDAY.date(), datetime.max.time(), MONDAY.tzinfo).replace(microsecond=0)
DUE = (EVENING, MONDAY - timedelta(minutes=1), None)


@pytest.fixture
def cast(settings: LazySettings) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(MONDAY)


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    """Three of one district: due today, overdue and taken up, without a clock."""
    cast.enterprises[1].district = cast.enterprises[0].district
    cast.enterprises[1].save()
    found = [filed_case(cast, n) for n in range(3)]
    for case, due in zip(found, DUE, strict=True):
        if due is None:
            case.deadlines.update(state=DeadlineState.MET, settled_at=MONDAY)
        else:
            case.deadlines.update(due_at=due)
    take(found[1], by=cast.pudong, at=MONDAY)
    return found


def read(cast: Cast, **asked: Any) -> tuple[list[WorkItem], int]:
    return inbox(cast.pudong, calendar=current_calendar(), at=MONDAY, powers=POWERS, **asked)


def test_most_urgent_come_first_and_those_without_a_clock_last(cast: Cast, cases: list[Case]) -> None:
    rows, total = read(cast)
    assert [row.case for row in rows] == [cases[1], cases[0], cases[2]]
    assert total == 3
    assert [row.is_mine for row in rows] == [True, False, False]


def test_pages_follow_one_another_and_one_beyond_the_last_still_knows_how_many(cast: Cast, cases: list[Case]) -> None:
    everything = [row.task.pk for row in read(cast)[0]]
    for start in range(3):
        rows, total = read(cast, start=start, size=2)
        assert ([row.task.pk for row in rows], total) == (everything[start : start + 2], 3)
    assert read(cast, start=20) == ([], 3)
    assert read(cast, words="nobody") == ([], 0)


def test_counts_agree_with_what_each_filter_lists(cast: Cast, cases: list[Case]) -> None:
    counts = inbox_counts(cast.pudong, at=MONDAY, powers=POWERS)
    assert counts == {"all": 3, "overdue": 1, "today": 1, "past_goal": 0, "unclaimed": 2}
    assert {kind.value: read(cast, urgency=kind)[1] for kind in Urgency} == {
        kind: n for kind, n in counts.items() if kind != "all"
    }
    assert inbox_counts(cast.jiading, at=MONDAY, powers=POWERS) == dict.fromkeys(counts, 0)


def test_tasks_of_a_desk_are_among_all_that_wait(cast: Cast, cases: list[Case]) -> None:
    waiting = set(waiting_tasks(cast.pudong))
    assert set(desk_tasks(cast.pudong)) == waiting
    assert set(desk_tasks(cast.pudong, POWERS)) == waiting
    assert set(desk_tasks(cast.pudong, [Power.VOTE])) == set[Task]()


def test_three_rows_take_as_many_statements_as_one(cast: Cast, cases: list[Case]) -> None:
    with counted() as three:
        assert len(read(cast)[0]) == 3
    with counted() as one:
        assert len(read(cast, words=cases[0].number)[0]) == 1
    assert three.count == one.count
