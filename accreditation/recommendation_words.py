"""Closed words of recommendations to a national authority: who is consulted, how ties are broken, what came back."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Department(TextChoices):
    """Departments that are consulted on a recommendation, order 34 of 2016 and guide 937."""

    SCIENCE = "science", _("科技部门")
    FINANCE = "finance", _("财政部门")
    CUSTOMS = "customs", _("海关")
    TAX = "tax", _("税务部门")


class Position(TextChoices):
    """What a consulted department answers."""

    NO_OBJECTION = "no_objection", _("无不同意见")
    OBJECTS = "objects", _("有不同意见")


class TieRule(TextChoices):
    """Who comes first of two with equal initial scores; no national text says so, the office states it."""

    RD_EXPENDITURE = "rd_expenditure", _("研究与试验发展经费支出多者在先")
    RD_STAFF = "rd_staff", _("研究与试验发展人员多者在先")
    EQUIPMENT = "equipment_original_value", _("技术开发仪器设备原值高者在先")


class OutsideBand(TextChoices):
    """Result of an evaluation by a national authority."""

    EXCELLENT = "excellent", pgettext_lazy("评价", "优秀")
    GOOD = "good", pgettext_lazy("评价", "良好")
    MARGINAL_PASS = "marginal_pass", pgettext_lazy("评价", "基本合格")
    FAIL = "fail", pgettext_lazy("评价", "不合格")


class ResultState(TextChoices):
    """What became of a result from above that would move its title."""

    WAITING = "waiting", _("待第二人核对")
    CONFIRMED = "confirmed", pgettext_lazy("评价", "已确认")
    DECLINED = "declined", pgettext_lazy("评价", "未予确认")
    WITHDRAWN = "withdrawn", pgettext_lazy("评价", "已撤回")
