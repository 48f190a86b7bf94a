"""Side effects: done once, put off when the outside fails, taken up again after a dead worker, given up in the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django_tasks_db.models import DBTaskResult

from accreditation import effects
from accreditation.acts import act
from accreditation.effects import Lane
from accreditation.enums import EffectState
from accreditation.models import Effect, User
from tests.clock import Clock

pytestmark = pytest.mark.django_db


class Outside:
    """The world beyond: remembers what reached it, and can be out of order."""

    def __init__(self) -> None:
        self.reached: list[str] = []
        self.is_broken = False

    def __call__(self, key: str, payload: Mapping[str, Any]) -> None:
        if self.is_broken:
            raise OSError("out of order")
        self.reached.append(f"{key}:{payload['text']}")


@pytest.fixture
def outside() -> Iterator[Outside]:
    outside = Outside()
    effects.HANDLERS["test"] = outside
    yield outside
    del effects.HANDLERS["test"]


def promise(clock: Clock, *keys: str) -> None:
    person = User.objects.get_or_create(username="somebody")[0]
    with act("grants", "promise", by=person, at=clock.at, acting_as="tester") as doing:
        for key in keys:
            doing.promise("test", key, text="hello")


def test_promised_effect_is_done_once(outside: Outside, clock: Clock) -> None:
    promise(clock, "a", "b")
    assert effects.run_due(clock.at) == effects.Report(done=2)
    assert effects.run_due(clock.at) == effects.Report()
    assert outside.reached == ["a:hello", "b:hello"]


def test_lanes_do_not_wait_for_each_other(outside: Outside, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    assert {"webhook", "text_message"} <= {kind for kind, lane in effects.LANES.items() if lane is Lane.OUTSIDE}
    promise(clock, "a")
    monkeypatch.setitem(effects.LANES, "test", Lane.OUTSIDE)
    assert effects.run_due(clock.at, lane=Lane.ORDINARY) == effects.Report()
    assert effects.run_due(clock.at, lane=Lane.LONG) == effects.Report()
    assert effects.run_due(clock.at, lane=Lane.OUTSIDE) == effects.Report(done=1)


def test_failed_effect_is_put_off_ever_longer_and_then_given_up(outside: Outside, clock: Clock) -> None:
    promise(clock, "a")
    outside.is_broken = True
    at = clock.at
    for attempt in range(1, effects.MOST_ATTEMPTS):
        assert effects.run_due(at) == effects.Report(put_off=1)
        row = Effect.objects.get()
        assert row.due_at == at + timedelta(minutes=2**attempt)
        assert effects.run_due(row.due_at - timedelta(seconds=1)) == effects.Report()
        at = row.due_at
    assert effects.run_due(at) == effects.Report(given_up=1)
    row = Effect.objects.get()
    assert (row.state, row.attempts) == (EffectState.FAILED, effects.MOST_ATTEMPTS)
    assert "out of order" in row.last_error


def test_effect_of_a_dead_worker_is_taken_up_after_a_while(outside: Outside, clock: Clock) -> None:
    promise(clock, "a")
    Effect.objects.update(state=EffectState.RUNNING, started_at=clock.at, attempts=1)
    assert effects.run_due(clock.at + effects.STUCK_AFTER - timedelta(seconds=1)) == effects.Report()
    assert effects.run_due(clock.at + effects.STUCK_AFTER) == effects.Report(done=1)
    assert outside.reached == ["a:hello"]


def test_effect_of_an_act_that_failed_is_never_promised(outside: Outside, clock: Clock) -> None:
    person = User.objects.create(username="somebody")

    def fail_half_way() -> None:
        with act("grants", "x", by=person, at=clock.at, acting_as="t") as doing:
            doing.promise("test", "a", text="hello")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    assert Effect.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_worker_is_called_once_until_it_answers(outside: Outside, clock: Clock) -> None:
    promise(clock, "a")
    promise(clock, "b")
    assert DBTaskResult.objects.count() == 1
    effects.forget_calls()
    promise(clock, "c")
    assert DBTaskResult.objects.count() == 1
