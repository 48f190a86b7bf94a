"""Closed words of public notices: why the notice of one case runs on."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ExtensionGround(TextChoices):
    """By what the end of a case's notice was put off: the time its handling took, or days that the office named."""

    HANDLING = "handling", _("异议核查用时顺延")
    NAMED = "named", _("因异议决定延长")
