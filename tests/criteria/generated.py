"""Generated applications under the demonstration set: broad, and at every edge; the same seed gives the same rows."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from fractions import Fraction

from criteria.facts import Fact, Facts, facts_of
from criteria.ruleset import RuleSet
from tests.criteria import oracle
from tests.criteria.builders import YEAR

Row = dict[str, int | None]  # steps of each field (hundredths of money, persons ...); the industry by its place
MONEY = ("revenue_main", "rd_expenditure", "equipment_original_value", "new_product_revenue")
SIGNED = ("new_product_profit", "profit_total")
MONTHS = ("external_expert_months",)
COUNTS = (
    "rd_staff", "employees", "senior_experts", "doctors", "invention_patents_valid", "rd_projects",
    "rd_projects_basic_applied", "platforms_provincial_up", "certified_labs", "ip_applications_year",
    "ip_obtained_3y", "standards_3y", "awards_2y",
)  # fmt: skip
HUNDREDTHS = frozenset((*MONEY, *SIGNED, *MONTHS))
CODES = (*MONEY, *SIGNED, *MONTHS, *COUNTS)
INDUSTRY = "industry_class"
EDGES = (0, 1, 2, 3, 5, 6, 8, 10, 20, 40, 50, 60, 100, 300, 500, 1000, 2000, 3000)
# Shares whose requirement or full mark is met to the cent: upper field, lower field, percents.
SHARES = (
    ("rd_expenditure", "revenue_main", (3, 8)), ("new_product_revenue", "revenue_main", (20, 40)),
    ("profit_total", "revenue_main", (2, 10)), ("new_product_profit", "profit_total", (15, 40)),
    ("rd_staff", "employees", (1, 2, 5, 10, 30, 60)), ("rd_projects_basic_applied", "rd_projects", (2, 8)),
)  # fmt: skip


def broad(rng: random.Random) -> Row:
    """An enterprise as it may come."""
    revenue = int(10 ** rng.uniform(5, 11))
    row: Row = {code: rng.randrange(0, 61) for code in COUNTS}
    row |= {
        "revenue_main": revenue, "rd_expenditure": int(revenue * rng.uniform(0, 0.12)),
        "equipment_original_value": int(10 ** rng.uniform(4, 8)),
        "new_product_revenue": int(revenue * rng.uniform(0, 0.6)),
        "profit_total": int(revenue * rng.uniform(-0.1, 0.2)),
        "external_expert_months": rng.randrange(0, 7000), "employees": rng.randrange(20, 5000),
        INDUSTRY: rng.randrange(len(oracle.CLASSES)),
    }  # fmt: skip
    row["new_product_profit"] = int((row["profit_total"] or 0) * rng.uniform(-0.2, 0.7))
    row["rd_staff"] = int((row["employees"] or 0) * rng.uniform(0, 0.7))
    return row


def at_limits(rng: random.Random, row: Row) -> None:
    """Shares exactly at a limit, or a cent off; counts at limits."""
    for upper, lower, percents in SHARES:
        base = rng.randrange(1, 10 ** rng.randrange(2, 8)) * 100
        row[lower], row[upper] = base, base * rng.choice(percents) // 100 + rng.choice((-1, 0, 0, 1))
    row["equipment_original_value"] = rng.choice(EDGES) * 1000 + rng.choice((-1, 0, 1))
    for code in rng.sample(COUNTS[4:], 4):
        row[code] = rng.choice(EDGES)


def at_ties(rng: random.Random, row: Row) -> None:
    """Points that end on half a cent, on which floats go astray."""
    base = rng.randrange(1, 10**6) * 1000
    row["revenue_main"] = base
    # 12 points: a cent for each 1/96 of a percent above 3; half of that is a tie.
    row["rd_expenditure"] = base * 3 // 100 + base * rng.randrange(1, 960, 2) // 19200
    row["new_product_revenue"] = base * 20 // 100 + base * rng.randrange(1, 800, 2) // 4000
    row["profit_total"] = base * 2 // 100 + base * rng.randrange(1, 400, 2) // 5000
    row["new_product_profit"] = row["profit_total"] * rng.randrange(15, 40) // 100
    row["external_expert_months"] = 1000 + 25 * rng.randrange(1, 160)
    row["equipment_original_value"] = 500000 + 375 * rng.randrange(1, 4000)


def with_zeros(rng: random.Random, row: Row) -> None:
    """Denominators of zero."""
    for code in rng.sample(("revenue_main", "rd_staff", "employees", "rd_projects", "profit_total"), 2):
        row[code] = 0


def with_negatives(rng: random.Random, row: Row) -> None:
    """Negative figures, also where a form would refuse them."""
    for code in rng.sample(CODES, 3):
        row[code] = -rng.randrange(1, 10**6)


def with_holes(rng: random.Random, row: Row) -> None:
    """Missing figures."""
    for code in rng.sample((*CODES, INDUSTRY), rng.choice((1, 1, 2))):
        row[code] = None


def very_large(rng: random.Random, row: Row) -> None:
    """Figures far beyond what whole machine numbers and floats hold exactly."""
    for code in rng.sample(CODES, 3):
        row[code] = rng.randrange(10**14, 10**17)


# How many in a thousand rows are of each kind; the others are broad.
KINDS: tuple[tuple[int, Callable[[random.Random, Row], None]], ...] = (
    (200, at_limits), (150, at_ties), (60, with_zeros), (40, with_negatives), (30, with_holes), (20, very_large),
)  # fmt: skip


def rows(count: int, seed: int = 20260301, hostile: bool = True) -> Iterator[Row]:
    """So many applications; without `hostile` no holes and no figures beyond any form."""
    rng = random.Random(seed)
    kinds = KINDS if hostile else KINDS[:4]
    for _ in range(count):
        row, lot = broad(rng), rng.randrange(1000)
        for share, change in kinds:
            if lot < share:
                change(rng, row)
                break
            lot -= share
        yield row


def industry_of(row: Row) -> str | None:
    """The industry of a row."""
    place = row[INDUSTRY]
    return None if place is None else oracle.CLASSES[place]


def exact(row: Row) -> dict[str, Fraction | None]:
    """The figures of a row in the units of their fields."""
    return {
        code: None if steps is None else Fraction(steps, 100 if code in HUNDREDTHS else 1)
        for code, steps in row.items()
        if code != INDUSTRY
    }


def facts_of_row(rules: RuleSet, row: Row) -> Facts:
    """The facts of a row."""
    values = {**exact(row), INDUSTRY: industry_of(row)}
    known = {code: value for code, value in values.items() if value is not None}
    return facts_of(
        YEAR,
        (
            Fact(code, YEAR if rules.fields[code].years else None, value, rules.fields[code].unit)
            for code, value in known.items()
        ),
    )
