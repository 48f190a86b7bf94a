"""Corrections of announcements in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.correction_words import AnnouncementCorrectionState
from accreditation.models import AnnouncementCorrection
from accreditation.templatetags.dates import moment
from workflows.presentation.words import TONES, Words, quoted

STATE_TONES = {
    AnnouncementCorrectionState.WAITING: TONES["current"],
    AnnouncementCorrectionState.PUBLISHED: TONES["ok"],
    AnnouncementCorrectionState.DECLINED: TONES["idle"],
}


def correction_words(row: AnnouncementCorrection) -> Words:
    """Number, day, which particular of which title, both texts, the reason; nobody's name."""
    return {
        "number": row.number,
        "anchor": row.number.rpartition("-")[2],
        "at": row.settled_at,
        "title": row.title.number,
        "particular": row.get_particular_display(),
        "printed": row.printed,
        "right": row.right,
        "reason": row.reason,
        "state": row.get_state_display(),
        "tone": STATE_TONES[AnnouncementCorrectionState(row.state)],
        "href": reverse("announcement_correction", args=[row.pk]),
    }


def summary(row: AnnouncementCorrection) -> list[Words]:
    """Rows of one correction for the authority."""
    shown: list[tuple[str, object]] = [
        (_("公告"), quoted(row.announcement.number)),
        (_("单位和称号"), quoted(f"{row.title.holder.name} {row.title.number}")),
        (_("更正的事项"), row.get_particular_display()),
        (_("公告上的内容"), quoted(row.printed)),
        (_("正确的内容"), quoted(row.right)),
        (_("更正的理由"), quoted(row.reason)),
        (_("提出人"), quoted(row.proposed_by)),
        (_("提出时间"), moment(row.proposed_at)),
        (_("审核人"), quoted(row.settled_by) if row.settled_by else ""),
        (_("审核时间"), moment(row.settled_at) if row.settled_at else ""),
        (_("审核理由"), quoted(row.answer) if row.answer else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]
