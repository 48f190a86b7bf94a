"""What a successor declares."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.casework import Confirmation
from workflows.succession_agreements import LEAST_WORDS


class AgreementForm(forms.Form):
    """It takes the titles on."""

    agreed = Confirmation(label=_("本单位同意承继上述称号，并承担持有单位的义务。"))


class DeclineForm(forms.Form):
    """It does not, and why."""

    reason = forms.CharField(
        label=_("不同意的理由"),
        help_text=_("送申请单位和认定机关。办结以前，本单位仍可以改为同意。"),
        min_length=LEAST_WORDS,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
