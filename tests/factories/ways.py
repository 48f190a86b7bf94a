"""The way of a case, step by step: a way that begins like one taken before goes on from where that one was left."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from accreditation.models import Case
from tests.factories.snapshots import remembered

# A step of a world: moves the case on, and may move on the world's time.
Step = Callable[[Any, Case], Any]

_numbers: dict[Step, int] = {}
_steps: list[Step] = []


def lead(world: Any, case: Case, way: Sequence[Step]) -> None:
    """Take all steps in order."""
    _led(world, case, tuple(map(_number_of, way)))


@remembered
def _led(world: Any, case: Case, way: tuple[int, ...]) -> None:
    if way:
        *before, last = way
        if before:
            _led(world, case, tuple(before))
        _steps[last](world, case)


def _number_of(step: Step) -> int:
    """Steps are told apart as objects: many are lambdas, which have no name of their own."""
    if step not in _numbers:
        _numbers[step] = len(_steps)
        _steps.append(step)
    return _numbers[step]
