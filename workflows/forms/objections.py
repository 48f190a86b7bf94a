"""Forms of those who look into objections, beside the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.forms.casework import LONG

MOST_DAYS = 60


class ExtensionForm(forms.Form):
    """Working days by which an objection extends the notice of its case, with the reason, which stays inside."""

    days = forms.IntegerField(
        label=_("延长的工作日数"),
        min_value=1,
        max_value=MOST_DAYS,
        widget=forms.NumberInput(attrs={"class": "form-control field-short", "inputmode": "numeric"}),
    )
    reason = forms.CharField(
        label=_("延长的理由"),
        help_text=_("不公开，只供可以查看异议的人员查阅；公示页面只写明因异议延长和延长后的截止日。"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs=LONG),
    )


class DecisionForm(forms.Form):
    """A form with several buttons; `decision` is the verb of the one that was pressed."""

    DECISIONS: tuple[str, ...] = ()
    UNDECIDED: str | Promise = ""

    @property
    def decision(self) -> str:
        """The verb asked for, empty when none was."""
        asked = str(self.data.get("decision", ""))
        return asked if asked in self.DECISIONS else ""

    def clean(self) -> dict[str, Any]:
        """One of the buttons must have been pressed."""
        if not self.decision:
            self.add_error(None, str(self.UNDECIDED))
        return super().clean() or {}


class AnswerForm(DecisionForm):
    """The answer to an objection; `decision` is the button that was pressed."""

    reasons = forms.CharField(
        label=_("核查情况和处理理由"),
        help_text=_("将写入答复文书；不要写出异议人的姓名或联系方式。"),
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )

    DECISIONS = ("dismiss_objection", "propose_upholding")

    UNDECIDED = _("请选择异议成立或不成立。")


class SecondAnswerForm(DecisionForm):
    """What becomes of a proposal to uphold; who declines it or takes it back says why."""

    reason = forms.CharField(
        label=_("不同意或者撤回的理由"),
        help_text=_("确认的不必填写。记入办理日志；不要写出异议人的姓名或联系方式。"),
        required=False,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )

    DECISIONS = ("uphold_objection", "decline_upholding", "withdraw_upholding")
    UNDECIDED = _("请选择确认、不同意或者撤回。")
