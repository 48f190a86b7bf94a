"""Look-back windows: a length in years, counted back from a named anchor date."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Anchor(StrEnum):
    """What a window is counted from."""

    APPLICATION_DATE = "application_date"
    APPLICATION_DEADLINE = "application_deadline"
    APPLICATION_YEAR = "application_year"
    BASE_DATE = "base_date"
    DATE_IN_YEAR = "date_in_year"  # a named day of the application year


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day lies inside."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Window:
    """A look-back of whole years from an anchor; the anchor year itself is not part of a year window.

    `month_day` (`05-15`) is the day of the application year for `date_in_year`, else empty.
    """

    years: int
    anchor: Anchor
    month_day: str = ""

    def span(self, on: date, anchors: Mapping[str, date]) -> Span | None:
        """The days covered.

        `on` is the base date of the evaluation and serves for `base_date`; the other anchors come from the mapping.
        None when the anchor is not known, because a guessed anchor would decide a gate.
        """
        day = self._anchored(on, anchors)
        if day is None:
            return None
        if self.anchor is Anchor.APPLICATION_YEAR:
            return Span(date(day.year - self.years, 1, 1), date(day.year - 1, 12, 31))
        return Span(years_before(day, self.years) + timedelta(days=1), day)

    def _anchored(self, on: date, anchors: Mapping[str, date]) -> date | None:
        """The day counted from."""
        if self.anchor is Anchor.BASE_DATE:
            return on
        if self.anchor is not Anchor.DATE_IN_YEAR:
            return anchors.get(self.anchor)
        year = anchors.get(Anchor.APPLICATION_YEAR)
        return None if year is None else date.fromisoformat(f"{year.year}-{self.month_day}")


def is_month_day(text: str) -> bool:
    """Whether the text is a day that every year has, written `MM-DD`."""
    try:
        return len(text) == 5 and date.fromisoformat(f"2001-{text}") is not None
    except ValueError:
        return False


def years_before(day: date, years: int) -> date:
    """The same day some years earlier; the last of the month where it has none (Civil Code, article 202)."""
    year = day.year - years
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def whole_years(since: date, until: date) -> int:
    """Completed years between two days; 0 when `until` lies before `since`."""
    years = max(0, until.year - since.year)
    while years and years_before(until, years) < since:
        years -= 1
    return years
