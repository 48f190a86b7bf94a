"""kill -9 of `tick` at random points over cases that are to be reminded of: every step once, no message twice."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.models import AuditEvent, Effect, Enterprise, Member, Message, Reminder
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, person
from tests.faults.test_kills import keep_killing, kill_midway

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
CASES = 40
SEED = 20260318


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def filed_cases(cast: Cast, at: datetime) -> None:
    """Cases whose first review is overdue on the same day."""
    for n in range(CASES):
        place = len(cast.enterprises)
        enterprise = Enterprise.objects.create(
            uscc=f"TEST{n:014d}", name=f"示例{n}有限公司", district="310115", registered_at=at
        )
        member = person(f"m{n}", f"申报人{n}")
        Member.objects.create(enterprise=enterprise, user=member, state="active", requested_at=at, settled_at=at)
        cast.enterprises.append(enterprise)
        cast.people[f"member{place}"] = member
        filed_case(cast, place)


def test_killed_ticks_remind_each_person_of_each_case_once(
    cast: Cast, clock: Clock, child_environment: dict[str, str]
) -> None:
    filed_cases(cast, clock.at)
    late = clock.at + timedelta(days=16)  # two working days overdue: holder and superior, three steps were missed
    command = ["tick", "--at", late.isoformat()]
    kill_midway(command, child_environment, lambda: 0 < Reminder.objects.filter(state="sent").count() < 2 * CASES)
    keep_killing(command, child_environment, random.Random(SEED))
    assert Reminder.objects.filter(state="sent").count() == 2 * CASES
    assert Reminder.objects.filter(state="skipped").count() == 3 * CASES
    told = Message.objects.filter(kind__in=["remind_overdue", "escalate_overdue"])
    pairs = list(told.values_list("case_number", "recipient"))
    assert len(pairs) == len(set(pairs)) == 2 * CASES
    assert AuditEvent.objects.filter(verb="remind").count() == CASES
    keys = set(told.values_list("key", flat=True))
    mailed = [payload["message"] for payload in Effect.objects.filter(kind="mail").values_list("payload", flat=True)]
    assert sorted(key for key in mailed if key in keys) == sorted(keys)
    assert verify_all()[1] == []
