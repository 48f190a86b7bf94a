"""The rate limit of public look-ups."""

from __future__ import annotations

from datetime import timedelta

import pytest

from certificates.models import Allowance
from certificates.services.allowance import Rate, forget_idle, is_allowed
from tests.certificates.samples import AT

pytestmark = pytest.mark.django_db
RATE = Rate("test", interval=2.0, burst=5)


def test_burst_is_allowed_and_then_one_event_per_interval() -> None:
    assert [is_allowed(RATE, "192.0.2.1", at=AT) for _ in range(6)] == [True] * 5 + [False]
    assert not is_allowed(RATE, "192.0.2.1", at=AT + timedelta(seconds=1.9))
    assert is_allowed(RATE, "192.0.2.1", at=AT + timedelta(seconds=2))
    assert not is_allowed(RATE, "192.0.2.1", at=AT + timedelta(seconds=2))


def test_refused_events_cost_nothing() -> None:
    for _ in range(50):
        is_allowed(RATE, "192.0.2.1", at=AT)
    assert [is_allowed(RATE, "192.0.2.1", at=AT + timedelta(seconds=10)) for _ in range(6)] == [True] * 5 + [False]


def test_visitors_are_counted_apart_and_stored_without_their_address() -> None:
    for _ in range(5):
        is_allowed(RATE, "192.0.2.1", at=AT)
    assert is_allowed(RATE, "192.0.2.2", at=AT)
    assert not any("192" in row.key for row in Allowance.objects.all())


def test_quiet_visitors_are_forgotten() -> None:
    is_allowed(RATE, "192.0.2.1", at=AT)
    assert forget_idle(at=AT + timedelta(minutes=59)) == 0
    assert forget_idle(at=AT + timedelta(minutes=61)) == 1
