"""A return beyond the first: the request as officers and superiors see it, and how the way of a case tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.models import CorrectionPoint, FurtherReturn, User
from accreditation.models.returns import FurtherAnswer
from accreditation.permissions import Person
from accreditation.services.evaluation import reported_facts
from accreditation.services.further_returns import Returned, latest
from accreditation.services.rule_sets import rules_of
from accreditation.visibility import View
from criteria.ruleset import RuleSet
from workflows.assignments import desk_task, may_assign
from workflows.matter_returns import owner_at
from workflows.presentation.corrections import place_of
from workflows.presentation.words import Words, quoted
from workflows.procedures import procedure_of
from workflows.returnable import returnables

Content = Mapping[str, Any]
TONES = {"": "amber", FurtherAnswer.ALLOWED: "green", FurtherAnswer.REFUSED: "red"}
# What officers and their superiors write to each other is the authorities' own affair; the return names who allowed it.
FURTHER_READERS: Mapping[str, frozenset[View]] = dict.fromkeys(
    ("ask_further_return", "allow_further_return", "refuse_further_return"),
    frozenset({View.OFFICE, View.AUDITOR, View.DISTRICT, View.FORWARDER}),
)


def further_return(of: Returned, by: Person, *, at: datetime) -> Words | None:
    """The newest request of the level that has the case, as `return_request.html` takes it; None where there is none.

    `may_answer` says whether this person is a superior who did not ask.
    """
    row = latest(of, owner_at(of))
    if row is None or not isinstance(by, User):
        return None
    found = desk_task(row.case)
    is_superior = found is not None and may_assign(found, by, row.case, at)
    return {
        "pk": row.pk,
        "state": row.get_answer_display() if row.answer else _("待负责人答复"),
        "tone": TONES[row.answer],
        "is_waiting": not row.answer,
        "is_allowed": row.answer == FurtherAnswer.ALLOWED,
        "asked_by": quoted(row.asked_by),
        "asked_at": row.asked_at,
        "reason": quoted(row.reason),
        "answered_by": quoted(row.answered_by) if row.answered_by else "",
        "answered_at": row.answered_at,
        "answer_reason": quoted(row.answer_reason),
        "remark": quoted(row.remark) if row.remark else "",
        "points": list(_points(row)),
        "may_answer": not row.answer and is_superior and by.pk not in (row.asked_by_id, row.asked_for_id),
    }


def _points(row: FurtherReturn) -> Iterable[Words]:
    if row.application is None:
        subject = procedure_of(row.case).subject.of(row.case)
        places = {(one.target, one.code, one.year): one.place for one in returnables(row.case, subject)}
        for said in row.points:
            place = places.get((said["target"], said["code"], said["year"]), said["code"])
            yield {"place": place, "words": quoted(said["remark"]), "clause": quoted(said["clause"])}
        return
    rules, facts = rules_of(row.application.batch), reported_facts(row.application)
    for said in row.points:
        place = place_of(CorrectionPoint(target=said["target"], code=said["code"], year=said["year"]), rules, facts)
        yield {"place": place, "words": quoted(said["remark"]), "clause": quoted(said["clause"])}


def _asked(content: Content, rules: RuleSet | None) -> SafeString:
    said = _("提请退回 %(n)d 项。") % {"n": content.get("points", 0)}
    return format_html("{}{}", said, quoted(content.get("reason")))


def _answered(content: Content, rules: RuleSet | None) -> SafeString:
    said = format_html(_("提请人：{name}。"), name=quoted(content.get("asked_by")))
    return format_html("{}{}", said, quoted(content.get("reason")))


FURTHER_TELLERS: Mapping[str, Callable[[Content, RuleSet | None], str | SafeString]] = {
    "ask_further_return": _asked,
    "allow_further_return": _answered,
    "refuse_further_return": _answered,
}
