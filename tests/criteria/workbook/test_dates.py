"""Dates as serial numbers and as text."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from criteria.workbook.dates import serial_date, written_date


@pytest.mark.parametrize(
    ("serial", "epoch_1904", "day"),
    [
        ("45366", False, date(2024, 3, 15)),
        ("45366.75", False, date(2024, 3, 15)),
        ("43904", True, date(2024, 3, 15)),
        ("18172", False, date(1949, 10, 1)),
        ("60", False, None),
        ("0", False, None),
        ("-1", False, None),
        ("99999999", False, None),
    ],
)
def test_serial_date_follows_the_epoch_and_refuses_what_is_out_of_range(
    serial: str, epoch_1904: bool, day: date | None
) -> None:
    assert serial_date(Fraction(serial), epoch_1904) == day


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-15",
        "2024/3/15",
        "2024.3.15",
        "2024年3月15日",
        "20240315",
        "２０２４-０３-１５",
        "2024-03-15T00:00:00",
        "2024-03-15 00:00:00",
        "2024年03月15",
    ],
)
def test_written_date_with_year_first_is_read(text: str) -> None:
    assert written_date(text) == date(2024, 3, 15)


@pytest.mark.parametrize(
    "text",
    [
        "3/4/2024",
        "24-3-15",
        "2024-03",
        "2024年3月",
        "2024-13-01",
        "2024-02-30",
        "2024",
        "春天",
        "2024-3/15",
        "2024年3-15",
        "1900-01-01",
        "2150-01-01",
        "",
        "①-2-3",
        "45366",
    ],
)
def test_written_date_in_doubt_is_none(text: str) -> None:
    assert written_date(text) is None
