"""Requests of parties that somebody step aside, in words: for the party, for who answers, in the way of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.models import RecusalRequest
from accreditation.models.recusal_requests import RecusalAnswer
from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.presentation.words import Words, quoted

Content = Mapping[str, Any]
TONES: Mapping[str, str] = {"": "amber", RecusalAnswer.GRANTED: "green", RecusalAnswer.REFUSED: "grey"}
_TOLD = frozenset({View.APPLICANT, View.OFFICE, View.AUDITOR, View.DISTRICT, View.RECONSIDERER})
# The trail says whom the party named, in its words; why is read by those who answer and the auditor, on their page. Who
# was found to be meant may be an expert or a member of the committee, whose names few people read.
REQUEST_READERS: Mapping[str, frozenset[View]] = {
    **dict.fromkeys(("ask_recusal", "grant_recusal", "refuse_recusal"), _TOLD),
    **dict.fromkeys(("identify_recusal", "order_member_recusal"), frozenset({View.OFFICE, View.AUDITOR})),
}


def request_words(row: RecusalRequest) -> Words:
    """Whom it is about in the party's words, why, how it stands; nothing of who was found to be meant."""
    return {
        "pk": row.pk,
        "named": quoted(row.named),
        "ground": row.get_ground_display(),
        "reason": quoted(row.reason),
        "file": quoted(row.file_name) if row.file else "",
        "asked_at": row.asked_at,
        "asked_by": quoted(row.asked_by),
        "due": row.clock.due_at,
        "is_waiting": not row.answer,
        "state": row.get_answer_display() if row.answer else _("待答复"),
        "tone": TONES[row.answer],
        "answered_at": row.answered_at,
        "answer_reason": quoted(row.answer_reason) if row.answer else "",
        "letter": row.letter.number if row.letter else "",
    }


def answer_words(row: RecusalRequest) -> Words:
    """The same for who answers: also who is meant and who answered."""
    return {
        **request_words(row),
        "number": row.case.number,
        "enterprise": quoted(row.case.enterprise.name),
        "person": quoted(row.person) if row.person else "",
        "holds_back": row.holds_back,
        "answered_by": quoted(row.answered_by) if row.answered_by else "",
    }


def _named(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("申请回避的人员：{name}。"), name=quoted(content["named"]))


def _identified(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("所指人员：{name}。"), name=quoted(content["person_name"]))


def _ordered(content: Content, rules: RuleSet | None) -> SafeString:
    return format_html(_("{name}：{what}。"), name=quoted(content["officer_name"]), what=_("本办件"))


REQUEST_TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = {
    **dict.fromkeys(("ask_recusal", "grant_recusal", "refuse_recusal"), _named),
    "identify_recusal": _identified,
    "order_member_recusal": _ordered,
}
