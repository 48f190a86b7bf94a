"""Which moves a procedure knows: derived from its verb table, its flow and the state machine of its subject."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from accreditation.models.cases import CaseSubject
from workflows.doing import Verb
from workflows.procedures import Procedure
from workflows.subjects import Subject


def transitions(kind: Subject) -> dict[str, list[tuple[str, list[str]]]]:
    """Method of the state machine: (source, targets) for each source state."""
    found: dict[str, list[tuple[str, list[str]]]] = {}
    model: Any = kind.model
    for move in model._meta.get_field("state").get_all_transitions(model):
        allowed = getattr(move.target, "allowed_states", None)
        targets = [str(state) for state in allowed] if allowed else [str(move.target)]
        found.setdefault(move.name, []).append((str(move.source), targets))
    return found


def moves(procedure: Procedure) -> dict[str, list[tuple[str, str]]]:
    """Verb of a procedure: (from, to) for each way it can move the state, among the states that the procedure uses."""
    possible = transitions(procedure.subject)
    pairs = {
        line.code: [
            (source, target) for source, targets in possible.get(line.transition or "", []) for target in targets
        ]
        for line in procedure.verbs.values()
    }
    used = reached((pair for found in pairs.values() for pair in found), procedure.first)
    return {code: [pair for pair in found if pair[0] in used] for code, found in pairs.items()}


def reached(pairs: Iterable[tuple[str, str]], start: str) -> set[str]:
    """States that can be reached from the first one."""
    known = list(pairs)
    found, todo = {start}, [start]
    while todo:
        here = todo.pop()
        fresh = {target for source, target in known if source == here} - found
        found |= fresh
        todo += fresh
    return found


# --- what can come next ------------------------------------------------------------------------------------------
class Turn(StrEnum):
    """What a move means for whoever the case is about."""

    ONWARD = "onward"
    ATTENTION = "attention"  # a detour on which somebody has to do more: a correction, a hearing
    ADVERSE = "adverse"
    ENDING = "ending"  # over without a decision for or against: withdrawn, dropped


@dataclass(frozen=True, slots=True)
class Move:
    """One thing that may come next: by which verb, into which state; `closes` where the case ends as it stands."""

    verb: Verb
    target: str
    turn: Turn
    closes: bool = False


def turn_of(procedure: Procedure, source: str, target: str) -> Turn:
    """What going from one state to another means, by the facts of both and their order in the procedure."""
    there = procedure.subject.facts(target)
    if there.is_adverse:
        return Turn.ADVERSE
    if there.is_final:
        return Turn.ONWARD if there.tone == "ok" else Turn.ENDING
    goes_back = procedure.step_of(target) < procedure.step_of(source)
    return Turn.ATTENTION if there.tone == "warn" or goes_back else Turn.ONWARD


def possible_moves(procedure: Procedure, subject: CaseSubject, state: str) -> list[Move]:
    """Every move out of a state, in the order of the verb table; a verb that keeps the state is none."""
    return list(_moves_from(procedure, moves(procedure), subject, state))


def _moves_from(
    procedure: Procedure, known: Mapping[str, list[tuple[str, str]]], subject: CaseSubject, state: str
) -> Iterator[Move]:
    node, closed = procedure.node_of_state.get(state), procedure.closed_ways(subject)
    for line in procedure.verbs.values():
        if node not in line.nodes or line.code in closed:
            continue
        if line.closes_case and line.transition is None:
            yield Move(line, state, Turn.ONWARD, closes=True)
        for source, target in known[line.code]:
            if source == state != target and (line.code, target) not in closed:
                yield Move(line, target, turn_of(procedure, state, target), closes=line.closes_case is True)


def way_to_the_end(procedure: Procedure, subject: CaseSubject, state: str) -> list[Move]:
    """The shortest way on which everything goes well; empty where there is none, as from an end."""
    known = moves(procedure)
    ways: list[list[Move]] = [[]]
    seen = {state}
    while ways:
        way = ways.pop(0)
        here = way[-1].target if way else state
        for move in _moves_from(procedure, known, subject, here):
            closes = move.closes or procedure.subject.facts(move.target).ends_case
            ends = closes and move.turn is Turn.ONWARD
            if ends:
                return [*way, move]
            if move.turn not in (Turn.ADVERSE, Turn.ENDING) and move.target not in seen:
                seen.add(move.target)
                ways.append([*way, move])
    return []
