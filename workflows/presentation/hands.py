"""Who of an office has a case in hand: what the pages show of it, and how the way of a case tells it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.models import Case, User
from accreditation.permissions import Person
from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.assignments import desk_task, held_since, may_assign, may_hold, possible_holders
from workflows.presentation.words import Words, quoted

Content = Mapping[str, Any]
# Who of an authority has a case in hand is the authorities' own affair.
HAND_READERS: Mapping[str, frozenset[View]] = dict.fromkeys(
    ("take", "release", "hand_over"), frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT, View.FORWARDER})
)


def hands(case: Case, by: Person, *, at: datetime) -> Words | None:
    """`holder`, `since`, `seen`, `may_take`, `may_release`, `others` to hand it to; None where no desk has it."""
    found = desk_task(case)
    if found is None or not isinstance(by, User):
        return None
    holder = found.holder
    may_take = holder is None and may_hold(found, by, case, at)
    return {
        "holder": quoted(holder) if holder else "",
        "since": held_since(case) if holder else None,
        "seen": holder.pk if holder else "",
        "may_take": may_take,
        "may_release": holder is not None and holder.pk == by.pk,
        "others": possible_holders(found, case) if may_assign(found, by, case, at) else [],
    }


def _released(content: Content, rules: RuleSet | None) -> SafeString:
    return quoted(content.get("reason"))


def _handed_over(content: Content, rules: RuleSet | None) -> SafeString:
    said = format_html(_("转交 {name}。"), name=quoted(content["to_name"]))
    return format_html("{}{}", said, quoted(content.get("reason")))


HAND_TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = {
    "release": _released,
    "hand_over": _handed_over,
}
