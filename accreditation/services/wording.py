"""What the outcomes of a meeting are called: a recognition is granted here, a national title only recommended."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Choice, Level
from accreditation.models import Batch

RECOGNISING: Mapping[Choice, str | Promise] = {choice: choice.label for choice in Choice}
RECOMMENDING: Mapping[Choice, str | Promise] = {
    Choice.RECOGNISE: _("同意推荐"),
    Choice.REFUSE: _("不予推荐"),
    Choice.POSTPONE: _("暂缓推荐"),
}


def is_recommendation(batch: Batch) -> bool:
    """Whether the batch leads to a recommendation, because a national authority grants the title."""
    return batch.programme.level == Level.NATIONAL


def choice_words(batch: Batch) -> Mapping[Choice, str | Promise]:
    """The words of the choices at meetings over a batch."""
    return RECOMMENDING if is_recommendation(batch) else RECOGNISING
