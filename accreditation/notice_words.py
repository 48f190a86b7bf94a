"""Closed words of public notices: adjustments of an entry, and why the notice of one case runs on."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class AdjustmentKind(TextChoices):
    """An entry was printed wrongly, or is taken off the list before the end of the notice."""

    CORRECTED = "corrected", _("更正名称")
    TAKEN_OFF = "taken_off", _("撤下名单")


class ExtensionGround(TextChoices):
    """By what the end of a case's notice was put off: the time its handling took, or days that the office named."""

    HANDLING = "handling", _("异议核查用时顺延")
    NAMED = "named", _("因异议决定延长")
