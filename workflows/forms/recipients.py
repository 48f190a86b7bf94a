"""The choice of an edition of a procedure."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.procedures import PROCEDURES


def _choices() -> list[tuple[str, str]]:
    return [(code, f"{each.flow.process_title}（{code}）") for code, each in PROCEDURES.items()]


class EditionForm(forms.Form):
    """One installed edition."""

    procedure = forms.ChoiceField(label=_("办理程序"), choices=_choices)
