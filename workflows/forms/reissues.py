"""Forms of certificates made out again: why, and the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.reissue_words import OFFICE_REASONS, ReissueReason, ReissueState
from workflows.forms.casework import LONG, FilterForm, offer


class ReissueFilter(FilterForm):
    """Filters of the list of requests."""

    words = forms.CharField(
        label=_("企业、称号或办理编号"), required=False, max_length=60, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label=_("状态"), required=False, choices=[("", _("全部")), *ReissueState.choices])


class ReissueForm(forms.Form):
    """Why the certificate is to be made out again; the authority chooses among what it can find by itself."""

    reason = forms.ChoiceField(label=_("理由"), choices=ReissueReason.choices, widget=forms.RadioSelect)
    statement = forms.CharField(
        label=_("情况说明"),
        help_text=_("写明经过和证书上的具体问题。"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, is_by_office: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_by_office:
            offer(self, "reason", [(reason.value, reason.label) for reason in OFFICE_REASONS])


class ReissueAnswerForm(forms.Form):
    """Yes or no; a no is explained to the holder."""

    is_allowed = forms.ChoiceField(
        label=_("审核意见"), choices=[("yes", _("同意")), ("no", _("不同意"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("理由"),
        help_text=_("不同意的，须写明理由，写入告知书；同意的可不填。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )
