"""Days that people type: within years that instants, calendars and databases can count with."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST = date(1900, 1, 1), date(2999, 12, 31)
OUT_OF_RANGE = _("请填写 1900 年至 2999 年之间的日期。")


class DayField(forms.DateField):
    """A day from 1900 to 2999: beyond, the day after or its midnight in another zone may be no day at all."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.validators += [MinValueValidator(FIRST, OUT_OF_RANGE), MaxValueValidator(LAST, OUT_OF_RANGE)]
