"""Announced lists in words: the name under which somebody was announced, and what it is called today."""

from __future__ import annotations

from datetime import date

from accreditation.enums import TitleState
from accreditation.models import Application, Enterprise, EvaluationCall
from workflows.presentation.words import Words


def naming(printed: str, bearer: Enterprise, holder: Enterprise) -> Words:
    """`name` as it was printed; `now` where the bearer is called otherwise today; `passed_to` who has the title now."""
    return {
        "name": printed,
        "now": bearer.name if bearer.name != printed else "",
        "passed_to": holder.name if holder.pk != bearer.pk else "",
    }


def bearer_of(call: EvaluationCall) -> Enterprise:
    """Who held the title when its result was announced; before that, who holds it today."""
    return call.announced_holder or call.title.holder


def naming_of_call(call: EvaluationCall) -> Words:
    """The name in the list of a round: as the announcement gives it; today's before there is one."""
    bearer = bearer_of(call)
    return naming(call.announced_name or bearer.name, bearer, call.title.holder)


def recognised_words(row: Application, until: date | None) -> Words:
    """A line of an announcement of recognitions: name, product, title, its term as announced; both as they are now."""
    assert row.title is not None
    assert row.announcement is not None
    return naming(row.announced_name, row.enterprise, row.title.holder) | {
        "product": row.product_name,
        "title": row.title.number,
        "valid_from": row.title.valid_from,
        "valid_until": until,
        "until_now": row.title.valid_until if row.title.valid_until != until else None,
        "state": row.title.state,
        "state_now": row.title.get_state_display() if row.title.state != TitleState.IN_FORCE else "",
        "is_renewal": row.title.announcement_number != row.announcement.number,
    }
