"""The city of the demo: cases in every state, a deadline today and one overdue, everything consistent."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.clocks import DeadlineState
from accreditation.enums import DISTRICTS
from accreditation.enums import ApplicationState as S
from accreditation.models import Case, Deadline, Enterprise
from accreditation.seeds.reference import DEMO_DISTRICT
from workflows.consistency import check_all
from workflows.demo.city.build import City
from workflows.demo.city.cohorts import DISTRICT, MUNICIPAL, sizes
from workflows.demo.city.people import MANNED, district_of, enterprise_name
from workflows.demo.story import Story
from workflows.workdays import SHANGHAI

NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)  # a Wednesday
SIZE = 24


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


@pytest.mark.django_db
@pytest.mark.slow
def test_city_has_cases_in_every_state_and_agrees_with_itself(settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    story = Story(lambda _text: None, NOW)
    city = City(story)
    found = city.build(SIZE + SIZE // 4)
    wanted: Counter[str] = Counter()
    for cohorts, size in ((MUNICIPAL, SIZE), (DISTRICT, SIZE // 4)):
        for cohort, count in zip(cohorts, sizes(cohorts, size), strict=True):
            wanted[cohort.state] += count
    assert found == +wanted
    assert found.keys() >= {str(cohort.state) for cohort in MUNICIPAL}
    assert Enterprise.objects.filter(name__contains="示例").count() >= SIZE
    due = {row.due_at.astimezone(SHANGHAI).date() for row in Deadline.objects.filter(state=DeadlineState.RUNNING)}
    assert NOW.date() in due
    assert any(day < NOW.date() for day in due)
    assert [fault.what for fault in check_all()] == []
    assert verify_all()[1] == []
    assert Case.objects.filter(state=S.RECOGNISED).count() == wanted[S.RECOGNISED]
