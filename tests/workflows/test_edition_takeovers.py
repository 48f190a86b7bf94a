"""A change of edition whose confirmer left office in mid-run: another entitled person takes it over, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Case, EditionChange, Message, RoleGrant, User
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.workflows.test_edition_change import NEW, OLD, codes, mapping
from workflows import edition_change
from workflows.edition_change import carry_on
from workflows.edition_proposals import confirm, propose
from workflows.edition_takeovers import may_take_over, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REASON = "原确认人已调离，接着办完"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def other(cast: Cast) -> User:
    found = person("second_publisher", "第二发布人")
    grant(found, Role.PUBLISHER, at=cast.at)
    return found


@pytest.fixture
def change(cast: Cast) -> EditionChange:
    """Confirmed, with one of two cases done."""
    for place in (0, 1):
        filed_case(cast, place)
    row = propose(mapping(), by=cast.office, at=cast.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=cast.at)
    return carry_on(row.number, at=cast.at, most=1)


def lose_office(user: User, cast: Cast) -> None:
    RoleGrant.objects.filter(user=user).update(revoked_at=cast.at)


def editions() -> list[str]:
    return list(Case.objects.order_by("pk").values_list("procedure", flat=True))


def test_rest_is_done_in_the_name_of_who_took_it_over(cast: Cast, change: EditionChange, other: User) -> None:
    lose_office(cast.publisher, cast)
    with pytest.raises(Denied) as denied:
        carry_on(change.number, at=cast.at)
    assert codes(denied) == ["runner_left"]
    row = take_over(change, reason=REASON, by=other, at=cast.at)
    assert (row.runner, row.decided_by, row.take_over_reason) == (other, cast.publisher, REASON)
    row = carry_on(change.number, at=cast.at)
    assert (row.state, row.report, editions()) == ("finished", row.preview, [NEW, NEW])
    moved = AuditEvent.objects.filter(verb="change_edition").order_by("pk")
    assert [event.by_id for event in moved] == [cast.publisher.pk, other.pk]
    event = AuditEvent.objects.get(verb="take_over_edition_change")
    assert event.by_id == other.pk
    assert event.content.items() >= {"former": cast.publisher.pk, "reason": REASON, "done": 1, "left": 1}.items()
    assert AuditEvent.objects.get(verb="finish_edition_change").by_id == other.pk
    assert Message.objects.get(kind="edition_change_taken_over").recipient == cast.office
    assert verify_all()[1] == []
    with pytest.raises(AlreadyDone):
        take_over(change, reason=REASON, by=other, at=cast.at)


def test_office_lost_between_two_cases_stops_the_run_at_once_and_what_was_done_is_reported(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (0, 1):
        filed_case(cast, place)
    row = propose(mapping(), by=cast.office, at=cast.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=cast.at)
    change_case = edition_change.change_case

    def dismissed_after(*args: Any, **kwargs: Any) -> str:
        after = change_case(*args, **kwargs)
        lose_office(cast.publisher, cast)
        return after

    monkeypatch.setattr(edition_change, "change_case", dismissed_after)
    with pytest.raises(Denied) as denied:
        carry_on(row.number, at=cast.at)
    assert codes(denied) == ["runner_left"]
    row = EditionChange.objects.get()
    assert (row.state, row.report, editions()) == ("running", row.preview[:1], [NEW, OLD])


def test_next_case_is_done_in_the_name_of_who_took_the_run_over_meanwhile(
    cast: Cast, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in (0, 1):
        filed_case(cast, place)
    row = propose(mapping(), by=cast.office, at=cast.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=cast.at)
    change_case = edition_change.change_case

    def taken_over_after(*args: Any, **kwargs: Any) -> str:
        after = change_case(*args, **kwargs)
        if kwargs["by"] == cast.publisher:
            lose_office(cast.publisher, cast)
            take_over(row, reason=REASON, by=other, at=cast.at)
        return after

    monkeypatch.setattr(edition_change, "change_case", taken_over_after)
    assert carry_on(row.number, at=cast.at).state == "finished"
    moved = AuditEvent.objects.filter(verb="change_edition").order_by("pk")
    assert [event.by_id for event in moved] == [cast.publisher.pk, other.pk]


def test_who_took_it_over_may_leave_as_well(cast: Cast, change: EditionChange, other: User) -> None:
    third = person("third_publisher", "第三发布人")
    grant(third, Role.PUBLISHER, at=cast.at)
    User.objects.filter(pk=cast.publisher.pk).update(is_active=False)  # a closed account holds no office either
    take_over(change, reason=REASON, by=other, at=cast.at)
    with pytest.raises(Refusal) as refused:
        take_over(change, reason=REASON, by=third, at=cast.at)
    assert codes(refused) == ["runner_in_office"]
    lose_office(other, cast)
    assert take_over(change, reason=REASON, by=third, at=cast.at).runner == third
    assert carry_on(change.number, at=cast.at).state == "finished"


def test_nobody_takes_over_what_is_in_hand_the_own_proposal_or_without_the_office(
    cast: Cast, change: EditionChange, other: User
) -> None:
    with pytest.raises(Refusal) as refused:
        take_over(change, reason=REASON, by=other, at=cast.at)
    assert codes(refused) == ["runner_in_office"]
    assert not may_take_over(change, other)
    lose_office(cast.publisher, cast)
    assert may_take_over(change, other)
    with pytest.raises(Refusal) as refused:
        take_over(change, reason="  ", by=other, at=cast.at)
    assert codes(refused) == ["reason_needed"]
    grant(cast.office, Role.PUBLISHER, at=cast.at)
    for by in (cast.office, cast.publisher, cast.pudong, cast.member0):
        with pytest.raises(Denied):
            take_over(change, reason=REASON, by=by, at=cast.at)
        assert not may_take_over(change, by)
    assert (EditionChange.objects.get().runner, editions()) == (cast.publisher, [NEW, OLD])


def test_only_a_confirmed_change_is_taken_over(cast: Cast, other: User) -> None:
    filed_case(cast)
    row = propose(mapping(), by=cast.office, at=cast.at)
    with pytest.raises(Refusal) as refused:
        take_over(row, reason=REASON, by=other, at=cast.at)
    assert codes(refused) == ["not_confirmed"]
    assert not may_take_over(row, other)


def test_office_lost_while_the_cases_are_done_ends_the_run(
    cast: Cast, other: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office is asked for again after each stored part of the report."""
    for place in (0, 1):
        filed_case(cast, place)
    row = propose(mapping(), by=cast.office, at=cast.at)
    confirm(row, seen=row.preview_sha256, by=cast.publisher, at=cast.at)
    keep: Callable[..., EditionChange] = edition_change._keep

    def kept_and_dismissed(*args: object) -> EditionChange:
        lose_office(cast.publisher, cast)
        return keep(*args)

    monkeypatch.setattr(edition_change, "KEPT_AT_ONCE", 1)
    monkeypatch.setattr(edition_change, "_keep", kept_and_dismissed)
    with pytest.raises(Denied):
        carry_on(row.number, at=cast.at)
    monkeypatch.undo()
    assert editions() == [NEW, OLD]
    take_over(row, reason=REASON, by=other, at=cast.at)
    assert carry_on(row.number, at=cast.at).state == "finished"
    assert editions() == [NEW, NEW]


def test_database_holds_no_takeover_by_the_proposer_or_without_a_reason(
    cast: Cast, change: EditionChange, other: User
) -> None:
    rows = EditionChange.objects.filter(pk=change.pk)
    for by, reason in ((cast.office, REASON), (other, "")):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(taken_over_by=by, taken_over_at=cast.at, take_over_reason=reason)
