"""Forms of those who look into objections, beside the answer."""

from __future__ import annotations

from django import forms
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
