"""Forms of hearings on objections, of the answer that waits for the objector, of a waiver."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.casework import LONG, Confirmation
from workflows.forms.public import LEAST_TEXT, NumberAndCode, WithFile


class FactsForm(forms.Form):
    """What the applicant is told of an objection."""

    facts = forms.CharField(
        label=_("所涉事实"),
        help_text=_("用自己的话概括需要申报单位说明的事实；不写异议人的姓名、单位、联系方式，不照抄异议原文。"),
        min_length=LEAST_TEXT,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class StatementForm(WithFile):
    """What the applicant says to the facts; a file is optional."""

    field_order = ("text", "file", "gives_up_rest")
    text = forms.CharField(
        label=_("陈述意见"),
        help_text=_("写明事实和依据；陈述期限内可以再次提交作为补充，每次提交的都保留。"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )
    gives_up_rest = Confirmation(
        label=_("本单位已陈述完毕，放弃其余的陈述期限。"),
        help_text=_("可以不选；选定后不能再补充，核查机关不必等到期限届满。"),
        required=False,
    )


class WaiverForm(forms.Form):
    """Why the applicant leaves the notice, and that it knows what follows."""

    reason = forms.CharField(label=_("理由"), max_length=1000, widget=forms.Textarea(attrs=LONG))
    understood = Confirmation(
        label=_("本单位自愿申请撤下公示名单，知道公布调整通知后本次申报终止。"),
    )


class AnswerCodeForm(NumberAndCode):
    """Number and code of an objection, as they were shown when it was raised."""

    number = forms.CharField(
        label=_("异议编号"),
        help_text=_("例如 OBJ-2026-0001。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("异议查询码"),
        help_text=_("提交异议时显示的 12 位查询码。"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
