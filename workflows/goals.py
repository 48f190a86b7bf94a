"""The office's own goals: within how many working days a case should leave a state for which no rule sets a limit.

No regulation knows them. They remind and are seen at the desks; no verb fires, nobody is told that a limit has passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from accreditation.clocks import NO_LIMITS
from accreditation.enums import Owner
from accreditation.models import Batch, Deadline
from accreditation.services.rule_sets import rules_of
from criteria.rulefile import read_text

FILE = Path(__file__).resolve().parent / "tables" / "goals.yaml"
OFFICES = frozenset(
    {
        Owner.FORWARDER, Owner.DISTRICT, Owner.OFFICE, Owner.EXPERTS, Owner.COMMITTEE, Owner.AUTHORITY,
        Owner.RECONSIDERER,
    }
)  # fmt: skip


@cache
def shipped_goals() -> Mapping[str, Mapping[str, int]]:
    """Working days by procedure edition and state, as the product brings them."""
    content = read_text(FILE.read_text(encoding="utf-8"), FILE.name).content["goals"]
    return {edition: {state: int(days) for state, days in states.items()} for edition, states in content.items()}


def goal_of(edition: str, state: str, batch: Batch | None) -> int:
    """Working days of the goal of a state, by the rules of the batch or as shipped; zero where there is none."""
    days = shipped_goals().get(edition, {}).get(state, 0)
    if not days or batch is None:
        return days
    figure = rules_of(batch).parameters.get(f"goal_{state}_working_days")
    return days if figure is None or figure.value is None else int(figure.amount())


def limits_stage(clock: Deadline) -> bool:
    """Whether it is a limit of the stage, set by a rule, beside which no goal is needed."""
    return clock.kind not in NO_LIMITS
