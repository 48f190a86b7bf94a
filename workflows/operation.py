"""What an operator may do to a running installation: failed side effects are tried again. No case content."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from accreditation.acts import act
from accreditation.enums import EffectState
from accreditation.models import Effect, User
from accreditation.permissions import demand_power
from accreditation.roles import Power

LEDGER = "operations"


def retry_failed(*, by: User, at: datetime) -> int:
    """Put every effect that was given up back in the queue with fresh attempts; returns how many."""
    with act(LEDGER, "retry_effects", by=by, at=at, acting_as="operator") as doing:
        demand_power(by, Power.OPERATE, at=at)
        rows = list(Effect.objects.select_for_update().filter(state=EffectState.FAILED).order_by("pk"))
        doing.note(count=len(rows), kinds=dict(sorted(Counter(row.kind for row in rows).items())))
        keys = [row.pk for row in rows]
        Effect.objects.filter(pk__in=keys).update(state=EffectState.PENDING, attempts=0, due_at=at)
    return len(rows)
