"""Figures that are weaker than those of the strong sample, so that the city's cases do not all score alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Figures that go together, and the weak value of each; all of them make a strong sample a marginal pass.
WEAK: Sequence[Mapping[str, int]] = (
    {"platforms_provincial_up": 0},
    {"certified_labs": 0},
    {"new_product_revenue": 0, "new_product_profit": 0},
    {"profit_total": 5000},
    {"overseas_rd_units": 0},
    {"joint_rd_units": 0},
    {"national_special_projects_2y": 0},
    {"awards_2y": 0},
    {"patents_transferred_or_licensed": 0},
)
MARGINAL: Mapping[str, int] = {code: value for group in WEAK for code, value in group.items()}
FAILING: Mapping[str, int] = {**MARGINAL, "rd_expenditure": 21000, "rd_expense_stat": 21500}
STEP = 89  # odd, so that each of the combinations comes before one comes again


def weaker_figures(n: int) -> dict[str, int]:
    """Another combination of weak figures for each of 2 to the power of `len(WEAK)` cases."""
    return {
        code: value
        for place, group in enumerate(WEAK)
        if n * STEP >> place & 1
        for code, value in group.items()
    }  # fmt: skip
