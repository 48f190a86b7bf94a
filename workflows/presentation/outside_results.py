"""Results from above that wait for a second officer, in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accreditation.models import ResultProposal
from accreditation.recommendation_words import ResultState
from accreditation.templatetags.dates import day_text
from workflows.presentation.entered_results import STATE_TONES, people_rows, shown_rows
from workflows.presentation.words import Words, quoted


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
        *people_rows(row),
    ]
    return shown_rows(shown)
