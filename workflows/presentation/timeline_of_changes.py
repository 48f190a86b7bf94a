"""Who reads of which act of a change after the grant, and which words of it are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.presentation.words import quoted

_EVERYBODY = frozenset(View)
_INSIDE = frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT})

READERS: Mapping[str, frozenset[View]] = {
    "revise_change": _EVERYBODY,
    "add_change_document": _EVERYBODY,
    "drop_change_document": _EVERYBODY,
    "submit_change": _EVERYBODY,
    "withdraw_change": _EVERYBODY,
    "give_opinion": _EVERYBODY,
    "give_receiving_opinion": _EVERYBODY,
    "return_change": _EVERYBODY,
    "confirm_change": _EVERYBODY,
    "put_succession_forward": _INSIDE,  # a plan that nobody has confirmed
    "send_succession_back": _INSIDE,
    "confirm_succession": _EVERYBODY,
    "refuse_change": _EVERYBODY,
    "agree_to_succession": _EVERYBODY,
    "decline_succession": _EVERYBODY,
    "reopen_change": _EVERYBODY,
    "restore_ended_titles": _EVERYBODY,
}
PAPERS = ("add_change_document", "drop_change_document")
WORDS: Mapping[str, str] = {  # what of the entry is shown beside the act
    "give_opinion": "opinion",
    "give_receiving_opinion": "opinion",
    "return_change": "reason",
    "withdraw_change": "reason",
    "put_succession_forward": "reasons",
    "send_succession_back": "reason",
    "confirm_change": "document",
    "confirm_succession": "document",
    "refuse_change": "reasons",
    "agree_to_succession": "name",
    "reopen_change": "reason",
    "restore_ended_titles": "reason",
}


def declined(content: Mapping[str, Any], rules: RuleSet | None) -> SafeString:
    """Which successor does not take anything on, and why."""
    return format_html("{}{}{}", quoted(content.get("name")), _("："), quoted(content.get("reason")))
