"""Each invariant of the walks notices the fault that it is there for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models import Q

from accreditation import visibility
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState, MemberState, NoticeState, TitleState
from accreditation.models import (
    Application,
    Case,
    Decision,
    Effect,
    Letter,
    Meeting,
    Member,
    Message,
    Notice,
    Reconsideration,
    Title,
    User,
    Vote,
)
from certificates.models import Certificate
from tests.attacks import invariants
from tests.attacks.change_states import ChangeStates
from tests.attacks.municipal_states import MunicipalStates
from tests.attacks.reconsideration_states import ReconsiderationStates
from tests.clock import MONDAY
from workflows import deadlines
from workflows.selectors import meeting_room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def forget_minutes() -> None:
    Meeting.objects.update(state=MeetingState.MINUTES_DRAFTED)


def swap_minutes() -> None:
    Meeting.objects.update(minutes_sha256="0" * 64)


def reopen_notice() -> None:
    Notice.objects.update(state=NoticeState.PUBLISHED)


def turn_decision_round() -> None:
    Decision.objects.update(outcome=Choice.REFUSE, reasons="x")


def certify_nothing() -> None:
    Certificate.objects.update(request_key="title:SHETC-T-1999-00001")


def move_behind_the_door() -> None:
    Case.objects.update(state=S.UNDER_NOTICE)


def leave_open_end() -> None:
    Application.objects.update(state=S.REFUSED, ended_for="x")
    Case.objects.update(state=S.REFUSED)


def lose_audit_head() -> None:
    Case.objects.update(audit_head="0" * 64)


def lose_mail() -> None:
    Effect.objects.filter(pk=Effect.objects.filter(kind="mail").latest("pk").pk).delete()


def let_an_own_member_vote() -> None:
    vote = Vote.objects.select_related("item__application").earliest("pk")
    Member.objects.create(
        user=vote.member, enterprise=vote.item.application.enterprise, state=MemberState.REQUESTED,
        requested_at=vote.cast_at,
    )  # fmt: skip


BREAKS: dict[Callable[[], None], str] = {
    forget_minutes: "minutes not adopted",
    swap_minutes: "minutes not adopted",
    reopen_notice: "notice not ended",
    turn_decision_round: "no decision",
    certify_nothing: "rests on nothing",
    move_behind_the_door: "disagreement",
    leave_open_end: "not closed",
    lose_audit_head: "audit",
    lose_mail: "0 mails",
    let_an_own_member_vote: "in spite of a tie",
}


@pytest.fixture
def world(settings: LazySettings) -> MunicipalStates:
    settings.ACCREDITATION_DEMO = True
    return MunicipalStates(MONDAY)


def test_invariants_of_a_recognised_case_notice_what_is_broken(
    world: MunicipalStates, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = world.case_in(S.RECOGNISED)
    assert list(invariants.all_faults()) == []
    for do, said in BREAKS.items():
        with transaction.atomic():
            do()
            assert any(said in fault for fault in invariants.all_faults()), do.__name__
            transaction.set_rollback(True)
    assert list(invariants.all_faults()) == []
    check_conflicts(world, case, monkeypatch)
    check_messages()
    check_photograph(case)


def check_conflicts(world: MunicipalStates, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    officer: User = world.people["office"]
    assert list(invariants.acts_in_spite_of_tie(officer, case)) == []
    Member.objects.create(user=officer, enterprise=case.enterprise, state=MemberState.REQUESTED, requested_at=world.at)
    assert list(invariants.conflicted_who_see()) == []
    assert list(invariants.conflicted_who_vote()) == []
    with monkeypatch.context() as patch:
        patch.setattr(meeting_room, "unconnected_items", lambda rows, user: rows)
        assert len(list(invariants.conflicted_who_vote())) == 1
    assert len(list(invariants.acts_in_spite_of_tie(officer, case))) == 1
    with monkeypatch.context() as patch:
        patch.setattr(visibility, "own_matters", lambda user: Q(pk__in=[]))
        assert len(list(invariants.conflicted_who_see())) == 1


def check_messages() -> None:
    last = Message.objects.latest("pk")
    assert list(invariants.told_twice(last.pk - 1)) == []
    Message.objects.create(
        recipient=last.recipient, kind=last.kind, case_number=last.case_number, params={},
        created_at=last.created_at, key=f"{last.key}again",
    )  # fmt: skip
    assert len(list(invariants.told_twice(last.pk - 1))) == 1


def check_photograph(case: Case) -> None:
    before = invariants.photograph()
    assert list(invariants.changed_since(before)) == []
    for change in (
        lambda: Letter.objects.filter(case=case).delete(),
        lambda: Case.objects.update(moved_at=case.opened_at + timedelta(days=400)),
        lambda: Title.objects.update(valid_until="2031-01-01"),
    ):
        with transaction.atomic():
            change()
            assert list(invariants.changed_since(before))
            transaction.set_rollback(True)


def test_a_clock_left_running_is_noticed(world: MunicipalStates, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.case_in(S.SUBMITTED)
    assert list(invariants.all_faults()) == []
    monkeypatch.setattr(deadlines, "settle", lambda doing, before: None)
    world.recommend(case)
    assert any("clock first_review runs" in fault for fault in invariants.all_faults())


def test_a_title_that_comes_back_by_itself_is_noticed(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ReconsiderationStates(MONDAY)
    before = invariants.titles_now()
    assert TitleState.REVOKED in before.values()
    with transaction.atomic():
        Title.objects.filter(state=TitleState.REVOKED).update(state=TitleState.IN_FORCE)
        assert len(list(invariants.titles_come_back(before))) == 1
        transaction.set_rollback(True)
    world.case_in("reconsidered")
    assert TitleState.REVOKED not in invariants.titles_now().values()
    assert list(invariants.titles_come_back(before)) == []
    Reconsideration.objects.update(outcome="upheld")
    assert len(list(invariants.titles_come_back(before))) == 1


def test_a_certificate_of_an_unconfirmed_change_is_noticed(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ChangeStates(MONDAY)
    case = world.case_in("under_confirmation")
    assert list(invariants.certificates_without_ground()) == []
    Certificate.objects.bulk_create([_certificate(world, f"title:{world.title.number}:{case.number}")])
    assert len(list(invariants.certificates_without_ground())) == 1


def _certificate(world: ChangeStates, key: str) -> Certificate:
    day = world.at.date()
    return Certificate(
        number="X", version=1, code="X", request_key=key, snapshot={}, uscc="X", valid_from=day,
        valid_until=day + timedelta(days=9), requested_at=world.at, requested_by="X", state_since=world.at,
    )  # fmt: skip
