"""Which states of which procedure the demo shows: each that a case can come to, but for those named with a reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from accreditation.models import Case
from workflows.moves import moves, reached
from workflows.procedures import PROCEDURES

# Procedure: state and why no case of the demo stands in it. None at present.
NOT_SHOWN: Mapping[str, Mapping[str, str]] = {}


def states_of(edition: str) -> set[str]:
    """Every state that a case of the procedure can come to."""
    procedure = PROCEDURES[edition]
    pairs = (pair for found in moves(procedure).values() for pair in found)
    return {str(state) for state in reached(pairs, procedure.first)}


def missing() -> list[tuple[str, str]]:
    """Procedure and state in which no case stands although the demo is to show it."""
    shown = set(Case.objects.values_list("procedure", "state").distinct())
    return [pair for pair in _to_show() if pair not in shown]


def _to_show() -> Iterator[tuple[str, str]]:
    for edition in PROCEDURES:
        for state in sorted(states_of(edition) - set(NOT_SHOWN.get(edition, {}))):
            yield edition, state
