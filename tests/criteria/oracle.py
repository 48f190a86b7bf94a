"""A second way to the score: plain Fractions from the wording of the set, nothing shared with the engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import floor

HALF, AT_BASIC = Fraction(1, 2), Fraction(3, 5)
CLASSES = ("manufacturing", "software", "science_services", "construction", "producer_services", "pharma", "other")
STAFF_BASIC = dict(zip(CLASSES, (2, 30, 30, 1, 2, 2, 2), strict=True))
STAFF_FULL = dict(zip(CLASSES, (10, 60, 60, 5, 10, 10, 10), strict=True))
EQUIPMENT_BASIC = dict(zip(CLASSES, (500, 300, 300, 1000, 500, 500, 500), strict=True))
EQUIPMENT_FULL = dict(zip(CLASSES, (2000, 1000, 1000, 3000, 2000, 2000, 2000), strict=True))


def half_up(points: Fraction) -> Fraction:
    """Two places, a half goes up."""
    return Fraction(floor(points * 100 + HALF), 100)


Known = Fraction | None


class Undetermined(Exception):
    """A figure that the indicator needs is missing."""


def needed(f: Mapping[str, Known], code: str) -> Fraction:
    """A figure that must be there."""
    value = f.get(code)
    if value is None:
        raise Undetermined(code)
    return value


def line(value: Fraction | None, weight: int, basic: int, full: int) -> Fraction:
    """Nothing below basic, 60 % of the weight at basic, straight up to the weight at full."""
    if value is None or value < basic:
        return Fraction(0)
    if value >= full:
        return Fraction(weight)
    share = AT_BASIC + (1 - AT_BASIC) * (value - basic) / (full - basic)
    return half_up(weight * share)


def ratio(f: Mapping[str, Known], above: str, below: str, factor: Fraction = Fraction(100)) -> Fraction | None:
    """A share in percent, nothing when the denominator is zero."""
    upper, lower = needed(f, above), needed(f, below)
    return upper / lower * factor if lower else None


def profit_share(f: Mapping[str, Known]) -> Fraction | None:
    """Profit from new products in the total profit; it means nothing unless there is a profit."""
    upper, lower = needed(f, "new_product_profit"), needed(f, "profit_total")
    return upper / lower * 100 if lower > 0 else None


def by_industry(basic: Mapping[str, int], full: Mapping[str, int], industry: str | None) -> tuple[int, int]:
    """The two requirements of an industry."""
    if industry is None:
        raise Undetermined("industry_class")
    return basic[industry], full[industry]


def staff_share(f: Mapping[str, Known], industry: str | None) -> Fraction:
    """R&D staff among all employees; with no employees nothing, whatever the industry."""
    share = ratio(f, "rd_staff", "employees")
    return Fraction(0) if share is None else line(share, 9, *by_industry(STAFF_BASIC, STAFF_FULL, industry))


def equipment(f: Mapping[str, Known], industry: str | None) -> Fraction:
    """Original value of equipment, in 万元."""
    value = needed(f, "equipment_original_value") / 10
    return line(value, 5, *by_industry(EQUIPMENT_BASIC, EQUIPMENT_FULL, industry))


RULES: dict[str, Callable[[Mapping[str, Known], str | None], Fraction]] = {
    "X-01": lambda f, i: line(ratio(f, "rd_expenditure", "rd_staff", Fraction(1, 10)), 8, 8, 60),
    "X-02": lambda f, i: line(ratio(f, "rd_expenditure", "revenue_main"), 12, 3, 8),
    "X-03": staff_share,
    "X-04": lambda f, i: line(needed(f, "senior_experts") + needed(f, "doctors"), 4, 3, 20),
    "X-05": lambda f, i: line(needed(f, "external_expert_months"), 2, 10, 50),
    "X-06": lambda f, i: line(needed(f, "invention_patents_valid"), 7, 3, 20),
    "X-07": lambda f, i: line(needed(f, "rd_projects"), 3, 3, 50),
    "X-08": lambda f, i: line(ratio(f, "rd_projects_basic_applied", "rd_projects"), 3, 2, 8),
    "X-09": equipment,
    "X-10": lambda f, i: line(needed(f, "platforms_provincial_up"), 4, 1, 3),
    "X-11": lambda f, i: line(needed(f, "certified_labs"), 3, 1, 2),
    "X-12": lambda f, i: line(needed(f, "ip_applications_year"), 5, 5, 40),
    "X-13": lambda f, i: line(needed(f, "ip_obtained_3y"), 5, 6, 40),
    "X-14": lambda f, i: line(needed(f, "standards_3y"), 5, 1, 8),
    "X-15": lambda f, i: line(ratio(f, "new_product_revenue", "revenue_main"), 10, 20, 40),
    "X-16": lambda f, i: line(profit_share(f), 10, 15, 40),
    "X-17": lambda f, i: line(ratio(f, "profit_total", "revenue_main"), 5, 2, 10),
    "X-B1": lambda f, i: half_up(max(Fraction(0), min(Fraction(5), needed(f, "awards_2y")))),
}


def points(f: Mapping[str, Known], industry: str | None) -> dict[str, Known]:
    """Points of every indicator and of the bonus, None where a figure is missing; money in 千元."""
    found: dict[str, Known] = {}
    for code, rule in RULES.items():
        try:
            found[code] = rule(f, industry)
        except Undetermined:
            found[code] = None
    return found


def total(f: Mapping[str, Known], industry: str | None) -> Known:
    """The sum of all points, None as soon as one is undetermined."""
    known = [part for part in points(f, industry).values() if part is not None]
    return sum(known, Fraction(0)) if len(known) == len(RULES) else None


def band(total: Fraction) -> str:
    """Bands 90 / 65 / 60, each limit included."""
    for least, name in ((90, "excellent"), (65, "good"), (60, "marginal_pass")):
        if total >= least:
            return name
    return "fail"
