"""Closed words of batches: how one stands, what two officers do to it together, what became of what one put forward."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BatchState(TextChoices):
    """A batch is prepared, takes applications in its window, then runs to its announcement; or it is called off."""

    PREPARED = "prepared", _("筹备中")
    OPEN = "open", _("受理中")
    CLOSED = "closed", _("申报截止")
    ANNOUNCED = "announced", _("已公布")
    CALLED_OFF = "called_off", _("已取消")


class BatchAct(TextChoices):
    """What has effect on everybody who applies, and is therefore not one person's."""

    OPEN = "open", _("开启批次")
    PROLONG = "prolong", _("延长申报期")
    CALL_OFF = "call_off", _("取消批次")


class ProposalState(TextChoices):
    """What became of what one person put forward."""

    WAITING = "waiting", _("待第二人确认")
    CONFIRMED = "confirmed", _("已确认")
    DECLINED = "declined", _("未予确认")
    WITHDRAWN = "withdrawn", _("已撤回")
