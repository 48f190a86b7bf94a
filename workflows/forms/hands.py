"""Forms of a case that changes hands within an office."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accreditation.models import User


class ReleaseForm(forms.Form):
    """Why a case is given back."""

    reason = forms.CharField(label=_("交回的理由"), max_length=300)


class HandOverForm(forms.Form):
    """To whom and why; `seen` is who held it when the page was opened."""

    to = forms.ModelChoiceField(label=_("转交给"), queryset=User.objects.filter(is_active=True, is_system=False))
    reason = forms.CharField(label=_("转交的理由"), max_length=300)
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
