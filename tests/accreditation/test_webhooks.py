"""Calls to authorities: one for each move and authority concerned, again after a failure, nothing beyond need."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation import effects
from accreditation.audit import verify_all
from accreditation.enums import EffectState, Level
from accreditation.errors import Refusal
from accreditation.models import Body, Case, Effect, Webhook
from accreditation.outgoing import signature_of
from accreditation.services import webhooks
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.receiver import Receiver, receiving
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LATER = timedelta(hours=9)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    settings.WEBHOOKS, settings.OUTGOING_REACH, settings.OUTGOING_SECONDS = True, "local", 3.0
    return make_cast(clock.at)


def authority(code: str, level: Level = Level.DISTRICT, district: str = "") -> Body:
    return Body.objects.create(code=code, level=level, name_zh=f"示例{code}", name_en=code, district=district)


@pytest.fixture
def case(cast: Cast, receiver: Receiver) -> Case:
    """Submitted in Pudong; the city, its own bureau and another bureau have entered an address, none was called."""
    for body in (
        authority("city-x", Level.MUNICIPAL),
        authority("pudong-x", district="310115"),
        authority("jiading-x", district="310114"),
    ):
        webhooks.set_webhook(body, url=receiver.url, by=cast.operator, at=cast.at)
    case = filed_case(cast)
    Effect.objects.all().delete()
    return case


def accept(cast: Cast, case: Case) -> None:
    door.perform(case, "accept", by=cast.pudong, at=cast.at)


def run(at: datetime) -> effects.Report:
    """What is due, and what that has promised."""
    return effects.run_due(at, limit=200)


def test_authorities_concerned_are_called_once(cast: Cast, case: Case, receiver: Receiver) -> None:
    accept(cast, case)
    assert receiver.calls == []  # nothing before the worker comes
    run(cast.at)
    run(cast.at + LATER)
    assert len(receiver.calls) == 2  # the city and Pudong, not Jiading
    (key,) = receiver.taken
    body = receiver.calls[0].body
    assert set(body) == {"at", "case", "event", "state"}
    assert (body["case"], body["state"], body["event"]) == (case.number, "under_first_review", key)
    secrets = set(Webhook.objects.values_list("secret", flat=True))
    for call in receiver.calls:
        signed = [signature_of(one, call.headers["x-accreditation-timestamp"], call.content) for one in secrets]
        assert call.headers["x-accreditation-signature"] in signed
    first, second = receiver.calls
    assert first.headers["x-accreditation-signature"] != second.headers["x-accreditation-signature"]


def test_act_that_moves_nothing_or_is_taken_back_is_not_told(cast: Cast, case: Case, receiver: Receiver) -> None:
    accept(cast, case)
    run(cast.at)
    receiver.calls.clear()
    with pytest.raises(Refusal):
        door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "x"})
    gate = {"gate": "no_such", "is_met": True, "reason": "x"}
    with pytest.raises(Refusal):
        door.perform(case, "answer_gate", by=cast.pudong, at=cast.at, form=gate)
    run(cast.at + LATER)
    assert receiver.calls == []


def test_failure_of_the_other_side_is_tried_again(cast: Cast, case: Case, receiver: Receiver) -> None:
    Webhook.objects.exclude(body__code="city-x").delete()
    accept(cast, case)
    receiver.statuses = [500, 503]
    at = cast.at
    run(at)
    for turn in (1, 2):
        row = Effect.objects.get(kind="webhook")
        assert (row.state, row.attempts) == (EffectState.PENDING, turn)
        assert receiver.url not in row.last_error
        at = row.due_at
        run(at)
    assert len(receiver.calls) == 3
    assert len({call.content for call in receiver.calls}) == len(receiver.taken) == 1


def test_refusal_of_the_other_side_is_final(cast: Cast, case: Case, receiver: Receiver) -> None:
    Webhook.objects.exclude(body__code="city-x").delete()
    accept(cast, case)
    receiver.statuses = [422]
    run(cast.at)
    run(cast.at + LATER)
    row = Effect.objects.get(kind="webhook")
    assert (row.state, row.attempts, len(receiver.calls)) == (EffectState.FAILED, 1, 1)
    assert row.last_error == "NotTaken: answered 422"


def test_dead_worker_calls_again_under_the_same_key(
    cast: Cast, case: Case, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It dies between the call and its note; also between the spreading and its note."""
    Webhook.objects.exclude(body__code="city-x").delete()
    accept(cast, case)

    def die_after(handler: effects.Handler) -> effects.Handler:
        def dying(key: str, payload: Mapping[str, Any]) -> None:
            handler(key, payload)
            raise SystemExit

        return dying

    at = cast.at
    for kind in ("webhooks", "webhook"):
        with monkeypatch.context() as patched:
            patched.setitem(effects.HANDLERS, kind, die_after(effects.HANDLERS[kind]))
            with pytest.raises(SystemExit):
                run(at)
        at += effects.STUCK_AFTER
    run(at)
    run(at + LATER)
    assert len(receiver.calls) == 2
    assert len(receiver.taken) == 1
    assert not Effect.objects.exclude(state=EffectState.DONE).exists()


def test_address_taken_away_or_calls_switched_off_stop_what_waits(
    cast: Cast, case: Case, receiver: Receiver, settings: LazySettings
) -> None:
    accept(cast, case)
    webhooks.set_webhook(Body.objects.get(code="pudong-x"), url="", by=cast.operator, at=cast.at)
    settings.WEBHOOKS = False
    run(cast.at)
    assert receiver.calls == []
    assert Webhook.objects.count() == 2


def test_nothing_is_promised_while_calls_are_off(cast: Cast, case: Case, settings: LazySettings) -> None:
    settings.WEBHOOKS = False
    accept(cast, case)
    assert not Effect.objects.filter(kind__startswith="webhook").exists()


def test_own_batch_of_an_authority_is_told_to_it_alone(cast: Cast, case: Case, receiver: Receiver) -> None:
    case.batch.authority = Body.objects.get(code="jiading-x")
    case.batch.save()
    accept(cast, case)
    run(cast.at)
    assert [row.payload["body"] for row in Effect.objects.filter(kind="webhook")] == ["jiading-x"]


def test_address_is_checked_and_its_key_stays_out_of_the_trail(cast: Cast, settings: LazySettings) -> None:
    body = authority("city-y", Level.MUNICIPAL)
    settings.OUTGOING_REACH = "public"
    for url in ("http://127.0.0.1/", "https://a:b@example.org/", "https://example.org/" + "x" * 300, "no address"):
        with pytest.raises(Refusal):
            webhooks.set_webhook(body, url=url, by=cast.operator, at=cast.at)
    row = webhooks.set_webhook(body, url="https://example.org/x", by=cast.operator, at=cast.at)
    again = webhooks.set_webhook(body, url="https://example.org/x", by=cast.operator, at=cast.at)
    assert row
    assert again
    assert row.secret != again.secret
    assert Webhook.objects.count() == 1
    _events, faults = verify_all()
    assert faults == []
    notes = json.dumps(list(webhooks.AuditEvent.objects.filter(chain__contains="webhooks").values("content")))
    assert "city-y" in notes
    assert again.secret not in notes
