"""A clock that stands still until a test moves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
STARTED = datetime.now(SHANGHAI)  # one instant for all tests of a run that live in the present


@dataclass
class Clock:
    """Pass `clock.at` as the instant and `clock.on` as the date that matters."""

    at: datetime = MONDAY

    @property
    def on(self) -> date:
        """The day in Shanghai."""
        return self.at.astimezone(SHANGHAI).date()

    def advance(self, **span: float) -> datetime:
        """Move on by a timedelta's keywords and return the new instant."""
        self.at += timedelta(**span)
        return self.at
