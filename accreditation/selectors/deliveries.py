"""On which day a letter was served, as far as the system knows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accreditation.models import Delivery, Letter, ReissueLetter


def deliveries_of(letter: Letter | ReissueLetter) -> list[Delivery]:
    """Every record about a letter in the order in which it was made, the corrected ones included."""
    return list(letter.deliveries.select_related("recorded_by", "corrects"))


def standing(rows: Iterable[Delivery]) -> list[Delivery]:
    """The services among all records of one letter: what was corrected is none, nor what takes one back."""
    found = list(rows)
    corrected = {row.corrects_id for row in found}
    return [row for row in found if row.pk not in corrected and row.served_on is not None]


def service_among(rows: Iterable[Delivery], on: date) -> Delivery | None:
    """The first service that has taken place by a day; None while there is none, also while a notice still runs."""
    done = [row for row in standing(rows) if row.served_on is not None and row.served_on <= on]
    return min(done, key=lambda row: (row.served_on, row.pk), default=None)


def service_of(letter: Letter | ReissueLetter, on: date) -> Delivery | None:
    """The same, read for one letter."""
    return service_among(deliveries_of(letter), on)
