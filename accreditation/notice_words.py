"""Closed words of public notices: what an adjustment notice does to an entry of the list."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AdjustmentKind(TextChoices):
    """An entry was printed wrongly, or is taken off the list before the end of the notice."""

    CORRECTED = "corrected", _("更正名称")
    TAKEN_OFF = "taken_off", _("撤下名单")
