"""The working-day calendar as a table: seeded from chinesecalendar, corrected and extended by import."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import chinese_calendar
from django.db import transaction

from accreditation.models import Deadline
from workflows.models import CalendarDay, CalendarYear
from workflows.workdays import SATURDAY, WorkCalendar

HOLIDAYS = {  # of the package, by the names that the State Council's plans give them
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
}
SEED_SOURCE = "chinesecalendar 1.11.0, after the State Council's yearly plans"


def current_calendar() -> WorkCalendar:
    """The calendar as the table has it now."""
    departures = dict(CalendarDay.objects.values_list("day", "is_working"))
    return WorkCalendar(departures, frozenset(CalendarYear.objects.values_list("year", flat=True)))


def seed_calendar(years: Iterable[int], *, at: datetime) -> list[int]:
    """Take years from the package; returns those that it knows. Years already in the table are left alone."""
    known = set(CalendarYear.objects.values_list("year", flat=True))
    taken = []
    for year in years:
        if year not in known and (days := _package_year(year)) is not None:
            import_year(year, days, source=SEED_SOURCE, at=at)
            taken.append(year)
    return taken


def import_year(year: int, days: Iterable[tuple[date, bool, str]], *, source: str, at: datetime) -> None:
    """Replace one year: (day, is working, name) for each departure from Monday to Friday."""
    with transaction.atomic():
        CalendarDay.objects.filter(day__year=year).delete()
        CalendarDay.objects.bulk_create(
            CalendarDay(day=day, is_working=working, name=name, source=source) for day, working, name in days
        )
        CalendarYear.objects.update_or_create(year=year, defaults={"source": source, "imported_at": at})


def provisional_deadlines() -> Iterable[Deadline]:
    """Running clocks that rest on an unpublished year."""
    return Deadline.objects.filter(state="running", is_provisional=True).select_related("case")


def package_days(year: int) -> list[tuple[date, bool, str]] | None:
    """Departures of a year as the package has them; None when it does not know the year."""
    return _package_year(year)


def _package_year(year: int) -> list[tuple[date, bool, str]] | None:
    """Departures of a year, or None when the package does not cover it (it raises rather than guesses)."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    try:
        return [
            (day, bool(chinese_calendar.is_workday(day)), _package_name(day))
            for day in days
            if chinese_calendar.is_workday(day) != (day.weekday() < SATURDAY)
        ]
    except NotImplementedError:
        return None


def _package_name(day: date) -> str:
    name = str(chinese_calendar.get_holiday_detail(day)[1] or "")
    return HOLIDAYS.get(name, name)
