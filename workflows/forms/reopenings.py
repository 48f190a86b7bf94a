"""Forms of 重新审议: what came to light, the second officer's answer; and of an applicant who gives up."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models.reopenings import ReopeningGround
from workflows.forms.casework import LONG, Confirmation


class ReopeningForm(forms.Form):
    """Ground, facts and the file that shows them; the applicant reads all of it."""

    ground = forms.ChoiceField(label=_("事由"), choices=ReopeningGround.choices, widget=forms.RadioSelect)
    facts = forms.CharField(
        label=_("查明的事实"),
        help_text=_("写明事实、来源和日期，将写入告知书送达申报单位。"),
        min_length=10,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )
    file = forms.FileField(
        label=_("证明材料"),
        help_text=_("PDF、PNG 或 JPEG，一个文件；申报单位可以查阅。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )
    why_again = forms.CharField(
        label=_("再次提请的理由"),
        help_text=_("仅在就同一事实曾提请又撤回时填写，将写入告知书；只能再提请一次。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class ReopeningAnswerForm(forms.Form):
    """Why the case is sent back, or not; `reopening` is the number of the proposal that the person has read."""

    reopening = forms.IntegerField(
        widget=forms.HiddenInput, error_messages={"required": _("请从办件页面重新打开本页。")}
    )
    reason = forms.CharField(
        label=_("理由"),
        help_text=_("写明对事实和陈述意见的核查结果，将写入告知书送达申报单位。"),
        min_length=5,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )


class ReopeningWithdrawalForm(ReopeningAnswerForm):
    """Why who proposed it does so no longer."""

    reason = forms.CharField(
        label=_("理由"),
        help_text=_("写明不再提请的原因，将写入告知书送达申报单位。"),
        min_length=5,
        max_length=3000,
        widget=forms.Textarea(attrs=LONG),
    )


class GiveUpForm(forms.Form):
    """Why the applicant gives up, and that it knows what follows."""

    reason = forms.CharField(label=_("理由"), min_length=2, max_length=1000, widget=forms.Textarea(attrs=LONG))
    understood = Confirmation(label=_("本单位自愿撤回申报，知道撤回后本次申报终止，不能恢复。"))
