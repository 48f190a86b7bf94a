"""Working days over holidays, make-up days and unpublished years."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest

from workflows.calendar import _package_year
from workflows.workdays import SHANGHAI, WorkCalendar

YEARS = (2024, 2025, 2026)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    days = {day: working for year in YEARS for day, working, _name in _package_year(year) or []}
    return WorkCalendar(days, frozenset(YEARS))


def test_working_days_of_published_years_agree_with_a_second_source(calendar: WorkCalendar) -> None:
    second = holidays.country_holidays("CN", years=YEARS)
    first = date(2024, 1, 1).toordinal()
    days = [date.fromordinal(n) for n in range(first, date(2027, 1, 1).toordinal())]
    assert len(days) == 1096
    assert [day for day in days if calendar.is_working(day) != second.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("start", "count", "due", "provisional"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9), False),
        (date(2026, 2, 13), 1, date(2026, 2, 14), False),  # make-up Saturday before Spring Festival
        (date(2026, 2, 14), 1, date(2026, 2, 24), False),  # Spring Festival 15 to 23 February
        (date(2026, 9, 30), 1, date(2026, 10, 8), False),  # National Day
        (date(2026, 10, 9), 1, date(2026, 10, 10), False),  # make-up Saturday after National Day
        (date(2026, 12, 31), 1, date(2027, 1, 1), True),  # no plan for 2027: a guess, marked
        (date(2026, 12, 28), 3, date(2026, 12, 31), False),
    ],
)
def test_nth_working_day(calendar: WorkCalendar, start: date, count: int, due: date, provisional: bool) -> None:
    assert calendar.add(start, count) == (due, provisional)


@pytest.mark.parametrize(
    ("start", "count", "ends_on", "provisional"),
    [
        (date(2026, 3, 2), 60, date(2026, 5, 6), False),  # 1 May, a holiday to the 5th
        (date(2026, 7, 9), 60, date(2026, 9, 7), False),  # a Monday
        (date(2026, 7, 7), 60, date(2026, 9, 7), False),  # a Saturday
        (date(2026, 7, 12), 60, date(2026, 9, 10), False),
        (date(2026, 8, 11), 60, date(2026, 10, 10), False),  # a Saturday on which offices make up
        (date(2026, 3, 2), 90, date(2026, 6, 1), False),  # prolonged by 30 days: a Sunday
        (date(2025, 12, 17), 60, date(2026, 2, 24), False),  # 15 February, the Spring Festival
        (date(2026, 11, 2), 60, date(2027, 1, 1), True),  # no plan for 2027: a Friday, for the time being
        (date(2026, 11, 3), 60, date(2027, 1, 4), True),
    ],
)
def test_period_in_calendar_days_ends_on_no_day_of_rest(
    calendar: WorkCalendar, start: date, count: int, ends_on: date, provisional: bool
) -> None:
    begun = datetime(start.year, start.month, start.day, 9, tzinfo=SHANGHAI)
    due = calendar.due_after(begun, count, in_calendar_days=True, ends_on_working_day=True)
    assert (due.at.date(), due.is_provisional) == (ends_on, provisional)
    named = calendar.due_after(begun, count, in_calendar_days=True)
    assert (named.at.date(), named.is_provisional) == (start + timedelta(days=count), False), "a day that is named"


def test_what_is_left_of_calendar_days_after_a_pause_ends_on_no_day_of_rest(calendar: WorkCalendar) -> None:
    pause = [datetime(2026, 3, day, 9, tzinfo=SHANGHAI) for day in (12, 24)]  # nine used, 51 left: 14 May
    begun = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
    for more, wanted in ((0, date(2026, 5, 14)), (2, date(2026, 5, 18))):  # 16 May is a Saturday
        due = calendar.due_with_pauses(
            begun, 60 + more, [(pause[0], pause[1])], in_calendar_days=True, ends_on_working_day=True
        )
        assert due.at.date() == wanted


def test_due_is_the_last_second_of_the_day_in_shanghai(calendar: WorkCalendar) -> None:
    late_in_utc = datetime(2026, 3, 2, 17, 0, tzinfo=ZoneInfo("UTC"))  # already 3 March in Shanghai
    assert calendar.due(late_in_utc, 1).at == datetime(2026, 3, 4, 23, 59, 59, tzinfo=SHANGHAI)


def test_days_left_counts_back_and_forth(calendar: WorkCalendar) -> None:
    assert calendar.left(date(2026, 3, 2), date(2026, 3, 2)) == 0
    assert calendar.left(date(2026, 3, 2), date(2026, 3, 9)) == 5
    assert calendar.left(date(2026, 3, 9), date(2026, 3, 2)) == -5
    friday, sunday = date(2026, 3, 6), date(2026, 3, 8)
    assert calendar.left(sunday, friday) == -1


@pytest.mark.parametrize(
    ("ended", "pauses", "on_end", "used"),
    [
        (date(2026, 2, 13), [], False, 0),  # on the day on which it began
        (date(2026, 2, 24), [], False, 2),  # over Spring Festival; the 14th makes up for it
        (date(2026, 2, 24), [], True, 11),
        (date(2026, 3, 5), [(date(2026, 2, 25), date(2026, 3, 4))], False, 3),  # 14, 24 February, 5 March
        (date(2026, 3, 5), [(date(2026, 2, 25), None)], False, 2),  # ended while it stood still
        (date(2026, 3, 5), [(date(2026, 2, 16), date(2026, 3, 4))], True, 3),
    ],
)
def test_days_that_a_clock_took(
    calendar: WorkCalendar, ended: date, pauses: list[tuple[date, date | None]], on_end: bool, used: int
) -> None:
    stopped = [(noon(first), noon(last) if last else None) for first, last in pauses]
    assert calendar.used(noon(date(2026, 2, 13)), noon(ended), stopped, in_calendar_days=on_end) == used
    whole = [(first, last) for first, last in stopped if last is not None]
    if used and not on_end and len(whole) == len(stopped):  # the other way about, as it was due
        assert calendar.due_with_pauses(noon(date(2026, 2, 13)), used, whole).at.date() == ended


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)


def test_year_without_a_plan_is_not_guessed() -> None:
    assert _package_year(2035) is None
