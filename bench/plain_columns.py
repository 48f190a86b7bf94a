"""The demonstration set over float columns, as a programme in a hurry has it: fast, not certified, ties by luck."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tests.criteria.oracle import CLASSES, EQUIPMENT_BASIC, EQUIPMENT_FULL, STAFF_BASIC, STAFF_FULL

Floats = NDArray[np.float64]
CHUNK = 16_384  # measured: faster than whole columns, which leave the cache


def by_class(requirement: Mapping[str, int]) -> Floats:
    """A requirement by the place of the class."""
    return np.array([requirement[one] for one in CLASSES], np.float64)


TABLES = tuple(by_class(one) for one in (STAFF_BASIC, STAFF_FULL, EQUIPMENT_BASIC, EQUIPMENT_FULL))


def line(value: Floats, weight: float, basic: Floats | float, full: Floats | float) -> Floats:
    """Points of the line, rounded half up as floats do it."""
    points = np.minimum(weight * (0.6 + 0.4 * (value - basic) / (full - basic)), weight)
    return np.where(value < basic, 0.0, np.floor(points * 100 + 0.5) / 100)


def totals(f: Mapping[str, Floats], industry: NDArray[np.int64]) -> Floats:
    """Totals of a chunk; money in 千元."""
    staff_basic, staff_full, equipment_basic, equipment_full = (table[industry] for table in TABLES)
    revenue, profit = f["revenue_main"], f["profit_total"]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(
            line(f["rd_expenditure"] / f["rd_staff"] / 10, 8, 8, 60)
            + line(f["rd_expenditure"] / revenue * 100, 12, 3, 8)
            + line(f["rd_staff"] / f["employees"] * 100, 9, staff_basic, staff_full)
            + line(f["senior_experts"] + f["doctors"], 4, 3, 20)
            + line(f["external_expert_months"], 2, 10, 50)
            + line(f["invention_patents_valid"], 7, 3, 20)
            + line(f["rd_projects"], 3, 3, 50)
            + line(f["rd_projects_basic_applied"] / f["rd_projects"] * 100, 3, 2, 8)
            + line(f["equipment_original_value"] / 10, 5, equipment_basic, equipment_full)
            + line(f["platforms_provincial_up"], 4, 1, 3)
            + line(f["certified_labs"], 3, 1, 2)
            + line(f["ip_applications_year"], 5, 5, 40)
            + line(f["ip_obtained_3y"], 5, 6, 40)
            + line(f["standards_3y"], 5, 1, 8)
            + line(f["new_product_revenue"] / revenue * 100, 10, 20, 40)
            + np.where(profit > 0, line(f["new_product_profit"] / profit * 100, 10, 15, 40), 0.0)
            + line(profit / revenue * 100, 5, 2, 10)
            + np.minimum(f["awards_2y"], 5)
        )


def in_chunks(f: Mapping[str, Floats], industry: NDArray[np.int64]) -> Floats:
    """Totals of all rows."""
    found = np.empty(len(industry))
    for start in range(0, len(industry), CHUNK):
        part = slice(start, start + CHUNK)
        found[part] = totals({code: column[part] for code, column in f.items()}, industry[part])
    return found
