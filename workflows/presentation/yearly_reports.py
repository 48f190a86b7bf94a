"""A yearly report in words: name, steps, facts, lines of the office's lists."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Case, YearlyReport
from accreditation.models.cases import CaseSubject
from accreditation.selectors.holders import day_of
from accreditation.templatetags.dates import day_text
from accreditation.visibility import View
from accreditation.yearly_report_words import DueMove, YearlyReportState
from criteria.fields import FieldSpec
from workflows.presentation.words import Words, amount, district_name, either, quoted, state_label, state_tone
from workflows.selectors.yearly_reports import record_of
from workflows.yearly_report_acts import fields_asked

STEPS = (gettext_lazy("报送"), gettext_lazy("审阅"), gettext_lazy("备案"))
EFFECT = gettext_lazy("年度报告的报送情况在三年复核时供参考；逾期本身不改变称号，是否处理由认定机关另行决定。")


def _row(subject: CaseSubject) -> YearlyReport:
    assert isinstance(subject, YearlyReport)
    return subject


def name(subject: CaseSubject) -> str:
    """Which report."""
    return _("%(year)s 年度报告") % {"year": _row(subject).call.reporting_year}


def facts(case: Case, subject: CaseSubject, view: View) -> list[Words]:
    """Rows of the summary: title, call, due day, timeliness, figures, what the holder and the office say."""
    row = _row(subject)
    call = row.call
    shown: list[tuple[str, object]] = [
        (_("称号"), f"{either(row.title.programme, 'name')} {row.title.number}"),
        (_("通知文号"), quoted(call.document)),
        (_("报送截止日"), f"{day_text(call.due_on)}{_('（')}{DueMove(call.moves).label}{_('）')}"),
        (_("报送日期"), day_text(day_of(row.handed_in_at)) if row.handed_in_at else ""),
        (_("是否按期"), timeliness(row)),
        (_("年度情况"), quoted(row.summary) if row.summary else ""),
        (_("办公室意见"), quoted(row.remark) if row.remark else ""),
        *figure_rows(fields_asked(row), row.figures),
        (_("历年报送情况"), _record(row)),
        (_("对复核的影响"), str(EFFECT)),
    ]
    return [{"label": label, "value": value} for label, value in shown if value]


def timeliness(row: YearlyReport) -> str:
    """In time, late by so many days, or not there yet."""
    if row.handed_in_at is None:
        return _("逾期未报") if row.state == YearlyReportState.OVERDUE else _("尚未报送")
    return _("逾期 %(n)d 天") % {"n": row.late_days} if row.late_days else _("按期")


def figure_rows(asked: list[tuple[FieldSpec, int]], figures: Mapping[str, str]) -> list[tuple[str, object]]:
    """Name with its year, and the value with its unit, of every figure that is given."""
    shown: list[tuple[str, object]] = []
    for spec, year in asked:
        text = figures.get(f"{spec.code}-{year}", "")
        if text:
            label = _("%(name)s（%(year)s 年）") % {"name": either(spec, "name"), "year": year}
            shown.append((label, figure_text(text, spec.unit)))
    return shown


def figure_text(text: str, unit: str) -> str:
    """A stored figure with its unit; yes or no for one that is true or false."""
    if text in ("true", "false"):
        return _("是") if text == "true" else _("否")
    return amount(Fraction(text), unit)


def _record(row: YearlyReport) -> str:
    others = [one for one in record_of(row.title) if one.pk != row.pk]
    return _("；").join(f"{one.call.reporting_year}{_('：')}{timeliness(one)}" for one in others)


def columns() -> list[Words]:
    """Heads of the list of a call."""
    labels = (_("单位名称"), _("所在区"), _("称号"), _("报送日期"), _("是否按期"), _("状态"))
    return [{"label": label} for label in labels]


def line(row: YearlyReport) -> Words:
    """One holder in the list of a call; the name leads to the case."""
    return {
        "tone": "red" if row.state == YearlyReportState.OVERDUE else "",
        "cells": [
            {"text": quoted(row.case.enterprise.name), "href": reverse("matter", args=[row.case.number]),
             "hint": row.case.number},
            district_name(row.case.district),
            row.title.number,
            day_text(day_of(row.handed_in_at)) if row.handed_in_at else "—",
            timeliness(row),
            {"text": state_label(row.state), "tone": state_tone(row.state)},
        ],
    }  # fmt: skip
