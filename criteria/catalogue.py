"""All rule sets of a directory: which exist, which is in force on a date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from criteria.faults import Fault, RuleSetFaults
from criteria.loading import PROGRAMMES, load
from criteria.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Rule sets by programme and edition, in order of programme and effective date."""

    rule_sets: tuple[RuleSet, ...]

    def find(self, programme: str, edition: str) -> RuleSet:
        """One edition; LookupError when there is none."""
        for rule_set in self.rule_sets:
            if (rule_set.programme, rule_set.edition) == (programme, edition):
                return rule_set
        raise LookupError(f"{programme}/{edition}")

    def editions(self, programme: str) -> tuple[RuleSet, ...]:
        """All editions of a programme, oldest first."""
        return tuple(rule_set for rule_set in self.rule_sets if rule_set.programme == programme)

    def in_force(self, programme: str, on: date, *, demonstration: bool = False, district: str = "") -> RuleSet:
        """The newest edition in force on a day, demonstration sets only when asked for; LookupError without one.

        `district` (GB/T 2260) chooses among the sets of a programme that every district rules for itself.
        """
        found = [
            rule_set
            for rule_set in self.editions(programme)
            if (rule_set.demonstration, rule_set.district) == (demonstration, district) and _is_in_force(rule_set, on)
        ]
        if not found:
            raise LookupError(f"{programme} on {on}")
        return found[-1]


def _is_in_force(rule_set: RuleSet, on: date) -> bool:
    begun = rule_set.effective_from is not None and rule_set.effective_from <= on
    return begun and (rule_set.effective_to is None or on <= rule_set.effective_to)


def load_catalogue(directory: Path = PROGRAMMES) -> Catalogue:
    """Every rule set below a directory (`<programme>/<edition>.yaml`); RuleSetFaults with the faults of all files."""
    rule_sets: list[RuleSet] = []
    faults: list[Fault] = []
    for path in sorted(directory.glob("*/*.yaml")):
        try:
            rule_sets.append(load(f"{path.parent.name}/{path.stem}", directory))
        except RuleSetFaults as refused:
            faults += refused.faults
    if faults:
        raise RuleSetFaults(tuple(faults))
    ordered = sorted(rule_sets, key=lambda r: (r.programme, r.effective_from or date.min, r.edition))
    return Catalogue(tuple(ordered))
