"""No case waits at an office without a limit or a goal: each state has one of them, or stands below with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from accreditation.clocks import NO_LIMITS
from accreditation.enums import Owner
from workflows.goals import OFFICES, shipped_goals
from workflows.moves import moves, reached
from workflows.procedures import PROCEDURES, Procedure
from workflows.subjects import APPLICATION

each_procedure = pytest.mark.parametrize(("name", "procedure"), PROCEDURES.items(), ids=list(PROCEDURES))

# State: why it needs no goal although not every verb that leads there starts a clock in every case.
OF_WHOEVER_GETS_IT = "the verb chooses among the limits of the offices, and whichever office gets the case has one"
CHOSEN = dict.fromkeys(("submitted", "under_first_review", "under_completeness_check"), OF_WHOEVER_GETS_IT)
ALWAYS_LIMITED: Mapping[str, Mapping[str, str]] = {
    **{edition: CHOSEN for edition, one in PROCEDURES.items() if one.subject is APPLICATION},
    "title_proceeding/2026": {"awaiting_order": "the days to decide run from the request on, or begin here"},
    "reconsideration/2024": {"reconsideration_filed": "the days to examine begin with the case"},
}
NOT_AN_OFFICE = {
    Owner.APPLICANT: "has limits where the rules set them, and loses by waiting",
    Owner.HOLDER: "the same",
    Owner.CLOCK: "ends by itself",
    Owner.DAY: "ends by itself",
    Owner.EXTERNAL: "a national authority, which sets its own pace",
    Owner.NOBODY: "waits for the system",
}


def states_at_offices(procedure: Procedure) -> set[str]:
    """States, none of them an end, in which an office has to act."""
    used = reached((pair for found in moves(procedure).values() for pair in found), procedure.first)
    facts = {str(state): procedure.subject.facts(state) for state in used}
    return {state for state, one in facts.items() if one.owner in OFFICES and not one.is_final}


def surely_limited(procedure: Procedure) -> set[str]:
    """States in which a limit runs however a case comes there: started without a choice, or running on from before."""
    found = reached((pair for pairs in moves(procedure).values() for pair in pairs), procedure.first)
    found = {str(state) for state in found} - {str(procedure.first)}
    while unsure := {state for state in found if any(_unlimited_ways(procedure, state, found))}:
        found -= unsure
    return found


def _unlimited_ways(procedure: Procedure, state: str, limited: set[str]) -> Iterator[str]:
    clocks = procedure.subject.clocks
    kinds = {kind for kind, states in clocks.items() if state in states} - set(NO_LIMITS)
    for code, pairs in moves(procedure).items():
        starts = procedure.verbs[code].starts
        is_started = starts is not None and not starts.is_by_case and bool(starts.kinds & kinds)
        for source, target in pairs:
            runs_on = source in limited and any(source in clocks[kind] for kind in kinds)
            if target == state != source and not is_started and not runs_on:
                yield f"{code} from {source}"


def test_every_owner_is_an_office_or_none_with_a_reason() -> None:
    assert set(Owner) == OFFICES | set(NOT_AN_OFFICE)
    assert not OFFICES & set(NOT_AN_OFFICE)


@each_procedure
def test_every_state_at_an_office_has_a_limit_or_a_goal(name: str, procedure: Procedure) -> None:
    goals = shipped_goals().get(name, {})
    waiting = states_at_offices(procedure) - surely_limited(procedure)
    assert waiting - set(goals) - set(ALWAYS_LIMITED.get(name, {})) == set()
    assert set(goals) <= waiting, "a goal beside a limit that always runs, or of a state that is no office's"


def test_goals_are_days_of_installed_editions() -> None:
    assert shipped_goals().keys() <= PROCEDURES.keys()
    assert all(0 < days <= 90 for states in shipped_goals().values() for days in states.values())
