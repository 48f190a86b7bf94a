"""Closed words of the yearly report of a demonstration enterprise: how it stands, how a due day off work moves."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class YearlyReportState(TextChoices):
    """Legal state of one holder's report of one year."""

    AWAITED = "report_awaited", _("待报送")
    OVERDUE = "report_overdue", _("逾期未报")
    HANDED_IN = "report_handed_in", _("已报送，待备案")
    SENT_BACK = "report_sent_back", _("退回修改")
    NOTED = "report_noted", _("已备案")
    DROPPED = "report_dropped", _("不再要求")


class DueMove(TextChoices):
    """What becomes of 30 April where offices are closed on it; the national text does not say, the call states it."""

    KEPT = "kept", _("不顺延")
    NEXT_WORKING_DAY = "next_working_day", _("顺延至其后第一个工作日")
    WORKING_DAY_BEFORE = "working_day_before", _("提前至其前最后一个工作日")
