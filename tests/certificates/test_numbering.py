"""Forms of certificate numbers."""

from __future__ import annotations

import pytest

from certificates.numbering import NumberForm, NumberFormRefused


def test_number_holds_prefix_year_and_serial() -> None:
    assert NumberForm("SHETC").number(year=2026, serial=1) == "SHETC-2026-00001"


def test_counter_runs_by_year_only_where_the_year_is_printed() -> None:
    assert NumberForm("SHETC").series(year=2026) == "SHETC-2026"
    assert NumberForm("SHETC", "{prefix}-{serial:06d}").series(year=2026) == "SHETC"


@pytest.mark.parametrize(
    "pattern", ["{prefix}-{year}", "{serial}-{district}", "{serial", "{prefix} {serial}", "证{serial}", "{serial:025d}"]
)
def test_pattern_that_cannot_number_is_refused(pattern: str) -> None:
    with pytest.raises(NumberFormRefused):
        NumberForm("SHETC", pattern)


def test_serial_beyond_the_width_keeps_all_digits() -> None:
    assert NumberForm("SHETC").number(year=2026, serial=123456) == "SHETC-2026-123456"
