"""Forecasts over holidays, make-up days, unpublished years and clocks that stand still; quartiles by hand."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.calendar import _package_year
from workflows.forecasting import ENOUGH, Day, Forecast, Limit, Quartiles, Stage, Visit, forecast, quartiles
from workflows.workdays import WorkCalendar

CHECK, NOTICE = Stage("check", None, None), Stage("notice", Limit(5), None)
ANNOUNCE = Stage("announce", None, None)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    days = {day: working for year in (2025, 2026) for day, working, _name in _package_year(year) or []}
    return WorkCalendar(days, frozenset({2025, 2026}))


def visits(*pairs: tuple[int, int], node: str = "check") -> list[Visit]:
    return [Visit(node, stay, to_end) for stay, to_end in pairs]


def told(calendar: WorkCalendar, *stages: Stage, on: date, **changes: object) -> Forecast:
    values: dict[str, object] = {"entered": on, "due": None, "is_paused": False, "visits": []}
    values |= changes
    return forecast(stages, values.pop("visits"), on=on, calendar=calendar, **values)


@pytest.mark.parametrize(
    ("days", "found"),
    [
        ([1, 2, 3, 4], None),  # one too few
        ([5, 1, 4, 2, 3], (2, 3, 4)),
        ([10] * 5, (10, 10, 10)),
        ([1, 2, 3, 4, 5, 6, 7, 8], (2, 4, 6)),
        ([0, 0, 0, 0, 0, 90], (0, 0, 0)),  # one that took for ever moves no quartile
    ],
)
def test_quartiles_are_lengths_that_occurred(days: list[int], found: tuple[int, int, int] | None) -> None:
    assert quartiles(days) == (Quartiles(*found, len(days)) if found else None)


@pytest.mark.parametrize(
    ("on", "due", "latest"),
    [
        (date(2026, 3, 2), date(2026, 3, 16), date(2026, 3, 23)),  # no holiday on the way
        (date(2026, 2, 9), date(2026, 2, 13), date(2026, 2, 27)),  # Saturday 14 works, 15 to 23 February do not
        (date(2026, 2, 9), date(2026, 2, 14), date(2026, 2, 28)),  # Saturday 28 February makes up
        (date(2026, 9, 21), date(2026, 9, 30), date(2026, 10, 13)),  # 8, 9, Saturday 10, 12, 13 October
    ],
)
def test_latest_day_uses_every_limit_to_its_end(calendar: WorkCalendar, on: date, due: date, latest: date) -> None:
    found = told(calendar, CHECK, NOTICE, on=on, due=Day(due, False))
    assert (found.latest, found.latest_is_legal) == (Day(latest, False), True)


def test_latest_day_in_an_unpublished_year_is_provisional(calendar: WorkCalendar) -> None:
    found = told(calendar, CHECK, NOTICE, on=date(2026, 12, 24), due=Day(date(2026, 12, 30), False))
    assert found.latest == Day(date(2027, 1, 6), True)
    inside = told(calendar, CHECK, NOTICE, on=date(2026, 12, 14), due=Day(date(2026, 12, 22), False))
    assert inside.latest == Day(date(2026, 12, 29), False)


def test_provisional_clock_makes_what_follows_provisional(calendar: WorkCalendar) -> None:
    found = told(calendar, CHECK, NOTICE, on=date(2026, 3, 2), due=Day(date(2026, 3, 16), True))
    assert found.latest == Day(date(2026, 3, 23), True)


def test_limit_in_calendar_days_knows_no_holiday(calendar: WorkCalendar) -> None:
    sixty = Stage("effect", Limit(10, in_calendar_days=True), None)
    found = told(calendar, CHECK, sixty, on=date(2026, 2, 9), due=Day(date(2026, 2, 13), False))
    assert found.latest == Day(date(2026, 2, 23), False)


def test_stage_without_limit_and_without_finished_cases_allows_no_latest_day(calendar: WorkCalendar) -> None:
    found = told(calendar, CHECK, NOTICE, ANNOUNCE, on=date(2026, 3, 2), due=Day(date(2026, 3, 16), False))
    assert (found.latest, found.unknown, found.by_habit) == (None, ("announce",), ())


def test_habit_stands_in_for_a_missing_limit_and_is_named(calendar: WorkCalendar) -> None:
    habit = Stage("announce", None, Quartiles(1, 2, 3, 8))
    found = told(calendar, CHECK, NOTICE, habit, on=date(2026, 3, 2), due=Day(date(2026, 3, 16), False))
    assert found.latest == Day(date(2026, 3, 26), False)
    assert (found.by_habit, found.latest_is_legal) == (("announce",), False)


def test_time_that_went_by_is_taken_from_what_the_stage_usually_takes(calendar: WorkCalendar) -> None:
    habit = Stage("check", None, Quartiles(2, 4, 6, 8))
    on = date(2026, 3, 9)  # five working days after its entry on Monday 2 March
    assert told(calendar, habit, on=on, entered=date(2026, 3, 2)).latest == Day(date(2026, 3, 10), False)
    late = date(2026, 3, 23)  # longer than three quarters took: any day from now
    assert told(calendar, habit, on=late, entered=date(2026, 3, 2)).latest == Day(late, False)


def test_overdue_stage_is_counted_from_today(calendar: WorkCalendar) -> None:
    found = told(calendar, CHECK, NOTICE, on=date(2026, 3, 20), due=Day(date(2026, 3, 16), False))
    assert found.latest == Day(date(2026, 3, 27), False)


def test_usual_days_are_quartiles_of_what_was_left_to_alike_cases(calendar: WorkCalendar) -> None:
    rows = visits((3, 10), (4, 12), (6, 14), (8, 16), (9, 18), node="check") + visits((3, 1), node="notice")
    fresh = told(calendar, CHECK, on=date(2026, 3, 2), visits=rows).usual
    assert fresh is not None
    assert (fresh.earliest.on, fresh.middle.on, fresh.latest.on) == (
        date(2026, 3, 18), date(2026, 3, 20), date(2026, 3, 24),
    )  # fmt: skip
    assert fresh.count == 5


def test_cases_that_left_the_stage_sooner_say_nothing_of_one_that_is_still_in_it(calendar: WorkCalendar) -> None:
    rows = visits(*[(2, 10)] * 20, (8, 20), (8, 22), (9, 24), (9, 26))
    found = told(calendar, CHECK, on=date(2026, 3, 9), entered=date(2026, 3, 2), visits=rows)
    assert (found.usual, found.count) == (None, 4)
    assert found.count < ENOUGH
    more = told(calendar, CHECK, on=date(2026, 3, 9), entered=date(2026, 3, 2), visits=[*rows, *visits((7, 15))])
    assert more.usual is not None
    assert more.usual.earliest.on == date(2026, 3, 30)  # fifteen working days: 20 minus the five that went by


def test_paused_clock_has_no_latest_day_and_still_a_usual_one(calendar: WorkCalendar) -> None:
    found = told(calendar, CHECK, NOTICE, on=date(2026, 3, 2), is_paused=True, visits=visits(*[(5, 9)] * 5))
    assert (found.latest, found.is_paused, found.unknown) == (None, True, ())
    assert found.usual is not None
