"""kill -9 of a worker while the other side is taking its call: called again under the same key, so taken once."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import datetime

import pytest
from django.conf import LazySettings

from accreditation.acts import act
from accreditation.effects import STUCK_AFTER
from accreditation.enums import EffectState
from accreditation.models import Effect, User
from tests.clock import Clock
from tests.factories.receiver import Receiver, receiving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
PATIENCE = 120.0


def worker(at: datetime, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "run_effects", "--at", at.isoformat()]
    return subprocess.Popen(command, env=environment)


def wait_for_call(receiver: Receiver) -> None:
    started = time.monotonic()
    while not receiver.calls:
        assert time.monotonic() - started < PATIENCE, "never called"
        time.sleep(0.01)


def test_killed_worker_leaves_no_double(
    clock: Clock, child_environment: dict[str, str], settings: LazySettings
) -> None:
    person = User.objects.create(username="reader", phone="13800001234", texts_agreed_at=clock.at)
    with receiving() as receiver:
        receiver.seconds, settings.TEXT_GATEWAY_URL = 2.0, receiver.url
        environment = child_environment | {"TEXT_GATEWAY_URL": receiver.url, "OUTGOING_REACH": "local"}
        with act("grants", "try", by=person, at=clock.at, acting_as="tester") as doing:
            doing.tell(person, "accept", case_number="SH-1")
        key = Effect.objects.get().key
        child = worker(clock.at, environment)
        wait_for_call(receiver)
        child.kill()
        child.wait(PATIENCE)
        assert Effect.objects.get().state == EffectState.RUNNING
        receiver.seconds = 0.0
        assert worker(clock.at + STUCK_AFTER, environment).wait(PATIENCE) == 0
    assert [call.headers["idempotency-key"] for call in receiver.calls] == [key, key]
    assert list(receiver.taken) == [key]
    assert Effect.objects.get().state == EffectState.DONE
