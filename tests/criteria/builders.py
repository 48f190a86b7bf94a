"""Facts for tests: a sound application in one line, with single figures changed."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from criteria.facts import AnnexRow, Fact, Facts, Origin, Scalar, facts_of
from criteria.fields import FieldSpec

YEAR = 2025

SOUND: dict[str, Any] = {
    "industry_class": "manufacturing",
    "enterprise_size": "medium",
    "revenue_main": 500000,
    "rd_expenditure": 24000,
    "rd_staff": 80,
    "employees": 600,
    "senior_experts": 5,
    "doctors": 4,
    "external_expert_months": 20,
    "rd_projects": 12,
    "rd_projects_basic_applied": 1,
    "platforms_provincial_up": 1,
    "certified_labs": 1,
    "equipment_original_value": 15000,
    "invention_patents_valid": 9,
    "patents_transferred_or_licensed": 0,
    "ip_applications_year": 10,
    "ip_obtained_3y": 12,
    "standards_3y": 3,
    "new_product_revenue": 150000,
    "new_product_profit": 12000,
    "profit_total": 40000,
    "overseas_rd_units": 0,
    "joint_rd_units": 1,
    "national_special_projects_2y": 0,
    "awards_2y": 2,
    "rd_expense_stat": 25000,
    "rd_staff_stat": 90,
    "rd_software_purchase": 1000,
    "ip_self_developed_3y": 8,
    "pharma_equivalents_3y": 0,
}


def scalar(value: Any) -> Scalar:
    """A test value as the engine wants it: whole numbers become exact fractions."""
    return Fraction(value) if isinstance(value, int) and not isinstance(value, bool) else value


def facts(
    fields: Mapping[str, FieldSpec],
    years: Mapping[int, Mapping[str, Any]] | None = None,
    annexes: Mapping[str, list[dict[str, Any]]] | None = None,
    **changed: Any,
) -> Facts:
    """A sound application of 2025 with some figures changed (None takes one away) and figures of other years."""
    wanted = [(YEAR, SOUND | changed), *(years or {}).items()]
    figures = []
    for year, values in wanted:
        for row, (code, value) in enumerate(values.items(), start=1):
            spec = fields.get(code)
            if spec is None or value is None:
                continue
            origin = Origin("数据表", f"{chr(ord('D') + YEAR - year)}{row}", str(value))
            figures.append(Fact(code, year if spec.years else None, scalar(value), spec.unit, origin))
    return facts_of(YEAR, figures, {code: _rows(rows) for code, rows in (annexes or {}).items()})


def _rows(rows: list[dict[str, Any]]) -> tuple[AnnexRow, ...]:
    return tuple(
        AnnexRow(number, {code: scalar(value) for code, value in row.items()}, {"number": Origin("附表", f"B{number}")})
        for number, row in enumerate(rows, start=1)
    )
