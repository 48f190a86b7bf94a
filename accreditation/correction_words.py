"""Closed words of the correction of an announcement: which particular was printed wrongly, what became of it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Particular(TextChoices):
    """What an announcement says of an enterprise and can have printed wrongly; never the decision itself."""

    NAME = "name", _("单位名称")
    USCC = "uscc", _("统一社会信用代码")
    NUMBER = "number", _("编号")
    DISTRICT = "district", _("所在区")


class AnnouncementCorrectionState(TextChoices):
    """What became of a proposed correction."""

    WAITING = "waiting", _("待第二人审核")
    PUBLISHED = "published", _("已发布")
    DECLINED = "declined", _("未予发布")
