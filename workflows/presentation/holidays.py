"""Days of the calendar of working days by name, for readers of either language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.calendar import HOLIDAYS
from workflows.calendar_proposals import ChangedDay
from workflows.models import CalendarDay
from workflows.presentation.words import Words, quoted

NAMES: Mapping[str, Promise] = {
    "元旦": _("元旦"),
    "春节": _("春节"),
    "清明节": _("清明节"),
    "劳动节": _("劳动节"),
    "端午节": _("端午节"),
    "中秋节": _("中秋节"),
    "国庆节": _("国庆节"),
}


def day_rows(days: Iterable[CalendarDay | ChangedDay]) -> list[Words]:
    """`day`, `is_working`, `name` of each day."""
    return [{"day": row.day, "is_working": row.is_working, "name": day_name(row.name)} for row in days]


def day_name(stored: str) -> str:
    """A holiday in the reader's language; what an import named otherwise stays as it was written.

    Calendars that were seeded long ago hold the English names of the package.
    """
    found = NAMES.get(HOLIDAYS.get(stored, stored))
    return str(found) if found is not None else quoted(stored)
