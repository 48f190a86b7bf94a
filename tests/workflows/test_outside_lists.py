"""The national result of a batch: entered by one officer, confirmed, declined or taken back; what then is moved."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.enums import MemberState
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Letter,
    Member,
    Message,
    OutsideList,
    RoleGrant,
    Title,
    User,
)
from accreditation.recommendation_words import ResultState
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.held import REASON, hold_meanwhile
from workflows import door
from workflows.consistency import check_all
from workflows.outside_lists import decline_result, record_result, withdraw_result
from workflows.selectors.outside_lists import lists_for
from workflows.selectors.recommendations import notices_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "附表第二页列有该单位，登记有误。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def batch(cast: Cast) -> Batch:
    found = steps.make_national(cast)
    case = steps.filed(cast, found)
    steps.score(cast, case, cast.at)
    steps.rank(cast, found)
    steps.decide(cast, found)
    steps.send(cast, found)
    return found


@pytest.fixture
def case(batch: Batch) -> Case:
    return Case.objects.get(batch=batch)


@pytest.fixture
def second(cast: Cast, batch: Batch) -> User:
    return steps.colleague(cast)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def told(person: User) -> list[str]:
    return list(Message.objects.filter(recipient=person, kind__startswith="list_").values_list("kind", flat=True))


def codes(attempt: Callable[[], object]) -> list[str]:
    with pytest.raises(Refusal) as refused:
        attempt()
    return [reason.code for reason in refused.value.reasons]


def test_result_moves_nothing_before_a_second_officer_confirms_it(
    cast: Cast, batch: Batch, case: Case, second: User
) -> None:
    letters, at = Letter.objects.filter(case=case).count(), steps.answered_at(batch)
    row = steps.entered(cast, batch, [case])
    assert (state(case), Title.objects.filter(programme=batch.programme).count()) == ("recommended_upward", 0)
    assert (Letter.objects.filter(case=case).count(), notices_of(batch)) == (letters, [])
    assert (told(second), told(cast.office), told(cast.member0)) == (["list_to_confirm"], [], [])
    assert (lists_for(second), lists_for(cast.office)) == ([row], [])
    for attempt in (
        lambda: record_result(row, by=cast.office, at=at),
        lambda: decline_result(row, reason=WHY, by=cast.office, at=at),
        lambda: withdraw_result(row, by=second, at=at),
        lambda: record_result(row, by=cast.publisher, at=at),
    ):
        with pytest.raises(Denied):
            attempt()
    assert record_result(row, by=second, at=at) == row.notice
    title = Title.objects.get(programme=batch.programme)
    assert (state(case), title.granted_above, notices_of(batch)) == ("recognised_above", row.notice, [row.notice])
    settled = OutsideList.objects.get()
    assert (settled.state, settled.recorded_by, settled.settled_by) == (ResultState.CONFIRMED, cast.office, second)
    assert AuditEvent.objects.get(verb="record_result").content["recorded_by"] == str(cast.office)
    assert told(cast.office) == ["list_confirmed"]
    for late in (
        lambda: record_result(row, by=second, at=at),
        lambda: decline_result(row, reason=WHY, by=second, at=at),
        lambda: withdraw_result(row, by=cast.office, at=at),
    ):
        with pytest.raises(AlreadyDone):
            late()
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_declined_or_taken_back_it_is_entered_anew(cast: Cast, batch: Batch, case: Case, second: User) -> None:
    at = steps.answered_at(batch)
    wrong = steps.entered(cast, batch, [], {case: "未列入"})
    assert codes(lambda: steps.entered(cast, batch, [case], by=second)) == ["result_waits"]
    assert codes(lambda: decline_result(wrong, reason="错", by=second, at=at)) == ["reason_needed"]
    assert decline_result(wrong, reason=f" {WHY} ", by=second, at=at).reason == WHY
    assert (told(cast.office), AuditEvent.objects.get(verb="decline_result").content["reason"]) == (
        ["list_declined"], WHY,
    )  # fmt: skip
    withdraw_result(steps.entered(cast, batch, [case]), by=cast.office, at=at)
    assert (state(case), notices_of(batch)) == ("recommended_upward", [])
    record_result(steps.entered(cast, batch, [case], by=second), by=cast.office, at=at)
    assert list(OutsideList.objects.order_by("pk").values_list("state", flat=True)) == [
        ResultState.DECLINED, ResultState.WITHDRAWN, ResultState.CONFIRMED,
    ]  # fmt: skip
    assert state(case) == "recognised_above"


def test_what_would_be_refused_at_the_confirmation_is_not_entered(cast: Cast, batch: Batch, case: Case) -> None:
    held = hold_meanwhile(case)
    assert codes(lambda: steps.entered(cast, batch, [case])) == ["already_held"]
    assert not OutsideList.objects.exists()
    assert steps.entered(cast, batch, [], {case: "未列入"}).state == ResultState.WAITING
    assert held.number


def test_case_that_has_moved_on_keeps_the_list_from_counting(
    cast: Cast, batch: Batch, case: Case, second: User
) -> None:
    row, at = steps.entered(cast, batch, [], {case: "未列入"}), steps.answered_at(batch)
    hold_meanwhile(case)
    door.perform(case, "end_as_held", by=second, at=at, form={"reason": REASON})
    assert codes(lambda: record_result(row, by=second, at=at)) == ["wrong_state"]
    assert (state(case), OutsideList.objects.get().state) == ("held_otherwise", ResultState.WAITING)
    assert decline_result(row, reason=WHY, by=second, at=at).state == ResultState.DECLINED


def test_people_of_a_listed_enterprise_neither_enter_nor_confirm(
    cast: Cast, batch: Batch, case: Case, second: User
) -> None:
    row, at = steps.entered(cast, batch, [case]), steps.answered_at(batch)
    tie = Member.objects.create(
        enterprise=cast.enterprises[0], user=second, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at,
        settled_by=cast.publisher,
    )  # fmt: skip
    for attempt in (
        lambda: record_result(row, by=second, at=at),
        lambda: decline_result(row, reason=WHY, by=second, at=at),
    ):
        with pytest.raises(Denied) as denied:
            attempt()
        assert [reason.code for reason in denied.value.reasons] == ["connected"]
    assert lists_for(second) == []
    withdraw_result(row, by=cast.office, at=at)
    with pytest.raises(Denied):
        steps.entered(cast, batch, [case], by=second)
    tie.delete()
    assert steps.entered(cast, batch, [case], by=second).recorded_by == second


def test_list_of_who_has_left_the_office_is_declined(cast: Cast, batch: Batch, case: Case, second: User) -> None:
    row, at = steps.entered(cast, batch, [case]), steps.answered_at(batch)
    RoleGrant.objects.filter(user=cast.office).update(revoked_at=at - timedelta(days=1))
    assert codes(lambda: record_result(row, by=second, at=at)) == ["recorder_left"]
    assert decline_result(row, reason=WHY, by=second, at=at).state == ResultState.DECLINED


def test_database_keeps_the_two_apart(cast: Cast, batch: Batch, case: Case) -> None:
    row, at = steps.entered(cast, batch, [case]), steps.answered_at(batch)
    rows = OutsideList.objects.filter(pk=row.pk)
    for values in (
        {"state": "confirmed", "settled_by": cast.office, "settled_at": at},
        {"state": "declined", "settled_by": cast.office, "settled_at": at, "reason": WHY},
        {"state": "declined", "settled_by": cast.publisher, "settled_at": at},
        {"state": "withdrawn", "settled_by": cast.publisher, "settled_at": at},
        {"state": "waiting", "reason": WHY},
        {"state": "other"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**values)
    with pytest.raises(IntegrityError), transaction.atomic():
        OutsideList.objects.create(batch=batch, notice=row.notice, recorded_by=cast.publisher, recorded_at=at)
