"""Closed words of the verification of figures by a third party: which cases, how far a check is, what was found."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CheckScope(TextChoices):
    """Which cases of a batch are verified."""

    ALL = "all", _("全部申报件")
    SAMPLE = "sample", _("抽样")
    NAMED = "named", _("指定的申报件")


class CheckState(TextChoices):
    """How far the check of a case is."""

    COMMISSIONED = "check_commissioned", _("待核查机构声明")
    CHECKING = "checking", _("核查中")
    REPORTED = "check_reported", _("报告已提交，待处理")
    SETTLED = "check_settled", _("已处理完毕")
    REFUSED = "check_refused", _("核查机构回避")
    CALLED_OFF = "check_called_off", _("委托已终止")


class FindingResult(TextChoices):
    """What the verifying body found of one figure."""

    CONFIRMED = "confirmed", _("一致")
    DIFFERS = "differs", _("有差异")
    UNVERIFIABLE = "unverifiable", _("无法核实")


WORKING = (CheckState.COMMISSIONED, CheckState.CHECKING)
UNSETTLED = (*WORKING, CheckState.REPORTED)
HANDED_IN = (CheckState.REPORTED, CheckState.SETTLED)
