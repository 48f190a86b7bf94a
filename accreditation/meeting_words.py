"""Closed words of committee meetings: why a member takes no part in an item, how votes are cast, who signs."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RecusalGround(TextChoices):
    """Why a member takes no part in one item."""

    DECLARED = "declared", _("本人申请回避")
    CONNECTED = "connected", _("因办理人员身份回避")  # acts, acted or asked to act for the enterprise
    LEFT_BEFORE = "left_before", _("此前已就本件回避")  # in an earlier meeting, or as an expert
    ACTED = "acted", _("因办理过本件回避")  # gave an opinion or decision on the case in another office


class BallotKind(TextChoices):
    """Whether a vote bears a name."""

    NAMED = "named", _("记名表决")
    SECRET = "secret", _("无记名投票")


class DeadlockRule(TextChoices):
    """What follows where no choice has more than half of the votes. The order is that of the rule sets' parameter."""

    POSTPONE = "postpone", _("按暂缓处理")
    CHAIR = "chair", _("由主持人决定")
    REFUSE = "refuse", _("按不通过处理")


class Signer(TextChoices):
    """Who signs the minutes; both must."""

    CHAIR = "chair", _("主持人")
    SECRETARY = "secretary", _("会议秘书")
