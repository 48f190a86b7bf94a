"""Within which days an act is challenged: 行政复议法第二十条, counted as 民事诉讼法第八十五条 counts."""

from __future__ import annotations

from datetime import date, timedelta

from accreditation.models import Letter, Reconsideration, ReissueLetter
from accreditation.reconsideration_words import DAYS_TO_FILE
from accreditation.selectors.deliveries import service_of
from workflows.calendar import current_calendar
from workflows.workdays import SHANGHAI


def last_day_to_file(counted_from: date) -> date:
    """The sixtieth day, or the first working day after it where offices rest on that one."""
    return current_calendar().from_day(counted_from + timedelta(days=DAYS_TO_FILE))[0]


def late_days(counted_from: date, filed_on: date) -> int:
    """Calendar days after the last day to file; 0 in time."""
    return max((filed_on - last_day_to_file(counted_from)).days, 0)


def served_by(letter: Letter | ReissueLetter, today: date) -> date | None:
    """The day on which the letter was served, as far as it is on record."""
    service = service_of(letter, today)
    return service.served_on if service else None


def filed_on(row: Reconsideration) -> date:
    """The day on which a challenge was filed."""
    return row.case.opened_at.astimezone(SHANGHAI).date()


def counted_now(row: Reconsideration) -> tuple[date | None, int]:
    """The service up to the filing as it is on record now, and how many days late the challenge came by it.

    A record that was taken back since counts no more. One that came later and makes late what was filed in time does
    not count by itself: the applicant was never asked why, so the examiner establishes the day (第三十条).
    """
    served_on = served_by(row.told_by, filed_on(row))
    late = late_days(served_on or row.known_on, filed_on(row))
    return (served_on, late) if not late or row.late_reason else (row.served_on, row.late_days)
