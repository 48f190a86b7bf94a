"""Forms of the correction of an announcement: what was printed, what is right; publish or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.correction_words import Particular
from accreditation.models import Title
from workflows.forms.casework import LONG, offer


class CorrectionForm(forms.Form):
    """One particular of one holder on the list."""

    title = forms.ChoiceField(label=_("单位和称号"))
    particular = forms.ChoiceField(label=_("更正的事项"), choices=Particular.choices)
    printed = forms.CharField(label=_("公告上的内容"), help_text=_("照公告原文填写。"), max_length=200)
    right = forms.CharField(label=_("正确的内容"), max_length=200)
    reason = forms.CharField(
        label=_("更正的理由"),
        help_text=_("写明差错的由来和核对的依据，随更正一并公开。"),
        min_length=5,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )

    def __init__(self, *args: Any, listed: Iterable[tuple[Title, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(title.number, f"{name} {title.number}") for title, name in listed]
        offer(self, "title", [("", _("请选择")), *offered])


class CorrectionAnswerForm(forms.Form):
    """The second person's decision."""

    is_published = forms.ChoiceField(
        label=_("审核意见"), choices=[("yes", _("发布更正")), ("no", _("不予发布"))], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=_("理由"),
        help_text=_("不予发布的，须写明理由。"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )
