"""A change of edition for people: its state, editions by name, what becomes of each state and of each case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accreditation.clocks import DeadlineKind
from accreditation.models import EditionChange
from accreditation.models.editions import EditionChangeState as S
from workflows.edition_mapping import EditionMapping, Goal
from workflows.presentation.words import Words, state_label, state_tone
from workflows.procedures import PROCEDURES

TONES = {S.WAITING: "amber", S.RUNNING: "blue", S.FINISHED: "green", S.DECLINED: "red", S.WITHDRAWN: "grey"}


def change_mark(row: EditionChange) -> Words:
    """State of a change: `text` and `tone`."""
    state = S(row.state)
    return {"text": state.label, "tone": TONES[state]}


def edition_name(edition: str) -> str:
    """Title and year of an edition of a procedure; its code where it is not installed any more."""
    found = PROCEDURES.get(edition)
    if found is None:
        return edition
    return _("%(title)s（%(year)s 版）") % {"title": found.flow.process_title, "year": edition.partition("/")[2]}


def goal_rows(mapping: EditionMapping) -> list[Words]:
    """What becomes of each state: `before`, `after`, whether it stays, the clocks that start."""
    return [
        {
            "before": state_label(state),
            "after": state_label(goal.state),
            "stays": goal.state == state,
            "clocks": _clocks(goal),
        }
        for state, goal in mapping.states.items()
    ]


def _clocks(goal: Goal) -> list[str]:
    return [str(DeadlineKind(clock.kind).label) for clock in goal.starts]


def case_rows(lines: Iterable[Mapping[str, Any]], holders: Mapping[str, str]) -> list[Words]:
    """What becomes of each case: `number`, `enterprise`, `before`, `after`, `tone`, `reasons`."""
    return [
        {
            "number": line["case"],
            "enterprise": holders.get(line["case"], ""),
            "before": state_label(line["before"]),
            "after": state_label(line["after"]) if line["after"] else "",
            "stays": line["before"] == line["after"],
            "tone": state_tone(line["before"]),
            "reasons": line["reasons"],
        }
        for line in lines
    ]


def counts(lines: Iterable[Mapping[str, Any]]) -> Words:
    """How many go over and how many are refused."""
    rows = list(lines)
    refused = sum(1 for line in rows if line["reasons"])
    return {"changed": len(rows) - refused, "refused": refused}
