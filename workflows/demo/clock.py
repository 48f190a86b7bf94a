"""The clock of the demo: working days counted back from today, so that deadlines look alive."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from workflows.workdays import SHANGHAI, WorkCalendar


class DemoClock:
    """Starts so many working days before now and is moved on by working days; it never passes now."""

    def __init__(self, calendar: WorkCalendar, now: datetime, days_back: int) -> None:
        self.calendar, self.now = calendar, now
        day = now.astimezone(SHANGHAI).date()
        while days_back > 0:
            day -= timedelta(days=1)
            days_back -= calendar.is_working(day)
        self.at = self._morning(day)

    def _morning(self, day: date) -> datetime:
        return datetime.combine(day, time(9, 5), SHANGHAI)

    def days(self, count: int) -> datetime:
        """The morning of the count-th working day from here."""
        day, _provisional = self.calendar.add(self.at.astimezone(SHANGHAI).date(), count)
        self.at = min(self._morning(day), self.now)
        return self.at

    def minutes(self, count: int) -> datetime:
        """A little later on the same day."""
        self.at = min(self.at + timedelta(minutes=count), self.now)
        return self.at

    def just_after(self, instant: datetime) -> datetime:
        """One second past an instant."""
        self.at = min(instant.astimezone(SHANGHAI) + timedelta(seconds=1), self.now)
        return self.at

    def room_for(self, hours: int) -> datetime:
        """Here, or the next morning where so many hours would pass midnight: for what is done within one day."""
        ends = self.at + timedelta(hours=hours)
        return self.at if ends.date() == self.at.date() else self.days(1)
