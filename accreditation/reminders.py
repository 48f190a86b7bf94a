"""Closed words of reminders: to whom a step of a ladder speaks, and what became of it."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ReminderAudience(TextChoices):
    """To whom a step of a ladder speaks."""

    HOLDER = "holder", _("办理人")
    SUPERIOR = "superior", _("上一级")
    HEAD = "head", _("督办机关")


class ReminderState(TextChoices):
    """What became of a step that was due."""

    SENT = "sent", _("已发出")
    SKIPPED = "skipped", _("已由更高一级代替")
    UNADDRESSED = "unaddressed", _("无收件人")
