"""Dates as spreadsheets count them and as people write them; kept as ISO text."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from criteria.workbook.numbers import plain_text

EARLIEST, LATEST = date(1949, 10, 1), date(2099, 12, 31)
_WRITTEN = re.compile(r"(\d{4})([-/.]|年)(\d{1,2})([-/.]|月)(\d{1,2})日?\Z", re.ASCII)
_SOLID = re.compile(r"(\d{4})(\d{2})(\d{2})\Z", re.ASCII)
_STAMP = re.compile(r"(\d{4}-\d{2}-\d{2})([T ][0-9:.]+Z?)?\Z", re.ASCII)


def serial_date(serial: Fraction, epoch_1904: bool) -> date | None:
    """Day of a serial number, the time of day dropped; None outside the years 1949 to 2099.

    Serial 60 of the 1900 count, the day that never was, lies outside.
    """
    days = int(serial)
    start = date(1904, 1, 1) if epoch_1904 else date(1899, 12, 30)
    if not 0 < days < 100_000:
        return None
    return _plausible(start + timedelta(days=days))


def written_date(text: str) -> date | None:
    """The day that a text means without doubt: year first, all three parts, four digits of year."""
    plain = plain_text(text)
    if plain is None:
        return None
    if stamp := _STAMP.match(plain):
        plain = stamp[1]
    if solid := _SOLID.match(plain):
        return _day(solid[1], solid[2], solid[3])
    found = _WRITTEN.match(plain)
    if found is None or (found[2] == "年") != (found[4] == "月") or (found[2] != "年" and found[2] != found[4]):
        return None
    return _day(found[1], found[3], found[5])


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return _plausible(date(int(year), int(month), int(day)))
    except ValueError:
        return None


def _plausible(day: date) -> date | None:
    return day if EARLIEST <= day <= LATEST else None
