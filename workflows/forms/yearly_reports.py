"""Forms of yearly reports: the call, the figures, the handing in, what the office says."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import YearlyReport
from accreditation.services.known_figures import known_figures, stored_value
from accreditation.services.rule_sets import rules_of_edition
from accreditation.yearly_report_words import DueMove
from criteria.facts import Scalar
from workflows.forms.casework import LONG
from workflows.forms.cultivation import OwnFiguresForm
from workflows.yearly_report_acts import fields_asked

FIRST_YEAR, LAST_YEAR = 2011, 2100
WHOLE = forms.TextInput(attrs={"inputmode": "numeric"})


class CallForm(forms.Form):
    """The call of a year."""

    year = forms.IntegerField(
        label=_("报送年份"), min_value=FIRST_YEAR, max_value=LAST_YEAR, widget=WHOLE,
        help_text=_("在该年4月30日前报送上一年度情况。"),
    )  # fmt: skip
    document = forms.CharField(label=_("通知文号"), max_length=80)
    moves = forms.ChoiceField(
        label=_("4月30日不是工作日时"), choices=DueMove.choices, widget=forms.RadioSelect,
        help_text=_("国家文件未作规定，由通知写明。"),
    )  # fmt: skip
    return_days = forms.IntegerField(
        label=_("退回修改的工作日数"), min_value=1, max_value=60, widget=WHOLE,
        help_text=_("国家文件未作规定，由通知写明。"),
    )  # fmt: skip


class ReportFiguresForm(OwnFiguresForm):
    """Figures of the year; what is known from filings and registers stands there already, to be checked."""

    def __init__(self, *args: Any, subject: YearlyReport, **kwargs: Any) -> None:
        asked = fields_asked(subject)
        super().__init__(*args, asked=asked, known=_known(subject), **kwargs)


def _known(report: YearlyReport) -> dict[tuple[str, int], Scalar]:
    """Saved figures; before the first saving those that are known of the enterprise for these years."""
    asked = [(spec.code, year) for spec, year in fields_asked(report)]
    if report.figures:
        saved = {key: report.figures.get(f"{key[0]}-{key[1]}", "") for key in asked}
        return {key: stored_value(text) for key, text in saved.items() if text}
    known = known_figures(report.case.enterprise, rules_of_edition(report.call.rule_set), report.call.year)
    return {key: known.facts.value(*key) for key in asked if key in known.facts.figures}


class HandInForm(forms.Form):
    """What the year was like, in words."""

    summary = forms.CharField(
        label=_("年度情况"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("写明本年度技术创新工作、成效、重大变化和下一年计划。"),
    )  # fmt: skip


class RemarkForm(forms.Form):
    """What the office adds."""

    reason = forms.CharField(label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs=LONG))
