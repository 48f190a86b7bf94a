"""Closed words of the three-yearly re-examination of demonstration enterprises: who is called, how a case stands.

工信部联科〔2010〕540号 sets the three years; the days of the review at the municipal office are in no text read and are
parameters of the round.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Owner, StateFacts


class ReexaminationReason(TextChoices):
    """Why a title is called to a round of re-examinations, or left out of it."""

    DUE = "due", _("应参加本次复核")
    NOT_YET_DUE = "not_yet_due", _("距认定或上次复核未满复核周期")
    STILL_OPEN = "still_open", _("上一次复核尚未办结")
    SUSPENDED = "suspended", _("称号暂停")


class Advice(TextChoices):
    """What the municipal office advises the ministry."""

    KEEP = "keep", _("建议保留称号")
    WITHDRAW = "withdraw", _("建议撤销称号")


class ReexaminationState(TextChoices):
    """Legal state of the re-examination of one title."""

    CALLED = "reexamination_called", _("待报送复核材料")
    SENT_BACK = "reexamination_sent_back", _("复核材料退回补正")
    LATE = "reexamination_late", _("逾期未报送复核材料")
    UNDER_REVIEW = "reexamination_under_review", _("复核材料市级审核中")
    REVIEWED = "reexamination_reviewed", _("已审核，待上报")
    FORWARDED = "reexamination_forwarded", _("已上报，待国家复核结果")
    PASSED = "reexamination_passed", _("复核合格")
    FAILED = "reexamination_failed", _("复核不合格")
    REFUSED = "reexamination_refused", _("拒绝参加复核")
    UNANSWERED = "reexamination_unanswered", _("逾期未参加复核")
    DROPPED = "reexamination_dropped", _("不再要求复核")


def _lost(step: int) -> StateFacts:
    """An end against the holder."""
    return StateFacts(Owner.NOBODY, step, "bad", is_final=True, is_adverse=True)


_R = ReexaminationState
REEXAMINATION_STATES: dict[ReexaminationState, StateFacts] = {
    _R.CALLED: StateFacts(Owner.HOLDER, 1, "idle"),
    _R.SENT_BACK: StateFacts(Owner.HOLDER, 1, "warn"),
    _R.LATE: StateFacts(Owner.OFFICE, 1, "warn"),
    _R.UNDER_REVIEW: StateFacts(Owner.OFFICE, 2),
    _R.REVIEWED: StateFacts(Owner.OFFICE, 3),
    _R.FORWARDED: StateFacts(Owner.EXTERNAL, 4),
    _R.PASSED: StateFacts(Owner.NOBODY, 4, "ok", is_final=True),
    _R.FAILED: _lost(4),
    _R.REFUSED: _lost(1),
    _R.UNANSWERED: _lost(1),
    _R.DROPPED: StateFacts(Owner.NOBODY, 1, "idle", is_final=True),
}
LOST = (_R.FAILED, _R.REFUSED, _R.UNANSWERED)
OPEN = tuple(state for state, facts in REEXAMINATION_STATES.items() if not facts.is_final)
