"""The forms that end a case whose enterprise holds the title by now, or is barred from it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.casework import LONG


class EndAsHeldForm(forms.Form):
    """Why nothing is left to be granted; the number of the title is written into the letter beside it."""

    reason = forms.CharField(
        label=_("终结办理的理由"),
        help_text=_("写明已持有的称号由何而来，例如承继、合并或既有证书登记；写入告知书。称号编号由系统写入。"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )


class EndAsBarredForm(forms.Form):
    """Why the application cannot be granted; the order and the day until which it bars are written in beside it."""

    reason = forms.CharField(
        label=_("终结办理的理由"),
        help_text=_("写明限制由何而来、为何不能继续办理；写入决定书。撤销决定的文号和限制的期限由系统写入。"),
        min_length=5,
        max_length=2000,
        widget=forms.Textarea(attrs=LONG),
    )
