"""Rate limit of public look-ups by GCRA: one small row per visitor, correct across processes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2s

from django.conf import settings
from django.db import transaction

from certificates.models import Allowance


@dataclass(frozen=True, slots=True)
class Rate:
    """One event every `interval` seconds in the long run, `burst` at once."""

    name: str
    interval: float
    burst: int


LOOKUPS = Rate("lookup", interval=2.0, burst=20)
UPLOADS = Rate("upload", interval=6.0, burst=10)


@transaction.atomic
def is_allowed(rate: Rate, visitor: str, *, at: datetime) -> bool:
    """Count one event of the visitor (a network address) and say whether the rate allows it.

    Refused ones cost nothing.
    """
    key = f"{rate.name}:{blake2s(visitor.encode(), key=settings.SECRET_KEY.encode()[:32], digest_size=16).hexdigest()}"
    now = at.timestamp()
    Allowance.objects.get_or_create(key=key)
    row = Allowance.objects.select_for_update().get(key=key)
    arrival = max(row.arrival, now)
    if arrival - now > rate.interval * (rate.burst - 1):
        return False
    row.arrival = arrival + rate.interval
    row.save(update_fields=["arrival"])
    return True


def forget_idle(*, at: datetime) -> int:
    """Remove the rows of visitors who have been quiet for an hour; how many."""
    idle = at - timedelta(hours=1)
    return Allowance.objects.filter(arrival__lt=idle.timestamp()).delete()[0]
