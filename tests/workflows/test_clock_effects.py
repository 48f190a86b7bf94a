"""The clock effects of the tables: whoever leads into a state with a clock starts it, and none runs on for nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from unittest.mock import Mock

import pytest

from accreditation.clocks import BESIDE, DeadlineKind
from workflows import who
from workflows.doing import Clock, Verb, starting
from workflows.moves import moves, reached
from workflows.procedures import PROCEDURES, Procedure

each_procedure = pytest.mark.parametrize(("name", "procedure"), PROCEDURES.items(), ids=list(PROCEDURES))


def kinds_of(line: Verb) -> frozenset[DeadlineKind]:
    """What a verb may start."""
    return line.starts.kinds if line.starts else frozenset()


def states_of(procedure: Procedure) -> set[str]:
    """States that the procedure uses."""
    return reached((pair for found in moves(procedure).values() for pair in found), procedure.first)


def entered(procedure: Procedure, source: str, target: str) -> set[str]:
    """Kinds that begin to run with that move, by what the states say."""
    clocks = procedure.subject.clocks.items()
    return {kind for kind, states in clocks if target in states and source not in states and kind not in BESIDE}


def unstarted(procedure: Procedure) -> list[str]:
    """Moves into a state with a clock by a verb that does not start it."""
    return [
        f"{code}: {source} -> {target} without {kind}"
        for code, pairs in moves(procedure).items()
        for source, target in pairs
        for kind in entered(procedure, source, target) - kinds_of(procedure.verbs[code])
    ]


@each_procedure
def test_verb_that_leads_into_a_state_with_a_clock_starts_it(name: str, procedure: Procedure) -> None:
    assert unstarted(procedure) == []


def test_forgotten_clock_is_found() -> None:
    procedure = PROCEDURES["municipal_recognition/2022"]
    silent = dict(procedure.verbs) | {"recommend": replace(procedure.verbs["recommend"], starts=None)}
    found = unstarted(replace(procedure, verbs=silent))
    assert found == ["recommend: under_first_review -> under_completeness_check without completeness_check"]


@each_procedure
def test_clock_that_no_verb_starts_begins_with_the_case(name: str, procedure: Procedure) -> None:
    started = set().union(*(kinds_of(line) for line in procedure.verbs.values()), BESIDE)
    for kind, states in procedure.subject.clocks.items():
        if kind not in started and states & states_of(procedure):
            assert procedure.first in states, kind


@each_procedure
def test_verb_starts_no_clock_but_of_a_state_that_it_leads_into(name: str, procedure: Procedure) -> None:
    assert list(_idle(procedure)) == []


# Verbs that choose: they start the clock only where it does not run yet, which a test of their own proves.
WHERE_NONE_RUNS = {"submit_for_order": "on a request of the holder the days to decide run from its first day"}


def _idle(procedure: Procedure) -> Iterator[str]:
    """Clocks that would run in no state, or beside the one that runs already."""
    for code, pairs in moves(procedure).items():
        line = procedure.verbs[code]
        for kind in kinds_of(line):
            states = procedure.subject.clocks.get(kind, frozenset())
            ways = pairs if line.transition else [(state, state) for state in _waiting_at(procedure, line)]
            if not any(target in states for _source, target in ways):
                yield f"{code} starts {kind}, which runs in no state that it leads to"
            is_again = line.transition and any({source, target} <= states for source, target in ways)
            if is_again and code not in WHERE_NONE_RUNS:
                yield f"{code} starts {kind}, which runs already"


def _waiting_at(procedure: Procedure, line: Verb) -> set[str]:
    return {state for state, node in procedure.node_of_state.items() if node in line.nodes}


@each_procedure
def test_every_clock_stops_before_the_case_ends(name: str, procedure: Procedure) -> None:
    """`deadlines.settle` stops what does not run in the new state: so each kind has its states, none of them an end."""
    started = set().union(*(kinds_of(line) for line in procedure.verbs.values()))
    assert started <= set(procedure.subject.clocks)
    for kind in started:
        for state in procedure.subject.clocks[kind]:
            assert not procedure.subject.facts(state).ends_case, (kind, state)


@each_procedure
def test_clock_fires_a_verb_of_the_clock_that_is_possible_wherever_it_runs(name: str, procedure: Procedure) -> None:
    clocks = [clock for line in procedure.verbs.values() if line.starts for clock in line.starts.clocks]
    used = states_of(procedure)
    for clock in clocks:
        if clock.fires:
            fired = procedure.verbs[clock.fires]
            assert fired.who is who.CLOCK, clock.fires
            for state in procedure.subject.clocks[clock.kind] & used:
                assert procedure.node_of_state[state] in fired.nodes, (clock.fires, state)


def test_clock_of_another_kind_than_declared_is_not_started() -> None:
    notice = Clock(DeadlineKind.NOTICE, 5)
    starts = starting(DeadlineKind.ORDER, chosen=lambda _doing: [notice])
    assert (starts.kinds, starts.is_by_case) == ({DeadlineKind.ORDER}, True)
    with pytest.raises(AssertionError, match="NOTICE"):
        starts(Mock())
    assert starting(notice)(Mock()) == [notice]
