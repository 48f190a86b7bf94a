"""A re-examination in words: name, steps, facts with the yearly reports beside, lines of the office's lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Case, Reexamination
from accreditation.models.cases import CaseSubject
from accreditation.reexamination_words import LOST, Advice, ReexaminationReason
from accreditation.reexamination_words import ReexaminationState as S
from accreditation.selectors.holders import day_of
from accreditation.services.reexaminations import Listed
from accreditation.templatetags.dates import day_text
from accreditation.visibility import View
from workflows.presentation.words import Words, district_name, either, quoted, state_label, state_tone
from workflows.presentation.yearly_reports import figure_rows, timeliness
from workflows.reexamination_acts import fields_asked
from workflows.selectors import reexaminations as rows
from workflows.selectors.yearly_reports import record_of

STEPS = (gettext_lazy("报送"), gettext_lazy("市级审核"), gettext_lazy("上报"), gettext_lazy("国家结果"))
EFFECT = gettext_lazy(
    "复核合格的，称号续期；不合格、拒绝或逾期不参加的，由市认定办公室提出撤销建议，经听取陈述申辩或听证后另行决定。"
)
PARTS: Mapping[str, Promise] = {
    rows.WAITING: gettext_lazy("待报送"),
    rows.LATE: gettext_lazy("逾期名单"),
    rows.REVIEW: gettext_lazy("审核和待上报"),
    rows.ABOVE: gettext_lazy("待国家结果"),
    rows.PASSED_PART: gettext_lazy("合格"),
    rows.LOST_PART: gettext_lazy("不合格或未参加"),
    rows.DROPPED: gettext_lazy("不再要求"),
}
READS_DRAFTS = frozenset({View.APPLICANT, View.AUDITOR})  # others read what was handed in
OFFICIAL = frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT})


def _row(subject: CaseSubject) -> Reexamination:
    assert isinstance(subject, Reexamination)
    return subject


def name(subject: CaseSubject) -> str:
    """Which round."""
    return _("%(year)s 年度复核") % {"year": _row(subject).round.year}


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: title, round, material, yearly reports beside, opinion, result, what follows."""
    row = _row(subject)
    round_ = row.round
    shown: list[tuple[str, object]] = [
        (_("称号"), f"{either(row.title.programme, 'name')} {row.title.number}"),
        (_("认定或上次复核"), day_text(row.due_since)),
        (_("通知文号"), quoted(round_.document)),
        (_("报送截止日"), day_text(round_.due_on)),
        (_("报送日期"), day_text(day_of(row.handed_in_at)) if row.handed_in_at else ""),
        (_("列入逾期名单"), day_text(day_of(row.late_at)) if row.late_at else ""),
        (_("自评情况"), quoted(row.summary) if row.summary else ""),
        (_("历年年度报告"), _yearly_reports(row, view)),
        *_outcome(row, view),
        *figure_rows(fields_asked(row), row.figures if view in READS_DRAFTS else rows.figures_handed_in(case)),
        (_("复核的后果"), str(EFFECT)),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def _outcome(row: Reexamination, view: View) -> list[tuple[str, object]]:
    """Opinion (for authorities until it is with the ministry), letter, result, new term, withdrawal."""
    is_open = view in OFFICIAL or row.report is not None
    opinion = format_html("{}<br>{}", Advice(row.position).label, quoted(row.opinion)) if row.position else ""
    until = day_text(row.renewed_until) if row.renewed_until else ""
    return [
        (_("说明"), quoted(row.remark) if row.remark else ""),
        (_("市级审核意见"), opinion if is_open else ""),
        (_("上报文号"), quoted(row.report.number) if row.report else ""),
        (_("国家文件"), quoted(row.notice.number) if row.notice else ""),
        (_("续期至") if row.title.valid_until else _("复核周期至"), until),
        (_("撤销建议"), _proposal(row) if view in OFFICIAL else ""),
    ]


def _proposal(row: Reexamination) -> str | SafeString:
    if row.proposal is None:
        return _("待提出") if row.state in LOST else ""
    return format_html('<a href="{}">{}</a>', reverse("matter", args=[row.proposal.number]), row.proposal.number)


def _yearly_reports(row: Reexamination, view: View) -> str | SafeString:
    """Each report with its timeliness, leading to it."""
    address = "my_matter" if view is View.APPLICANT else "matter"
    lines = [
        (
            reverse(address, args=[one.case.number]),
            _("%(year)s 年度报告") % {"year": one.call.reporting_year},
            timeliness(one),
            state_label(one.state),
        )
        for one in record_of(row.title)
    ]
    if not lines:
        return _("没有登记年度报告。")
    return format_html_join(SafeString("<br>"), '<a href="{}">{}</a> {} {}', lines)


def columns() -> list[Words]:
    """Heads of the list of a round."""
    labels = (_("单位名称"), _("所在区"), _("称号"), _("报送日期"), _("状态"), _("市级审核意见"), _("撤销建议"))
    return [{"label": label} for label in labels]


def line(row: Reexamination) -> Words:
    """One case in the list of a round; the name leads to it."""
    late = _("逾期名单") if row.late_at else ""
    proposal = reverse("matter", args=[row.proposal.number]) if row.proposal else ""
    return {
        "tone": "red" if row.state == S.LATE else "",
        "cells": [
            {"text": quoted(row.case.enterprise.name), "href": reverse("matter", args=[row.case.number]),
             "hint": row.case.number},
            district_name(row.case.district),
            row.title.number,
            {"text": day_text(day_of(row.handed_in_at)) if row.handed_in_at else "—", "hint": late},
            {"text": state_label(row.state), "tone": state_tone(row.state)},
            Advice(row.position).label if row.position else "—",
            {"text": row.proposal.number if row.proposal else "—", "href": proposal},
        ],
    }  # fmt: skip


def preview_columns() -> list[Words]:
    """Heads of the list that a round would freeze now."""
    return [{"label": label} for label in (_("单位名称"), _("称号"), _("认定或上次复核"), _("是否应参加"))]


def preview(listed: Iterable[Listed]) -> list[Words]:
    """Whom a round would call or leave out, and why."""
    return [
        {
            "cells": [
                quoted(one.title.holder.name),
                one.title.number,
                day_text(one.since),
                {"text": one.reason.label, "tone": "blue" if one.reason is ReexaminationReason.DUE else "grey"},
            ]
        }
        for one in listed
    ]


def result_words(row: Reexamination) -> Words:
    """A result as the public reads it: year, word, tone, day, document."""
    assert row.notice is not None
    return {
        "year": row.round.year,
        "label": state_label(row.state),
        "tone": state_tone(row.state),
        "on": row.notice.dated,
        "document": row.notice.number,
        "until": row.renewed_until if row.title.valid_until else None,
    }
