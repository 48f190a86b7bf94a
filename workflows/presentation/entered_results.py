"""What one officer entered and another compares with its document, in words."""

from __future__ import annotations

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accreditation.models import EarlierResult, EarlierResultLine, ReexaminationResult, ReexaminationResultLine
from accreditation.models.entered_results import EnteredResult
from accreditation.recommendation_words import ResultState
from accreditation.templatetags.dates import day_text, moment
from criteria.ruleset import RuleSet
from workflows.presentation.words import TONES, Words, either, quoted

STATE_TONES = {
    ResultState.WAITING: TONES["current"],
    ResultState.CONFIRMED: TONES["ok"],
    ResultState.DECLINED: TONES["bad"],
    ResultState.WITHDRAWN: TONES["idle"],
}


def entry_words(row: EnteredResult, number: str, href: str) -> Words:
    """Number of the document, who entered it and when, what became of it, where it is dealt with."""
    return {
        "number": number,
        "by": row.recorded_by,
        "at": row.recorded_at,
        "state": row.get_state_display(),
        "tone": STATE_TONES[ResultState(row.state)],
        "href": href,
    }


def people_rows(row: EnteredResult) -> list[tuple[str, object]]:
    """Who entered it, who settled it, in whose place, when and why."""
    return [
        (_("登记人"), quoted(row.recorded_by)),
        (_("被代办人"), quoted(row.recorded_for) if row.recorded_for else ""),
        (_("登记时间"), moment(row.recorded_at)),
        *settled_rows(row),
    ]


def settled_rows(row: EnteredResult) -> list[tuple[str, object]]:
    """Who settled it, in whose place, when and why."""
    return [
        (pgettext("评价", "办结人"), quoted(row.settled_by) if row.settled_by else ""),
        (pgettext("办结", "被代办人"), quoted(row.settled_for) if row.settled_for else ""),
        (_("办结时间"), moment(row.settled_at) if row.settled_at else ""),
        (_("不予确认的理由"), quoted(row.reason) if row.reason else ""),
    ]


def shown_rows(rows: list[tuple[str, object]]) -> list[Words]:
    """Label and value of each that has one."""
    return [{"label": label, "value": value} for label, value in rows if value]


# --- evaluations from before this system ------------------------------------------------------------------------
def earlier_words(row: EarlierResult) -> Words:
    """As a line of a list."""
    return entry_words(row, row.document_number, "") | {"year": row.year, "reason": row.reason}


def earlier_rows(row: EarlierResult) -> list[Words]:
    """Everything but the lines that is compared with the document."""
    return shown_rows([
        (_("评价年度"), row.year),
        (_("公布文号"), quoted(row.document_number)),
        (_("公布日期"), day_text(row.dated)),
        *people_rows(row),
    ])  # fmt: skip


def earlier_line(row: EarlierResultLine, rules: RuleSet) -> Words:
    """One title and the band that the document gives it."""
    band = rules.band(row.band)
    return {
        "name": row.title.holder.name,
        "number": row.title.number,
        "outcome": either(band, "name"),
        "tone": TONES["idle"],
    }


# --- re-examinations ----------------------------------------------------------------------------------------------
def result_words(row: ReexaminationResult) -> Words:
    """As a line of a list."""
    return entry_words(row, row.notice.number, reverse("office_reexamination_entry", args=[row.pk]))


def result_rows(row: ReexaminationResult, *, with_scan: bool) -> list[Words]:
    """Everything but the lines that is compared with the document."""
    address = reverse("office_reexamination_notice", args=[row.round.year, row.notice_id])
    scan = format_html('<a href="{}">{}</a>', address, row.notice.file_name)
    return shown_rows([
        (_("发文机关"), quoted(row.notice.authority)),
        (_("国家文件文号"), quoted(row.notice.number)),
        (_("印发日期"), day_text(row.notice.dated)),
        (_("文件扫描件"), scan if with_scan else ""),
        (_("合格称号的有效期至"), day_text(row.valid_until) if row.valid_until else ""),
        (_("不合格的说明"), quoted(row.reasons) if row.reasons else ""),
        *people_rows(row),
    ])  # fmt: skip


def result_line(row: ReexaminationResultLine) -> Words:
    """One holder and what the notice says of it."""
    return {
        "name": row.reexamination.title.holder.name,
        "number": row.reexamination.case.number,
        "outcome": _("复核合格") if row.is_passed else _("复核不合格"),
        "tone": TONES["ok"] if row.is_passed else TONES["bad"],
    }
