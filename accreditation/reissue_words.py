"""Closed words of making a certificate out again: why it is asked for, what became of the request."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

ALLOW_REISSUE = "allow_reissue"  # the act in the title's chain by which a new version is asked of the signer
REISSUE_REFUSED = "reissue_refused"  # kind of the letter, an adverse end
REISSUE_ALLOWED = "reissue_allowed"
LETTER_NAMES = {REISSUE_REFUSED: _("不予补发换发告知书"), REISSUE_ALLOWED: _("证书补发换发通知书")}


class ReissueReason(TextChoices):
    """Why the certificate in hand does not serve any more."""

    LOST = "lost", _("遗失")
    DAMAGED = "damaged", _("损毁")
    MISPRINT = "misprint", _("记载内容有误")
    ENGLISH = "english", _("缺少英文名称或英文版")
    SIGNATURE = "signature", _("签名或密钥强度不足")


# What the office may find by itself; that something was lost or is missing only the holder can say.
OFFICE_REASONS = (ReissueReason.MISPRINT, ReissueReason.SIGNATURE)


class ReissueState(TextChoices):
    """What became of a request."""

    WAITING = "waiting", _("待审核")
    ALLOWED = "allowed", _("已同意")
    REFUSED = "refused", _("未同意")
    WITHDRAWN = "withdrawn", _("已撤回")
