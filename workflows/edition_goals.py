"""What could become of the states of an edition: the goals that the other edition allows, and the likeliest of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from criteria.rulewriting import written
from workflows.doing import Clock
from workflows.procedures import PROCEDURES, Procedure
from workflows.tables.municipal_evaluation_2025 import RECTIFICATION
from workflows.tables.municipal_recognition_2022 import CHECK, CORRECTION, EXPERTS, FIRST_REVIEW, NOTICE
from workflows.tables.national_recommendation_2016 import CONSULTATION

CLOCKS = (FIRST_REVIEW, CORRECTION, CHECK, EXPERTS, NOTICE, CONSULTATION, RECTIFICATION)


@dataclass(frozen=True, slots=True)
class Choice:
    """A state of the old edition, the goals that are legal for it with the likeliest first."""

    state: str
    goals: tuple[str, ...]


def siblings() -> list[tuple[str, str]]:
    """Every ordered pair of editions of one procedure between which a change can be drawn up."""
    return [
        (before, after)
        for before in PROCEDURES
        for after in PROCEDURES
        if before != after and before.partition("/")[0] == after.partition("/")[0]
    ]


def choices(before: str, after: str) -> list[Choice]:
    """The legal goals of every state in which a case waits: to stay, else the nearest that is not ahead and no end."""
    old, new = PROCEDURES[before], PROCEDURES[after]
    return [Choice(state, tuple(_goals(state, old, new))) for state in old.node_of_state]


def _goals(state: str, old: Procedure, new: Procedure) -> Iterator[str]:
    if state in new.node_of_state:
        yield str(state)
    step = old.subject.facts(state).step
    facts = {str(goal): new.subject.facts(goal) for goal in new.node_of_state if goal != state}
    steps = {goal: one.step for goal, one in facts.items() if not one.is_final and not one.is_adverse}
    behind = [goal for goal, other in steps.items() if other <= step]
    yield from sorted(behind, key=lambda goal: (steps[goal] == step, -steps[goal]))  # those of the same step come last


def draw_up(after: str, reason: str, goals: Mapping[str, str]) -> str:
    """The text of a mapping to these goals; where a case is moved, the usual clocks of its new state start."""
    new = PROCEDURES[after]
    states = {str(state): _written(str(state), goal, new) for state, goal in goals.items()}
    return written({"reason": reason, "states": states})


def _written(state: str, goal: str, new: Procedure) -> object:
    starts = {str(clock.kind): _clock(clock) for clock in CLOCKS if _runs(clock, goal, new)}
    if goal == state or not starts:
        return goal
    return {"to": goal, "starts": starts}


def _clock(clock: Clock) -> dict[str, str]:
    said = {"days": str(clock.days)}
    return said | {"fires": clock.fires} if clock.fires else said


def _runs(clock: Clock, goal: str, new: Procedure) -> bool:
    is_here = goal in new.subject.clocks.get(clock.kind, frozenset())
    is_used = clock.days in new.needs | new.options
    return is_here and is_used and (not clock.fires or clock.fires in new.verbs)
