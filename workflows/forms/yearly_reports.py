"""Forms of yearly reports: the call, the figures, the handing in, what the office says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import RuleSetEdition, YearlyReport
from accreditation.models.cases import CaseSubject
from accreditation.services.known_figures import known_figures, stored_value
from accreditation.services.rule_sets import rules_of_edition
from accreditation.yearly_report_words import DueMove
from criteria.facts import Scalar
from criteria.fields import FieldSpec
from workflows.forms.casework import LONG
from workflows.forms.matter_returns import NamedFiguresForm, SummaryForm
from workflows.yearly_report_acts import fields_asked

FIRST_YEAR, LAST_YEAR = 2011, 2100
Asked = list[tuple[FieldSpec, int]]
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


class ReportFiguresForm(NamedFiguresForm):
    """Figures of the year; what is known from filings and registers stands there already, to be checked."""

    def __init__(self, *args: Any, subject: YearlyReport, **kwargs: Any) -> None:
        super().__init__(*args, asked=fields_asked(subject), known=_known(subject), subject=subject, **kwargs)


def _known(report: YearlyReport) -> dict[tuple[str, int], Scalar]:
    """Saved figures; before the first saving those that are known of the enterprise for these years."""
    asked, call = fields_asked(report), report.call
    return saved_figures(asked, report.figures) or figures_on_record(report, asked, call.rule_set, call.year)


def saved_figures(asked: Asked, figures: Mapping[str, str]) -> dict[tuple[str, int], Scalar]:
    """What was saved before."""
    saved = {(spec.code, year): figures.get(f"{spec.code}-{year}", "") for spec, year in asked}
    return {key: stored_value(text) for key, text in saved.items() if text}


def figures_on_record(
    subject: CaseSubject, asked: Asked, edition: RuleSetEdition, year: int
) -> dict[tuple[str, int], Scalar]:
    """What filings and registers know of the enterprise."""
    known = known_figures(subject.case.enterprise, rules_of_edition(edition), year)
    keys = [(spec.code, asked_for) for spec, asked_for in asked]
    return {key: known.facts.value(*key) for key in keys if key in known.facts.figures}


class HandInForm(SummaryForm):
    """What the year was like, in words."""

    summary = forms.CharField(
        label=_("年度情况"), max_length=5000, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("写明本年度技术创新工作、成效、重大变化和下一年计划。"),
    )  # fmt: skip


class RemarkForm(forms.Form):
    """What the office adds."""

    reason = forms.CharField(label=_("说明"), max_length=1000, required=False, widget=forms.Textarea(attrs=LONG))
