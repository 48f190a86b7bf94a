"""Results of an earlier evaluation: entered by one, confirmed, declined or taken back; what counts before that."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.evaluation_words import CallReason
from accreditation.models import AuditEvent, Batch, EarlierResult, EvaluationRound, Member, Message, Title, User
from accreditation.services.earlier_results import (
    decline_earlier_round,
    propose_earlier_round,
    record_earlier_round,
    withdraw_earlier_round,
)
from accreditation.services.evaluation_rounds import freeze_population, population
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.titles import second_officer

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "第二家的等次与文件不一致。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return steps.make_round(cast)


@pytest.fixture
def second(cast: Cast) -> User:
    return second_officer(cast)


def entered(cast: Cast, batch: Batch, **changes: Any) -> EarlierResult:
    held = Title.objects.filter(holder=cast.enterprises[0], programme=cast.programme).first()
    title = held or steps.hold(cast, 0, date(2020, 3, 1))
    said: dict[str, Any] = {"year": 2024, "document_number": "示例〔2024〕8号", "dated": date(2024, 12, 1)}
    return propose_earlier_round(batch, {title: "excellent"}, **{"by": cast.office, "at": cast.at, **said, **changes})


def test_nobody_is_exempt_before_a_second_person_confirms(cast: Cast, batch: Batch, second: User) -> None:
    row, at = entered(cast, batch), cast.at
    assert ([one.reason for one in population(batch)], EvaluationRound.objects.exists()) == ([CallReason.DUE], False)
    with pytest.raises(Refusal) as refused:
        freeze_population(batch, by=second, at=at)
    assert [reason.code for reason in refused.value.reasons] == ["result_waits"]
    with pytest.raises(Refusal) as refused:
        entered(cast, batch, by=second)
    assert [reason.code for reason in refused.value.reasons] == ["result_waits"]
    for attempt in (
        lambda: record_earlier_round(row, by=cast.office, at=at),
        lambda: decline_earlier_round(row, reason=WHY, by=cast.office, at=at),
        lambda: withdraw_earlier_round(row, by=second, at=at),
        lambda: record_earlier_round(row, by=cast.publisher, at=at),
    ):
        with pytest.raises(Denied):
            attempt()
    assert decline_earlier_round(row, reason=WHY, by=second, at=at).reason == WHY
    withdraw_earlier_round(entered(cast, batch), by=cast.office, at=at)
    row = entered(cast, batch, by=second)
    round_ = record_earlier_round(row, by=cast.office, at=at)
    assert [one.reason for one in population(batch)] == [CallReason.EXCELLENT_BEFORE]
    assert (round_.frozen_by, round_.calls.get().band) == (second, "excellent")
    assert AuditEvent.objects.get(verb="record_earlier_round").content["recorded_by"] == str(second)
    told = Message.objects.filter(kind__startswith="earlier_result").order_by("pk").values_list("kind", "recipient")
    assert set(told) == {
        ("earlier_result_to_confirm", second.pk), ("earlier_result_declined", cast.office.pk),
        ("earlier_result_to_confirm", cast.office.pk), ("earlier_result_confirmed", second.pk),
    }  # fmt: skip
    with pytest.raises(AlreadyDone):
        record_earlier_round(row, by=cast.office, at=at)
    rows = EarlierResult.objects.filter(pk=row.pk)
    for values in ({"settled_by": second}, {"round": None}, {"state": "waiting"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)


def test_people_of_a_named_holder_do_not_confirm(cast: Cast, batch: Batch, second: User) -> None:
    row, holder = entered(cast, batch), cast.enterprises[0]
    Member.objects.create(
        enterprise=holder, user=second, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at,
        settled_by=cast.publisher,
    )  # fmt: skip
    with pytest.raises(Denied) as denied:
        record_earlier_round(row, by=second, at=cast.at)
    assert [reason.code for reason in denied.value.reasons] == ["connected"]
