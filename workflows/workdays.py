"""Working-day arithmetic over a calendar given as plain values; no tables, no clock.

The day of the act is not counted. A deadline falls at the end of its day in Shanghai. Where the count crosses into a
year whose holiday plan is not published, Monday to Friday are taken for the time being and the result is provisional.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
END_OF_DAY = time(23, 59, 59)  # the last second, which counts whole: `accreditation.clocks.is_past`
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due, and whether that rests on an unpublished year."""

    at: datetime
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Departures from Monday to Friday (True: a make-up working day) and the years whose plan is published."""

    departures: Mapping[date, bool]
    published: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether offices work on that day."""
        return self.departures.get(day, day.weekday() < SATURDAY)

    def add(self, start: date, count: int) -> tuple[date, bool]:
        """The count-th working day after start, and whether any day on the way lies in an unpublished year."""
        day, provisional = start, False
        while count > 0:
            day += timedelta(days=1)
            provisional = provisional or day.year not in self.published
            count -= self.is_working(day)
        return day, provisional

    def before(self, due: date, count: int) -> date:
        """The last working day that has so many working days after it, up to and including `due`."""
        day = due
        while count > 0:
            count -= self.is_working(day)
            day -= timedelta(days=1)
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def from_day(self, day: date) -> tuple[date, bool]:
        """The day itself where offices work on it, else the first working day after it; whether that is provisional."""
        provisional = day.year not in self.published
        while not self.is_working(day):
            day += timedelta(days=1)
            provisional = provisional or day.year not in self.published
        return day, provisional

    def due(self, start: datetime, count: int) -> Due:
        """End of the count-th working day after the day of start."""
        day, provisional = self.add(start.astimezone(SHANGHAI).date(), count)
        return Due(datetime.combine(day, END_OF_DAY, SHANGHAI), provisional)

    def due_after(
        self, start: datetime, count: int, *, in_calendar_days: bool = False, ends_on_working_day: bool = False
    ) -> Due:
        """End of the count-th day after the day of start.

        In calendar days no holiday plan matters, unless the period may not end on a day of rest.
        """
        if not in_calendar_days:
            return self.due(start, count)
        day, provisional = start.astimezone(SHANGHAI).date() + timedelta(days=count), False
        if ends_on_working_day:
            day, provisional = self.from_day(day)
        return Due(datetime.combine(day, END_OF_DAY, SHANGHAI), provisional)

    def due_with_pauses(
        self,
        started: datetime,
        count: int,
        pauses: Iterable[tuple[datetime, datetime]],
        *,
        in_calendar_days: bool = False,
        ends_on_working_day: bool = False,
    ) -> Due:
        """End of the count-th day after the start where pauses (from, to; in order) are not counted.

        The day of a pause counts as little as the day of a start: what it has used are the days between them.
        """
        start, left, provisional = started, count, False
        for paused, resumed in pauses:
            used, unsure = self._between(start, paused, in_calendar_days)
            left, provisional, start = max(left - used, 0), provisional or unsure, resumed
        due = self.due_after(start, left, in_calendar_days=in_calendar_days, ends_on_working_day=ends_on_working_day)
        return Due(due.at, due.is_provisional or provisional)

    def _between(self, start: datetime, end: datetime, in_calendar_days: bool) -> tuple[int, bool]:
        """Days that lie wholly between two acts, and whether their number rests on an unpublished year."""
        first, last = (moment.astimezone(SHANGHAI).date() for moment in (start, end))
        days = [first + timedelta(days=n) for n in range(1, (last - first).days)]
        if in_calendar_days:
            return len(days), False
        return sum(map(self.is_working, days)), any(day.year not in self.published for day in days)

    def used(
        self,
        started: datetime,
        ended: datetime,
        pauses: Iterable[tuple[datetime, datetime | None]] = (),
        *,
        in_calendar_days: bool = False,
    ) -> int:
        """Days that a clock took, counted as `due_with_pauses` counts them: one that ended on its last day took all.

        The last pause may be open: the clock ended while it stood still.
        """
        taken, start = 0, started
        for paused, resumed in pauses:
            taken += self._between(start, paused, in_calendar_days)[0]
            if resumed is None:
                return taken
            start = resumed
        first, last = (moment.astimezone(SHANGHAI).date() for moment in (start, ended))
        if last <= first:
            return taken
        return taken + ((last - first).days if in_calendar_days else self.left(first, last))

    def left(self, on: date, due: date) -> int:
        """Working days after `on` up to and including `due`; 0 on it, negative when it is past.

        What ran out on a Friday is overdue by a day on the weekend too, though no working day went by.
        """
        if due < on:
            return min(-1, -self.left(due, on))
        return sum(self.is_working(on + timedelta(days=n)) for n in range(1, (due - on).days + 1))
