"""A reading in the background in words: how far it is, what it waits for, why it ended."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accreditation.enums import ReadingState
from accreditation.models import WorkbookReading
from accreditation.services.readings import ahead_of
from criteria.workbook import Fault
from workflows.presentation.words import Words, either, lang

LATE_AFTER = timedelta(minutes=1)  # a worker looks every two seconds
STALLED_AFTER = timedelta(minutes=3)  # longer than any reading: its worker was cut off, another takes it up


def reading_words(reading: WorkbookReading, *, at: datetime) -> Words:
    """State, rows and percent (None before they are known), and what to say of a wait that is too long."""
    known = reading.rows_known
    percent = min(99, reading.rows_done * 100 // known) if known else None
    return {
        "state": reading.get_state_display(),
        "is_open": reading.is_open,
        "percent": percent,
        "rows": _("已读 %(done)d 行，共 %(known)d 行") % {"done": reading.rows_done, "known": known} if known else "",
        "is_checking": bool(known) and reading.rows_done >= known,
        "ahead": ahead_of(reading) if reading.state == ReadingState.WAITING else 0,
        "late": _late(reading, at),
    }


def _late(reading: WorkbookReading, at: datetime) -> str:
    if reading.state == ReadingState.WAITING and at - reading.sent_at > LATE_AFTER:
        return _("等待时间较长：后台读取程序正忙，或没有在运行。文件已经保存，恢复后会自动读取，不必重新上传。")
    if reading.state == ReadingState.READING and reading.started_at and at - reading.started_at > STALLED_AFTER:
        return _("读取可能中断了，系统会自动重新读取，不必重新上传。")
    return ""


def refusal_words(fault: Fault) -> Words:
    """Why a whole file was refused, in the page's language and in the other one."""
    other = "en" if lang() == "zh" else "zh"
    return {
        "message": either(fault, "message"),
        "expected": either(fault, "expected"),
        "fix": either(fault, "fix"),
        "other_lang": "en" if other == "en" else "zh-CN",
        "other": f"{getattr(fault, f'message_{other}')} {getattr(fault, f'fix_{other}')}",
    }
