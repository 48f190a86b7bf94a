"""Results from above that wait for a second officer, in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accreditation.models import ResultProposal
from accreditation.recommendation_words import ResultState
from accreditation.templatetags.dates import day_text, moment
from workflows.presentation.words import TONES, Words, quoted

STATE_TONES = {
    ResultState.WAITING: TONES["current"],
    ResultState.CONFIRMED: TONES["ok"],
    ResultState.DECLINED: TONES["bad"],
    ResultState.WITHDRAWN: TONES["idle"],
}


def result_words(row: ResultProposal) -> Words:
    """Title and holder, year, band, what became of it, where it is dealt with."""
    return {
        "title": row.title.number,
        "holder": row.title.holder.name,
        "year": row.year,
        "band": row.get_band_display(),
        "at": row.recorded_at,
        "by": row.recorded_by,
        "reason": row.reason,
        "state": row.get_state_display(),
        "tone": STATE_TONES[ResultState(row.state)],
        "href": reverse("outside_result", args=[row.pk]),
    }


def summary(row: ResultProposal) -> list[Words]:
    """Everything that is compared with the document, the link to it, who entered and who settled it."""
    scan = format_html('<a href="{}">{}</a>', reverse("outside_result_file", args=[row.pk]), row.notice.file_name)
    shown: list[tuple[str, object]] = [
        (_("单位和称号"), quoted(f"{row.title.holder.name} {row.title.number}")),
        (_("称号现状"), row.title.get_state_display()),
        (_("评价年度"), row.year),
        (_("评价结果"), row.get_band_display()),
        (_("后果"), quoted(row.consequence) if row.consequence else ""),
        (_("发文机关"), quoted(row.notice.authority)),
        (_("国家文件文号"), quoted(row.notice.number)),
        (_("印发日期"), day_text(row.notice.dated)),
        (_("文件扫描件"), scan),
        (_("登记人"), quoted(row.recorded_by)),
        (_("被代办人"), quoted(row.recorded_for) if row.recorded_for else ""),
        (_("登记时间"), moment(row.recorded_at)),
        (pgettext("评价", "办结人"), quoted(row.settled_by) if row.settled_by else ""),
        (pgettext("办结", "被代办人"), quoted(row.settled_for) if row.settled_for else ""),
        (_("办结时间"), moment(row.settled_at) if row.settled_at else ""),
        (_("不予确认的理由"), quoted(row.reason) if row.reason else ""),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]
