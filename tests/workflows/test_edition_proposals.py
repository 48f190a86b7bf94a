"""Four eyes over changes of edition: nobody confirms the own, what was shown is what is done, it is decided once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.errors import AlreadyDone, Denied, Refusal
from accreditation.models import AuditEvent, Case, EditionChange, Lender, Message, RoleGrant, User
from accreditation.roles import DELEGABLE, Power, Role
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, grant, make_cast
from tests.factories.steps import recommend
from tests.workflows.test_edition_change import NEW, OLD, codes, mapping
from workflows import edition_proposals as proposals
from workflows.edition_change import carry_on

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def cases(cast: Cast) -> list[Case]:
    return [filed_case(cast), filed_case(cast, 1)]


@pytest.fixture
def change(cast: Cast, cases: list[Case]) -> EditionChange:
    return proposals.propose(mapping(), by=cast.office, at=cast.at)


def editions(cases: list[Case]) -> list[str]:
    return [Case.objects.get(pk=case.pk).procedure for case in cases]


def confirmed(cast: Cast, change: EditionChange) -> EditionChange:
    return proposals.confirm(change, seen=change.preview_sha256, by=cast.publisher, at=cast.at)


def test_proposed_by_one_confirmed_by_another_and_done_case_by_case(
    cast: Cast, cases: list[Case], change: EditionChange
) -> None:
    assert editions(cases) == [OLD, OLD]
    assert [line["case"] for line in change.preview] == [case.number for case in cases]
    told = Message.objects.filter(kind="edition_change_proposed")
    assert set(told.values_list("recipient", flat=True)) == {cast.publisher.pk}
    confirmed(cast, change)
    assert editions(cases) == [OLD, OLD]
    row = carry_on(change.number, at=cast.at, most=1)
    assert (editions(cases), row.state, len(row.report)) == ([NEW, OLD], "running", 1)
    row = carry_on(change.number, at=cast.at)
    assert (editions(cases), row.state) == ([NEW, NEW], "finished")
    assert row.report == row.preview
    with pytest.raises(AlreadyDone):
        carry_on(change.number, at=cast.at)
    entries = AuditEvent.objects.filter(chain__contains="editions").order_by("seq")
    assert [(entry.verb, entry.by_id) for entry in entries] == [
        ("propose_edition_change", cast.office.pk),
        ("confirm_edition_change", cast.publisher.pk),
        ("finish_edition_change", cast.publisher.pk),
    ]
    assert entries[0].content["preview"] == entries[1].content["preview"] == row.preview_sha256
    assert set(AuditEvent.objects.filter(verb="change_edition").values_list("by_id", flat=True)) == {cast.publisher.pk}
    assert Message.objects.get(kind="edition_change_confirmed").recipient == cast.office
    assert verify_all()[1] == []


def test_proposer_and_people_without_the_office_confirm_and_decline_nothing(cast: Cast, change: EditionChange) -> None:
    grant(cast.office, Role.PUBLISHER, at=cast.at)
    for by in (cast.office, cast.pudong, cast.member0, cast.people["operator"]):
        acts: tuple[Callable[[], object], ...] = (
            partial(proposals.confirm, change, seen=change.preview_sha256, by=by, at=cast.at),
            partial(proposals.decline, change, reason="不合适", by=by, at=cast.at),
        )
        for attempt in acts:
            with pytest.raises(Denied):
                attempt()
    for by in (cast.pudong, cast.publisher, cast.member0):
        with pytest.raises(Denied):
            proposals.propose(mapping(), by=by, at=cast.at)
    assert EditionChange.objects.get().state == "waiting"


def test_neither_step_is_done_by_a_lent_power(
    cast: Cast, change: EditionChange, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not {Power.RUN_BATCHES, Power.PUBLISH_RULES} & set(DELEGABLE)

    def stands_in(by: User, power: Power, **_more: object) -> Role:
        by.stands_in_for = Lender(1, cast.office.pk, str(cast.office))
        return Role.PUBLISHER

    monkeypatch.setattr("workflows.edition_change.acting_role", stands_in)
    with pytest.raises(Denied):
        confirmed(cast, change)


def test_what_was_not_shown_is_not_confirmed(cast: Cast, cases: list[Case], change: EditionChange) -> None:
    with pytest.raises(Refusal) as refused:
        proposals.confirm(change, seen="0" * 64, by=cast.publisher, at=cast.at)
    assert codes(refused) == ["other_preview"]
    shown = proposals.preview(mapping(), [], by=cast.office, at=cast.at)
    recommend(cast, cases[0], cast.at)
    with pytest.raises(Refusal) as refused:
        proposals.propose(mapping(), seen=shown.sha256, by=cast.office, at=cast.at)
    assert codes(refused) == ["preview_changed"]


def test_case_that_moved_or_came_after_the_preview_stays(cast: Cast, cases: list[Case], change: EditionChange) -> None:
    recommend(cast, cases[0], cast.at)
    confirmed(cast, change)
    row = carry_on(change.number, at=cast.at)
    assert editions(cases) == [OLD, NEW]
    assert [bool(line["reasons"]) for line in row.report] == [True, False]
    assert row.report[0]["before"] == "submitted"


def test_only_the_named_cases_go_over_and_strangers_are_refused(cast: Cast, cases: list[Case]) -> None:
    with pytest.raises(Refusal) as refused:
        proposals.propose(mapping(), numbers=[cases[0].number, "SHETC-0000-0000"], by=cast.office, at=cast.at)
    assert codes(refused) == ["no_such_case"]
    row = proposals.propose(mapping(), numbers=[cases[1].number], by=cast.office, at=cast.at, request_key="k")
    again = proposals.propose(mapping(), numbers=[cases[1].number], by=cast.office, at=cast.at, request_key="k")
    assert (row.pk, EditionChange.objects.count()) == (again.pk, 1)
    confirmed(cast, row)
    carry_on(row.number, at=cast.at)
    assert editions(cases) == [OLD, NEW]


def test_declined_and_withdrawn_are_decided_once_and_change_nothing(
    cast: Cast, cases: list[Case], change: EditionChange
) -> None:
    with pytest.raises(Refusal) as refused:
        proposals.decline(change, reason=" ", by=cast.publisher, at=cast.at)
    assert codes(refused) == ["reason_needed"]
    proposals.decline(change, reason="下一批起适用", by=cast.publisher, at=cast.at)
    assert Message.objects.get(kind="edition_change_declined").recipient == cast.office
    with pytest.raises(AlreadyDone):
        confirmed(cast, change)
    other = proposals.propose(mapping(), by=cast.office, at=cast.at)
    with pytest.raises(Denied):
        proposals.withdraw(other, by=cast.publisher, at=cast.at)
    proposals.withdraw(other, by=cast.office, at=cast.at)
    for row in (change, other):
        with pytest.raises(Refusal):
            carry_on(row.number, at=cast.at)
    assert editions(cases) == [OLD, OLD]


def test_who_left_office_neither_stands_for_a_proposal_nor_for_a_confirmation(
    cast: Cast, change: EditionChange
) -> None:
    held = RoleGrant.objects.filter(user=cast.office)
    held.update(revoked_at=cast.at)
    with pytest.raises(Refusal) as refused:
        confirmed(cast, change)
    assert codes(refused) == ["proposer_left"]
    held.update(revoked_at=None)
    confirmed(cast, change)
    RoleGrant.objects.filter(user=cast.publisher).update(revoked_at=cast.at)
    with pytest.raises(Denied):
        carry_on(change.number, at=cast.at)


@pytest.mark.parametrize("state", ["running", "finished", "declined"])
def test_database_holds_no_change_decided_by_its_proposer(cast: Cast, change: EditionChange, state: str) -> None:
    rows = EditionChange.objects.filter(pk=change.pk)
    finished = cast.at if state == "finished" else None
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(
            state=state, decided_by=cast.office, decided_at=cast.at, finished_at=finished, decline_reason="不合适"
        )
