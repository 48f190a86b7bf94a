"""Forms over a batch that is open: a later end of its window, its calling off, and why a proposal is declined."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.batch_proposals import LONGEST_REASON
from workflows.forms.office import MOMENT_FORMAT

LONGEST_DOCUMENT = 200


class LongerWindowForm(forms.Form):
    """Until when, why, and the document that says so; all of it is published."""

    closes_at = forms.DateTimeField(
        label=_("延长至"),
        help_text=_("上海时间；只能延后，不能提前。"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT_FORMAT),
    )
    reason = forms.CharField(
        label=_("延长的理由"),
        help_text=_("向社会公布，请勿写入不宜公开的内容。"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document = forms.CharField(
        label=_("依据的文件"), help_text=_("延长通知的名称和文号，向社会公布。"), max_length=LONGEST_DOCUMENT
    )


class CallingOffForm(forms.Form):
    """Why a batch is called off; it is published."""

    reason = forms.CharField(
        label=_("取消的理由"),
        help_text=_("向社会公布，并告知已建草稿的单位。"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclineForm(forms.Form):
    """Why a proposal is left without effect."""

    reason = forms.CharField(
        label=_("不予确认的理由"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 3})
    )
