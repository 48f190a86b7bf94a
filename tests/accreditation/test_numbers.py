"""Official numbers: gapless within their year, which is the year in Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from accreditation.services.numbers import next_number_at

pytestmark = pytest.mark.django_db
NEW_YEAR = datetime(2026, 12, 31, 16, tzinfo=UTC)  # midnight in Shanghai


def test_year_of_a_number_turns_at_midnight_in_shanghai() -> None:
    last, first = next_number_at("NOTICE", NEW_YEAR - timedelta(seconds=1), 3), next_number_at("NOTICE", NEW_YEAR, 3)
    assert (last, first, next_number_at("NOTICE", NEW_YEAR, 3)) == (
        "NOTICE-2026-001",
        "NOTICE-2027-001",
        "NOTICE-2027-002",
    )
