"""Figures of a fictional enterprise that pass every condition, and the evidence it hands in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from criteria.facts import Fact, Facts, Origin, Scalar, facts_of
from criteria.fields import FormSpec, Kind

BASICS: dict[str, Scalar] = {
    "enterprise_name": "上海示例智能装备有限公司",
    "uscc": "91310000MA1FL0007C",
    "address": "上海市浦东新区示例路 1 号",
    "industry_code": "3491",
    "industry_class": "manufacturing",
    "enterprise_size": "medium",
    "registered_district": "310115",
    "head_name": "王示例",
    "head_phone": "021-00000001",
    "centre_head_name": "李示例",
    "centre_head_phone": "021-00000002",
    "contact_name": "张示例",
    "contact_phone": "021-00000003",
    "contact_email": "contact@example.invalid",
}
TABLE: dict[str, int] = {
    "revenue_main": 520000,
    "rd_expenditure": 31000,
    "st_funds": 26000,
    "rd_staff": 88,
    "employees": 640,
    "senior_experts": 12,
    "doctors": 6,
    "external_expert_months": 30,
    "rd_projects": 24,
    "rd_projects_basic_applied": 2,
    "platforms_provincial_up": 2,
    "certified_labs": 1,
    "equipment_original_value": 15600,
    "invention_patents_valid": 17,
    "patents_transferred_or_licensed": 1,
    "ip_applications_year": 28,
    "ip_obtained_3y": 33,
    "standards_3y": 4,
    "new_product_revenue": 172000,
    "new_product_profit": 14800,
    "profit_total": 41000,
    "overseas_rd_units": 0,
    "joint_rd_units": 1,
    "national_special_projects_2y": 1,
    "awards_2y": 2,
    "rd_expense_stat": 33000,
    "rd_staff_stat": 92,
    "rd_software_purchase": 1800,
    "ip_self_developed_3y": 21,
    "pharma_equivalents_3y": 0,
    "platforms_national": 1,
    "platforms_provincial": 2,
    "patents_applied_year": 60,
    "invention_patents_applied_year": 30,
    "national_awards": 1,
    "initial_score": 0,
    "assets_total": 60000,
    "liabilities_total": 20000,
    "taxes_paid": 9000,
    "profitable_3y": 1,
    "rd_ratio": 6,
    "rd_ratio_previous_year": 5,
    "rd_pay_per_head": 300,
    "pay_per_head": 180,
    "training_cost": 900,
    "centre_payroll": 30000,
    "centre_staff": 100,
    "centre_staff_college": 80,
    "centre_staff_intermediate_title": 40,
    "cooperation_projects": 12,
    "projects_over_3y": 14,
    "famous_brands": 1,
    "completed_development_projects": 22,
    "product_sales_profit": 60000,
    "own_brand_export": 4000,
}


def facts_for(form: FormSpec, reporting_year: int, **changed: int) -> Facts:
    """Facts for every field of a form; `changed` replaces figures of the reporting year."""
    values: Mapping[str, int] = {**TABLE, **changed}
    figures = [
        Fact(spec.code, None, BASICS[spec.code], spec.unit, Origin("基本情况", f"D{n}"))
        for n, spec in enumerate(form.basics, 5)
    ]
    for n, spec in enumerate(form.table, 7):
        for back in range(spec.years):
            given = values if back == 0 else TABLE
            value: Scalar = Fraction(given[spec.code] * (100 - 8 * back) // 100)
            if spec.kind is Kind.BOOLEAN:
                value = bool(given[spec.code])
            origin = Origin("评价数据表", f"{'EFGH'[back]}{n}", str(value))
            figures.append(Fact(spec.code, reporting_year - back, value, spec.unit, origin))
    return facts_of(reporting_year, figures)
