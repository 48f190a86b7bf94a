"""What the register asks of an entry that counts for the figure's year and no longer stands on the base date."""

from __future__ import annotations

from datetime import date

import pytest

from accreditation.enums import StandingState
from accreditation.models import Standing
from accreditation.seeds.standings import FieldEntry
from accreditation.selectors.standings import faults_for
from workflows.presentation.register_questions import _weighed

BASE_DATE = date(2026, 6, 1)
EXPIRES, BEFORE, AFTER = date(2026, 3, 1), date(2026, 5, 1), date(2026, 9, 1)


@pytest.mark.parametrize(
    ("valid_until", "ended_on", "by_year", "told"),
    [
        (EXPIRES, AFTER, False, EXPIRES),  # out of force first, ended later: the first of both counts
        (EXPIRES, None, False, EXPIRES),
        (AFTER, BEFORE, False, BEFORE),
        (EXPIRES, BEFORE, False, EXPIRES),
        (None, BEFORE, False, BEFORE),
        (None, BASE_DATE, False, BASE_DATE),  # ended on that day: it stands no more
        (BASE_DATE, None, False, None),  # its last day
        (BASE_DATE, AFTER, False, None),
        (None, AFTER, False, None),
        (AFTER, AFTER, False, None),
        (EXPIRES, AFTER, True, None),  # counted by the year in which it began: it need not last
        (EXPIRES, BEFORE, True, BEFORE),
    ],
)
def test_day_that_is_told_is_the_first_on_which_the_entry_stood_no_more(
    valid_until: date | None, ended_on: date | None, by_year: bool, told: date | None
) -> None:
    field = FieldEntry("labs", ("key_laboratory",), ("municipal",), years=6 if by_year else 0)
    row = Standing(
        kind="key_laboratory", level="municipal", year=2024, name="示例重点实验室", valid_until=valid_until,
        ended_on=ended_on, state=StandingState.ENDED if ended_on else StandingState.CONFIRMED,
    )  # fmt: skip
    found = _weighed(field, 2025, row, list(faults_for(field, 2025, row)), BASE_DATE)
    assert found["counts"]
    assert found["why"] == (f"至基准日 2026-06-01 已失效（{told}）" if told else "")
