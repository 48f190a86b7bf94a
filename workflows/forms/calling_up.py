"""The form with which an officer puts the next in order forward for a free place."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.forms.days import DayField
from workflows.forms.casework import LONG
from workflows.forms.recommendations import ResultAnswerForm


class CallingUpForm(forms.Form):
    """Which document or rule allows it; nobody is chosen here."""

    document = forms.CharField(
        label=_("允许递补的文件或者规定"), required=False, max_length=200,
        help_text=_("名称和文号。推荐文件已行文的必填；尚未行文的，以本批次的名额为依据，可以不填。"),
    )  # fmt: skip
    dated = DayField(
        label=_("印发日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class CallingUpAnswerForm(ResultAnswerForm):
    """The second officer's answer to it."""

    is_confirmed = forms.ChoiceField(
        label=_("核对意见"), choices=[("yes", _("同意递补")), ("no", _("不予确认"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("理由"), required=False, max_length=1000, widget=forms.Textarea(attrs=LONG),
        help_text=_("不予确认的，须写明理由，告知提请人。"),
    )  # fmt: skip
