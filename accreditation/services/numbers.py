"""Gapless official numbers, taken in the transaction of the act that uses them."""

from __future__ import annotations

from datetime import datetime

from accreditation.clocks import SHANGHAI
from accreditation.models import Counter


def next_value(key: str) -> int:
    """The next number of a counter, from 1; the counter row stays locked until the transaction ends."""
    Counter.objects.get_or_create(key=key)
    counter = Counter.objects.select_for_update().get(key=key)
    counter.value += 1
    counter.save(update_fields=["value"])
    return counter.value


def next_number(prefix: str, year: int, width: int = 4) -> str:
    """An official number such as `SHETC-2026-0001`."""
    return f"{prefix}-{year}-{next_value(f'{prefix}-{year}'):0{width}d}"


def next_number_at(prefix: str, at: datetime, width: int = 4) -> str:
    """The same of the year that it is in Shanghai at that instant."""
    return next_number(prefix, at.astimezone(SHANGHAI).year, width)
