"""Words of the service of letters (送达), by analogy with 民事诉讼法 as 行政复议法第八十八条 sends there.

Articles are remembered with high confidence, not read in a source (numbers of the law as revised in 2021 and 2023): 88
(handed over, signed for), 89 (left, before witnesses or photographed), 90 (by electronic means, where the addressee
agrees and that it arrived can be confirmed), 91 (by post, the day on the receipt), 95 (by public notice, where the
addressee cannot be found or nothing else works; served when thirty days have passed; why goes on file).

A letter that lies in the system unread is not served: article 90 would count its arrival there, but only of an
addressee who agreed to that, and nobody is asked here. So the first opening by the addressee counts, which is never
earlier than the arrival (有利于申请人). Of several services the first one counts: since then it could be known.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accreditation.roles import Power

# Whoever deals with cases of the body that wrote the letter also sees that it arrives.
DELIVERING = (
    Power.REVIEW_FIRST, Power.CHECK_COMPLETENESS, Power.PREPARE_ORDERS, Power.ANSWER_CHALLENGES, Power.RUN_LOCALLY,
)  # fmt: skip
DAYS_TO_WAIT = 7  # in calendar days, before an unread adverse letter is listed: an office habit, no rule
DAYS_OF_PUBLIC_NOTICE = 30  # in calendar days from the notice
LEAST_REMARK = 5  # characters


class DeliveryWay(TextChoices):
    """How a letter reached its addressee; the last one corrects a record of what did not take place."""

    OPENED = "opened", _("在系统中首次打开")
    ELECTRONIC = "electronic", _("电子送达（经同意，已确认收悉）")
    POST = "post", _("邮寄送达")
    HANDED = "handed", _("直接送达")
    LEFT = "left", _("留置送达")
    PUBLIC_NOTICE = "public_notice", _("公告送达")
    NOT_SERVED = "not_served", _("未送达（更正）")


RECORDED_WAYS = tuple(way for way in DeliveryWay if way not in (DeliveryWay.OPENED, DeliveryWay.NOT_SERVED))
EVIDENCE_OF = {
    DeliveryWay.ELECTRONIC: _("同意电子送达的文件和收悉凭证"),
    DeliveryWay.POST: _("邮件号和回执"),
    DeliveryWay.HANDED: _("签收人和送达回证"),
    DeliveryWay.LEFT: _("见证人或者照片、录像"),
    DeliveryWay.PUBLIC_NOTICE: _("公告的载体"),
}
