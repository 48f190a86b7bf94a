"""Ladders of reminders: a row for every kind of clock, days by hand, somebody above every desk."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace

import pytest

from accreditation.clocks import DeadlineKind
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power
from workflows.calendar import _package_year
from workflows.ladders import ABOVE, AHEAD, LADDERS, OF_A_PARTY, OF_AN_AUTHORITY, ladder_of
from workflows.nodes import Desk
from workflows.procedures import PROCEDURES
from workflows.subjects import APPLICATION
from workflows.workdays import SHANGHAI, WorkCalendar

DAYS = {
    date(2026, 3, 16): ["2026-03-09", "2026-03-12", "2026-03-16", "2026-03-17", "2026-03-18", "2026-03-23"],
    # 15 to 23 February are off, the Saturdays 14 and 28 make up
    date(2026, 2, 24): ["2026-02-10", "2026-02-13", "2026-02-24", "2026-02-25", "2026-02-26", "2026-03-02"],
    # 25 to 27 September and 1 to 7 October are off, Saturday 10 October makes up
    date(2026, 10, 9): ["2026-09-24", "2026-09-30", "2026-10-09", "2026-10-10", "2026-10-12", "2026-10-15"],
}


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    days = {day: working for day, working, _name in _package_year(2026) or []}
    return WorkCalendar(days, frozenset({2026}))


@pytest.mark.parametrize("last", DAYS)
def test_steps_fall_on_working_days_around_the_last_one(calendar: WorkCalendar, last: date) -> None:
    found = [step.day(last, calendar) for step in OF_AN_AUTHORITY]
    assert [calendar.left(day, last) for day in found[:3]] == [5, 2, 0]
    assert all(calendar.is_working(day) for day in found)
    assert sorted(found) == found
    assert [day.isoformat() for day in found] == DAYS[last]


def test_last_day_on_a_holiday_is_told_on_that_day_and_before_it_on_working_days(calendar: WorkCalendar) -> None:
    sunday = date(2026, 3, 15)  # of a clock in calendar days
    assert [step.day(sunday, calendar) for step in AHEAD] == [date(2026, 3, 6), date(2026, 3, 11), sunday]


def test_step_is_due_when_the_offices_open(calendar: WorkCalendar) -> None:
    assert AHEAD[0].instant(date(2026, 3, 16), calendar) == datetime(2026, 3, 9, 8, 30, tzinfo=SHANGHAI)


def test_every_kind_of_clock_has_its_ladder_written_down() -> None:
    assert set(LADDERS) == set(DeadlineKind.values)


def test_kind_from_a_later_version_is_a_partys_where_its_clock_acts_by_itself() -> None:
    assert ladder_of("later", "lapse") == OF_A_PARTY
    assert ladder_of("later", "") == OF_AN_AUTHORITY


def test_codes_are_unique_and_audiences_only_rise() -> None:
    order = list(ReminderAudience)
    for ladder in LADDERS.values():
        assert len({step.code for step in ladder}) == len(ladder)
        offsets = [step.offset for step in ladder]
        assert offsets == sorted(set(offsets))
        ranks = [order.index(step.audience) for step in ladder]
        assert ranks == sorted(ranks)


def test_somebody_stands_above_every_desk_of_an_authority() -> None:
    forwarder = SimpleNamespace(forwarder=SimpleNamespace(district="town"))
    case = SimpleNamespace(enterprise_id=1, district="310115", application=forwarder)
    activation = SimpleNamespace(process=SimpleNamespace(case=case))
    keys = {
        node._owner_permission(activation)
        for each in PROCEDURES.values()
        for node in each.flow.instance.nodes()
        if isinstance(node, Desk) and each.subject is APPLICATION
    }
    powers = {key.partition(":")[0] for key in keys} - {"applicant"}
    assert {"review_first", "check_completeness", "run_locally"} <= powers
    assert {Power(power) for power in powers} | {Power.PREPARE_ORDERS, Power.MAKE_ORDERS} <= set(ABOVE)
