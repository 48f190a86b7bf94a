"""Days, instants and working-day deadlines as people read them in either language."""

from __future__ import annotations

import datetime as dt

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime

from accreditation.templatetags.language import is_english

register = template.Library()

MONTHS = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]


def day_text(day: dt.date) -> str:
    """2026年6月18日, or 18 June 2026 on an English page."""
    if is_english():
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def local(at: dt.datetime) -> dt.datetime:
    """The instant in the site's time zone; a naive one is taken as it is."""
    return localtime(at) if is_aware(at) else at


def _time_element(machine: str, shown: str) -> SafeString:
    return format_html('<time datetime="{}">{}</time>', machine, shown)


@register.filter
def day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """A date in words, in a `time` element; nothing for None."""
    if value is None:
        return ""
    on = local(value).date() if isinstance(value, dt.datetime) else value
    return _time_element(on.isoformat(), day_text(on))


@register.filter
def moment(value: dt.datetime | None) -> SafeString | str:
    """An instant to the minute in the site's time zone: 2026年6月18日 17:00, or 18 June 2026, 17:00."""
    if value is None:
        return ""
    at = local(value)
    gap = ", " if is_english() else " "
    return _time_element(at.isoformat(timespec="minutes"), f"{day_text(at.date())}{gap}{at:%H:%M}")


@register.filter
def exact_moment(value: dt.datetime | None) -> SafeString | str:
    """An instant to the second, for receipts and audit trails: 2026-06-18 17:00:05."""
    if value is None:
        return ""
    at = local(value)
    return _time_element(at.isoformat(timespec="seconds"), f"{at:%Y-%m-%d %H:%M:%S}")


@register.filter
def short_day(value: dt.date | dt.datetime | None) -> SafeString | str:
    """A date for narrow columns, the same in both languages: 2026-06-18."""
    if value is None:
        return ""
    on = local(value).date() if isinstance(value, dt.datetime) else value
    return _time_element(on.isoformat(), on.isoformat())


@register.inclusion_tag("components/goal.html")
def goal(due: dt.datetime, left: int, provisional: bool = False) -> dict[str, object]:
    """The office's own goal with the working days left; it is named as one, and never told to be overdue."""
    return {"due": due, "left": left, "over": -left, "provisional": provisional}


@register.inclusion_tag("components/deadline.html")
def deadline(
    due: dt.date | dt.datetime | None, left: int | None = None, provisional: bool = False
) -> dict[str, object]:
    """A deadline with the working days left: today (0), overdue (negative), n left; `left` None shows the date alone.

    `provisional` marks a date that rests on a holiday table not yet published.
    """
    return {
        "due": due,
        "has_time": isinstance(due, dt.datetime),
        "left": left,
        "overdue_by": -left if left is not None and left < 0 else None,
        "provisional": provisional,
    }
