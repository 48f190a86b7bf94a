"""Broken cross checks of the rule set as faults of the workbook, each at the cells that it compares."""

from __future__ import annotations

from collections.abc import Iterable

from criteria.checks import CellRef, CheckOutcome
from criteria.facts import Facts, Origin
from criteria.workbook.faults import Fault, Faults, Severity, shown
from criteria.workbook.intake import Reading, entries_of

_BETWEEN = "；"
_EXPECTED = ("相互一致的数据", "figures that agree with one another")
_FIX = (
    "请核对下列单元格，改正其中有误的一处：{places}",
    "Check these cells and correct the one that is wrong: {places}",
)


def faults_from_checks(outcomes: Iterable[CheckOutcome], facts: Facts) -> Faults:
    """Outcomes of `check_facts` as faults: the first cell is the place, all cells as typed are what was read."""
    return Faults(tuple(_fault(outcome, facts) for outcome in outcomes), tuple(entries_of(facts)))


def with_checks(reading: Reading, outcomes: Iterable[CheckOutcome]) -> Reading:
    """A reading with the cross checks of its facts added to its faults; a refused file stays as it is."""
    if reading.faults.refusal:
        return reading
    more = [_fault(outcome, reading.facts) for outcome in outcomes]
    entries = reading.faults.entries or tuple(entries_of(reading.facts) if more else ())
    return Reading(reading.facts, Faults((*reading.faults.faults, *more), entries))


def places_of(fault: Fault) -> tuple[str, ...]:
    """All cells that a fault compares, as `sheet!cell`; one or none where it speaks of a single cell."""
    before, _, _ = _FIX[0].partition("{")
    if fault.fix_zh.startswith(before):
        return tuple(place for place in fault.fix_zh.removeprefix(before).split(_BETWEEN) if place)
    return (fault.place,) if fault.cell else ()


def _fault(outcome: CheckOutcome, facts: Facts) -> Fault:
    origins = [(cell, _origin(cell, facts)) for cell in outcome.cells]
    placed = [(cell, origin) for cell, origin in origins if origin is not None]
    first, origin = placed[0] if placed else (CellRef(""), Origin("", ""))
    places = _BETWEEN.join(str(origin) for _, origin in placed)
    read = _BETWEEN.join(f"{origin.cell} {origin.raw}" for _, origin in placed)
    fix = (_FIX[0].format(places=places), _FIX[1].format(places=places))
    severity = Severity(outcome.severity.value)
    field = f"{first.annex}.{first.field}" if first.annex else first.field
    texts = (*_EXPECTED, outcome.message_zh, outcome.message_en, *fix)
    return Fault(outcome.code, severity, origin.sheet, origin.cell, field, first.year, shown(read), *texts)


def _origin(cell: CellRef, facts: Facts) -> Origin | None:
    if cell.origin is not None:
        return cell.origin
    fact = facts.fact(cell.field, cell.year)
    return fact.origin if fact else None
