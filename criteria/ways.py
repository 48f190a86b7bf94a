"""The ways to the points of one indicator: its own formula and method, then those of which the better counts."""

from __future__ import annotations

from dataclasses import replace

from criteria.ruleset import Indicator


def ways_of(indicator: Indicator) -> tuple[Indicator, ...]:
    """The indicator as each of its ways has it, its own first; none of them has further ways."""
    others = (
        replace(
            indicator, name_zh=way.name_zh, name_en=way.name_en, unit=way.unit, formula=way.formula, method=way.method,
            basic=way.basic, full=way.full, steps=way.steps, points_each=way.points_each, least_count=way.least_count,
            zero_denominator=way.zero_denominator, or_better=(),
        )
        for way in indicator.or_better
    )  # fmt: skip
    return (replace(indicator, or_better=()) if indicator.or_better else indicator, *others)
