"""What the outcomes of a meeting are called, by what the meeting is about."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Choice

RECOGNISING: dict[Choice, str | Promise] = {choice: choice.label for choice in Choice}
RECOMMENDING: dict[Choice, str | Promise] = {  # a national title is only recommended here
    Choice.RECOGNISE: _("同意推荐"),
    Choice.REFUSE: _("不予推荐"),
    Choice.POSTPONE: _("暂缓推荐"),
}
EVALUATING: dict[Choice, str | Promise] = {  # a meeting adopts the result that the rules give, or has it checked again
    Choice.RECOGNISE: _("同意评价结果"),
    Choice.REFUSE: _("退回核查"),
    Choice.POSTPONE: _("暂缓审定"),
}


def outcome_label(outcome: str, *, of: str) -> str:
    """An outcome as the minutes name it; `of` is `recommendation`, `evaluation`, or empty for a recognition."""
    words = {"recommendation": RECOMMENDING, "evaluation": EVALUATING}.get(of, RECOGNISING)
    return str(words[Choice(outcome)]) if outcome in Choice.values else ""
