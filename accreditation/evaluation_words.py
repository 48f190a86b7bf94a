"""Closed words of evaluations of titles: why a title is called or left out, what a band does to a title."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CallReason(TextChoices):
    """Why a title is called to an evaluation, or stands aside from it."""

    DUE = "due", _("应参加本次评价")
    EXCELLENT_BEFORE = "excellent_before", _("上一次评价为优秀，免于参加")
    NOT_YET_DUE = "not_yet_due", _("认定未满首次评价的年数")
    EVALUATED_BEFORE = "evaluated_before", _("上一次评价未满评价周期")
    SUSPENDED = "suspended", _("称号暂停")


EXEMPT = frozenset(set(CallReason) - {CallReason.DUE})

# What a band of the rules does to a title: codes of `criteria`, see criteria/programmes/README.md.
SKIPS_NEXT = "exempt_from_next_evaluation"
WARNINGS = frozenset({"warning", "warning_and_rectification"})
WITH_RECTIFICATION = "warning_and_rectification"
LOSES_TITLE = "revocation"
