"""Hearings on objections in words: for the applicant, for those who look into objections, in the trail."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.clocks import is_past
from accreditation.enums import ObjectionState
from accreditation.models import (
    Application,
    NoticeWaiver,
    Objection,
    ObjectionHearing,
    ObjectionProposal,
    ObjectorLetter,
)
from accreditation.models.objection_proposals import UpholdingAnswer
from accreditation.services import hearings as rows
from workflows.presentation.cases import deciding_office
from workflows.presentation.words import Words, quoted
from workflows.workdays import SHANGHAI, WorkCalendar

if TYPE_CHECKING:
    from criteria.ruleset import RuleSet

Content = Mapping[str, Any]
STATE_TONES = {ObjectionState.RECEIVED: "amber", ObjectionState.UPHELD: "red"}
ANSWER_TONES: Mapping[str, str] = {
    "": "amber",
    UpholdingAnswer.CONFIRMED: "blue",
    UpholdingAnswer.DECLINED: "red",
    UpholdingAnswer.WITHDRAWN: "grey",
    UpholdingAnswer.OVERTAKEN: "grey",
}


def hearing_words(hearing: ObjectionHearing, at: datetime) -> Words:
    """What was told, until when to answer, what was said; nothing of whoever objected."""
    is_awaited, has_stated = rows.is_awaited(hearing, at), hearing.stated_at is not None
    state, tone = (_("已陈述"), "green") if has_stated else (_("期满未陈述"), "grey")
    may_state = rows.may_state(hearing, at)
    if is_awaited:
        state, tone = _("待陈述"), "amber"
    elif may_state:
        state = _("已陈述，期限内可以补充")
    elif hearing.rest_waived_at is not None:
        state = _("已陈述，已放弃其余期限")
    elif not has_stated and hearing.objection.settled_at is not None and not is_past(hearing.clock.due_at, at):
        state = _("异议已办结，不再需要陈述")
    return {
        "number": hearing.objection.number,
        "facts": hearing.facts,
        "asked_at": hearing.asked_at,
        "due": hearing.clock.due_at,
        "is_provisional": hearing.clock.is_provisional,
        "is_awaited": is_awaited,
        "may_state": may_state,
        "is_heard": rows.is_heard(hearing, at),
        "state": state,
        "tone": tone,
        "statements": rows.statements_of(hearing),
        "rest_waived_at": hearing.rest_waived_at,
    }


def own_hearings(application: Application, at: datetime) -> list[Words]:
    """Hearings of a case for its applicant, each with the address of its page."""
    number = application.case.number
    return [
        hearing_words(row, at) | {"href": reverse("my_statement", args=[number, row.objection.number])}
        for row in rows.hearings_of(application)
    ]


def hearing_on(objection: Objection, at: datetime) -> Words | None:
    """The hearing on one objection; None where nobody asked for a statement."""
    found = rows.hearing_of(objection)
    return hearing_words(found, at) if found is not None else None


def proposal_words(row: ObjectionProposal) -> Words:
    """A proposal to uphold: who proposed it when and why, and the answer with the same."""
    return {
        "state": str(UpholdingAnswer(row.answer).label) if row.answer else _("待另一人确认"),
        "tone": ANSWER_TONES[row.answer],
        "proposed_by": quoted(row.proposed_by),
        "proposed_at": row.proposed_at,
        "reasons": quoted(row.reasons),
        "answered_by": quoted(row.answered_by) if row.answered_by else "",
        "answered_at": row.answered_at,
        "answer_reason": quoted(row.answer_reason) if row.answer_reason else "",
    }


def objection_line(objection: Objection, *, at: datetime, calendar: WorkCalendar) -> Words:
    """One row of the list: state, who has it in hand, by when it is to be settled, with the working days left.

    `objection` carries `due_at` of `workflows.selectors.registers.objections`.
    """
    is_open = objection.state == ObjectionState.RECEIVED
    due_at: datetime = objection.due_at  # type: ignore[attr-defined]  # annotated by the query
    today, last = (moment.astimezone(SHANGHAI).date() for moment in (at, due_at))
    asked: ObjectionHearing | None = getattr(objection, "hearing", None)
    until = asked.clock.due_at if is_open and asked is not None and rows.is_awaited(asked, at) else None
    return {
        "row": objection,
        "is_open": is_open,
        "tone": STATE_TONES.get(objection.state, "grey"),
        "due": due_at,
        "left": calendar.left(today, last),
        "provisional": objection.notice.is_provisional,
        "holder": _("申报单位") if until else deciding_office(objection.notice.batch),
        "statement_due": until,
        "settled_by": quoted(objection.settled_by) if objection.settled_by else "",
        "settled_at": objection.settled_at,
    }


def answer_words(objection: Objection) -> Words:
    """How an objection stands, for who raised it, with the letter once it is written."""
    letter = rows.letter_to_objector(objection)
    return {
        "number": objection.number,
        "notice": objection.notice.number,
        "raised_at": objection.raised_at,
        "office": deciding_office(objection.notice.batch),
        "state": objection.get_state_display() if letter else _("核查中"),
        "tone": "blue" if letter else "amber",
        "letter": letter,
        "is_sound": letter is not None and is_sound(letter),
    }


def is_sound(letter: ObjectorLetter) -> bool:
    """Whether a letter is what it was when it was written."""
    return hashlib.sha256(f"{letter.body}\n{letter.remedy}".encode()).hexdigest() == letter.sha256


def own_waiver(application: Application) -> NoticeWaiver | None:
    """The applicant's declaration to leave the notice that its case is in."""
    return rows.waiver_of(application) if application.notice_id else None


def _words(name: str) -> Any:
    def tell(content: Content, rules: RuleSet | None) -> str | SafeString:
        return quoted(content.get(name) or "")

    return tell


OBJECTION_TELLERS = {
    "ask_for_statement": _words("facts"),
    "state_on_objection": _words("text"),
    "waive_notice": _words("reason"),
    "propose_reopening": _words("facts"),
    "state_on_reopening": _words("text"),
    "return_to_committee": _words("reason"),
    "drop_reopening": _words("reason"),
    "withdraw_reopening": _words("reason"),
    "give_up": _words("reason"),
}
