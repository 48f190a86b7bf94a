"""Adjustment notices in words, for the page of the notice that they refer to."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.models import AdjustedEntry, NoticeAdjustment
from accreditation.notice_words import AdjustmentKind
from accreditation.templatetags.dates import day
from workflows.presentation.words import Words, quoted


def adjustment_words(row: NoticeAdjustment) -> Words:
    """Number, day, text and one line for each entry that it touches."""
    return {
        "number": row.number,
        "at": row.published_at,
        "body": row.body,
        "lines": [_line(line) for line in row.lines.all()],
    }


def _line(line: AdjustedEntry) -> str:
    printed = quoted(line.entry.enterprise_name)
    if line.kind == AdjustmentKind.TAKEN_OFF:
        return format_html(_("{position}. {name} 撤下名单"), position=line.entry.position, name=printed)
    said = format_html(
        _("{position}. {name} 更正为 {right}"), position=line.entry.position, name=printed,
        right=quoted(line.corrected_name),
    )  # fmt: skip
    if line.ends_at is None:
        return said
    return format_html(_("{said}，该单位公示期重新计算，至 {day}"), said=said, day=day(line.ends_at))
