"""A second way to the score: plain Fractions from the wording of the set, nothing shared with the engine."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

CLASSES = ("manufacturing", "software", "science_services", "construction", "producer_services", "pharma", "other")
STAFF_BASIC = dict(zip(CLASSES, (2, 30, 30, 1, 2, 2, 2), strict=True))
STAFF_FULL = dict(zip(CLASSES, (10, 60, 60, 5, 10, 10, 10), strict=True))
EQUIPMENT_BASIC = dict(zip(CLASSES, (500, 300, 300, 1000, 500, 500, 500), strict=True))
EQUIPMENT_FULL = dict(zip(CLASSES, (2000, 1000, 1000, 3000, 2000, 2000, 2000), strict=True))


def half_up(points: Fraction) -> Fraction:
    """Two places, a half goes up."""
    cents, rest = divmod(points * 100, 1)
    return Fraction(int(cents) + (rest >= Fraction(1, 2)), 100)


def line(value: Fraction | None, weight: int, basic: int, full: int) -> Fraction:
    """Nothing below basic, 60 % of the weight at basic, straight up to the weight at full."""
    if value is None or value < basic:
        return Fraction(0)
    share = Fraction(3, 5) + Fraction(2, 5) * (value - basic) / (full - basic)
    return half_up(weight * min(Fraction(1), share))


def ratio(above: Fraction, below: Fraction) -> Fraction | None:
    """A share in percent, nothing when the denominator is zero."""
    return above / below * 100 if below else None


def points(f: Mapping[str, Fraction], industry: str) -> dict[str, Fraction]:
    """Points of every indicator and of the bonus; money in 千元."""
    per_head = f["rd_expenditure"] / f["rd_staff"] / 10 if f["rd_staff"] else None
    profit_share = f["new_product_profit"] / f["profit_total"] * 100 if f["profit_total"] > 0 else None
    revenue = f["revenue_main"]
    return {
        "X-01": line(per_head, 8, 8, 60),
        "X-02": line(ratio(f["rd_expenditure"], revenue), 12, 3, 8),
        "X-03": line(ratio(f["rd_staff"], f["employees"]), 9, STAFF_BASIC[industry], STAFF_FULL[industry]),
        "X-04": line(f["senior_experts"] + f["doctors"], 4, 3, 20),
        "X-05": line(f["external_expert_months"], 2, 10, 50),
        "X-06": line(f["invention_patents_valid"], 7, 3, 20),
        "X-07": line(f["rd_projects"], 3, 3, 50),
        "X-08": line(ratio(f["rd_projects_basic_applied"], f["rd_projects"]), 3, 2, 8),
        "X-09": line(f["equipment_original_value"] / 10, 5, EQUIPMENT_BASIC[industry], EQUIPMENT_FULL[industry]),
        "X-10": line(f["platforms_provincial_up"], 4, 1, 3),
        "X-11": line(f["certified_labs"], 3, 1, 2),
        "X-12": line(f["ip_applications_year"], 5, 5, 40),
        "X-13": line(f["ip_obtained_3y"], 5, 6, 40),
        "X-14": line(f["standards_3y"], 5, 1, 8),
        "X-15": line(ratio(f["new_product_revenue"], revenue), 10, 20, 40),
        "X-16": line(profit_share, 10, 15, 40),
        "X-17": line(ratio(f["profit_total"], revenue), 5, 2, 10),
        "X-B1": min(Fraction(5), f["awards_2y"]),
    }


def band(total: Fraction) -> str:
    """Bands 90 / 65 / 60, each limit included."""
    for least, name in ((90, "excellent"), (65, "good"), (60, "marginal_pass")):
        if total >= least:
            return name
    return "fail"
