"""Forms of the steps that the municipal recognition has from edition 2026 on: end of a consultation, quota."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.recommendation_words import TieRule
from workflows.forms.casework import LONG
from workflows.forms.recommendations import NUMERIC


class ConclusionForm(forms.Form):
    """The consultation is over and the application complete in form."""

    opinion = forms.CharField(label=_("审查意见"), max_length=2000, widget=forms.Textarea(attrs=LONG))
    objections_answered = forms.CharField(
        label=_("部门不同意见的处理情况"), required=False, max_length=2000, widget=forms.Textarea(attrs=LONG),
        help_text=_("有部门提出不同意见时必填。"),
    )  # fmt: skip
    without_answer_for = forms.CharField(
        label=_("不等待部门答复的理由"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("会商期限已满而有部门未答复，且规则未规定逾期视为无意见时必填。"),
    )  # fmt: skip


class ProposalQuotaForm(forms.Form):
    """The most proposals of a batch, the document that sets it, and the order of two with equal scores."""

    quota = forms.IntegerField(
        label=_("认定名额"), min_value=1, max_value=999, widget=forms.TextInput(attrs=NUMERIC),
        help_text=_("评审委员会在本批次同意认定的最多家数；按核定数据得分排序，名额以外的不予认定。"),
    )  # fmt: skip
    ground = forms.CharField(label=_("名额依据"), max_length=200, help_text=_("文件名称和文号。"))
    tie_rule = forms.ChoiceField(
        label=_("得分相同时的排序规则"), choices=TieRule.choices, widget=forms.RadioSelect,
        help_text=_("写入会议纪要；仍相同的，申报编号在前者在先。"),
    )  # fmt: skip
