"""The superior's answer to a request for one more return."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models.returns import FurtherAnswer


class FurtherAnswerForm(forms.Form):
    """Which request, allowed or refused, and why."""

    further = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(label=_("答复"), choices=FurtherAnswer)
    reason = forms.CharField(label=_("答复的理由"), min_length=5, max_length=1000)
