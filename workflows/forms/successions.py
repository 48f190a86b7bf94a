"""What a successor declares."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AgreementForm(forms.Form):
    """It takes the titles on."""

    agreed = forms.BooleanField(label=_("本单位同意承继上述称号，并承担持有单位的义务。"))
