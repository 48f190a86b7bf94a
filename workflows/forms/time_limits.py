"""What is asked of the report of time limits: the days, an office, a procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms.casework import offer
from workflows.forms.standings import PeriodForm


class TimeLimitForm(PeriodForm):
    """From a day to a day, both included; of one office and of one procedure, or of all."""

    office = forms.ChoiceField(label=_("办理机关"), required=False)
    procedure = forms.ChoiceField(label=_("程序"), required=False)

    def __init__(self, *args: Any, choices: Mapping[str, Sequence[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, found in choices.items():
            offer(self, name, [("", _("全部")), *found])
