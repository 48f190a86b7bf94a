"""What the city of the demo is made of: cohorts, names, districts, figures."""

from __future__ import annotations

from collections import Counter

import pytest

from accreditation.enums import DISTRICTS
from accreditation.seeds.reference import DEMO_DISTRICT
from workflows.demo.city.cohorts import DISTRICT, EVERY_STATE, MUNICIPAL, local_part, sizes
from workflows.demo.city.figures import MARGINAL, WEAK, weaker_figures
from workflows.demo.city.people import MANNED, district_of, enterprise_name


@pytest.mark.parametrize("size", [0, 1, 7, len(MUNICIPAL), 60, 300])
def test_cohorts_share_out_every_case(size: int) -> None:
    counts = sizes(MUNICIPAL, size)
    assert sum(counts) == size
    assert min(counts) >= (size >= len(MUNICIPAL))


def test_shares_are_hundredths() -> None:
    assert [sum(cohort.share for cohort in cohorts) for cohorts in (MUNICIPAL, DISTRICT)] == [100, 100]


def test_names_do_not_repeat() -> None:
    assert len({enterprise_name(n) for n in range(1000)}) == 1000
    assert all("示例" in enterprise_name(n) for n in range(1000))


def test_districts_with_an_account_to_look_at_have_most_cases_and_no_district_is_left_out() -> None:
    found = Counter(district_of(n) for n in range(300))
    assert [code for code, _count in found.most_common(2)] == list(MANNED)
    assert found.keys() == DISTRICTS.keys() - {DEMO_DISTRICT}


def test_small_city_has_every_cohort_once() -> None:
    local = local_part(EVERY_STATE)
    assert sizes(MUNICIPAL, EVERY_STATE - local) == [1] * len(MUNICIPAL)
    assert sizes(DISTRICT, local) == [1] * len(DISTRICT)
    assert [local_part(size) for size in (1, 300)] == [0, 60]


def test_figures_are_weak_in_another_way_from_case_to_case() -> None:
    found = [weaker_figures(n) for n in range(1, 2 ** len(WEAK))]
    assert len({tuple(sorted(figures)) for figures in found}) == len(found)
    assert all(figures.items() <= MARGINAL.items() for figures in found)
