"""An officer steps aside at the moment of an order, of an own act, of the end of it: once, before or not at all."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.errors import Denied, Refusal
from accreditation.models import AuditEvent, Case, OfficerRecusal, RecusalRequest, User
from accreditation.roles import Role
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.faults.racing import act, all_agrees, at_once, colleague, one_won
from workflows import assignments
from workflows.officer_recusals import Subject, declare, lift, order
from workflows.recusal_requests import answer, ask, identify

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REASON = "配偶在该单位任职"
PAGE = {"seen": None, "is_not_oneself": True}  # as a head opens it, before anybody was found


def asked(cast: Cast, case: Case, who: User | None) -> None:
    values = {"person": who, "named": "一位委员", "ground": "relative", "reason": REASON}
    ask(case, by=cast.member0, at=cast.at, **values)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=3, committee=3)


def test_officer_steps_aside_once_by_declaration_or_order(cast: Cast) -> None:
    case, chief = filed_case(cast), colleague(cast, Role.DISTRICT_SUPERVISOR, "310115")
    subject = Subject(case.enterprise)
    one_won(at_once([
        lambda: declare(subject, reason=REASON, by=cast.pudong, at=cast.at),
        lambda: order(subject, cast.pudong, reason=REASON, by=chief, at=cast.at),
    ]))  # fmt: skip
    assert OfficerRecusal.objects.count() == 1
    assert AuditEvent.objects.filter(chain=f"ledger:recusals:{case.enterprise.uscc}").count() == 1
    all_agrees()


@pytest.mark.parametrize("is_whole", [True, False])
def test_act_of_an_officer_who_steps_aside_is_done_before_or_not_at_all(cast: Cast, is_whole: bool) -> None:
    case = filed_case(cast)
    subject, twin = Subject(case.enterprise, None if is_whole else case), User.objects.get(pk=cast.pudong.pk)
    results = at_once([
        act(case, "accept", twin, cast), lambda: declare(subject, reason=REASON, by=cast.pudong, at=cast.at)
    ])  # fmt: skip
    assert not isinstance(results[1], BaseException), results
    state = Case.objects.get(pk=case.pk).state
    assert state == (S.SUBMITTED if isinstance(results[0], Denied) else S.UNDER_FIRST_REVIEW), results
    all_agrees()
    written = AuditEvent.objects.filter(verb__in=("accept", "declare_own_tie")).order_by("pk")
    assert [event.verb for event in written][-1] == "declare_own_tie"


def test_act_of_whom_a_party_asks_aside_is_done_before_or_not_at_all(cast: Cast) -> None:
    case, twin = filed_case(cast), User.objects.get(pk=cast.pudong.pk)
    assignments.take(case, by=cast.pudong, at=cast.at)
    results = at_once([act(case, "accept", twin, cast), lambda: asked(cast, case, cast.pudong)])
    assert not isinstance(results[1], BaseException), results
    state = Case.objects.get(pk=case.pk).state
    assert state == (S.SUBMITTED if isinstance(results[0], Refusal) else S.UNDER_FIRST_REVIEW), results
    all_agrees()
    written = AuditEvent.objects.filter(verb__in=("accept", "ask_recusal")).order_by("pk")
    assert [event.verb for event in written][-1] == "ask_recusal"


def test_request_for_a_recusal_is_answered_by_one(cast: Cast) -> None:
    case, member = filed_case(cast), cast.members[0]
    heads = [colleague(cast, Role.MUNICIPAL_SUPERVISOR, name=name) for name in ("head1", "head2")]
    asked(cast, case, None)
    row = RecusalRequest.objects.get()
    one_won(at_once([lambda by=by: identify(row, member, by=by, **PAGE, at=cast.at) for by in heads]))
    one_won(at_once([
        lambda: answer(row, is_granted=True, reason="确有利害关系", seen=member.pk, by=heads[0], at=cast.at),
        lambda: answer(row, is_granted=False, reason="没有利害关系", seen=member.pk, by=heads[1], at=cast.at),
    ]))  # fmt: skip
    row.refresh_from_db()
    assert OfficerRecusal.objects.filter(officer=member).count() == (1 if row.answer == "granted" else 0)
    assert Case.objects.get(pk=case.pk).recusals_asked == 0
    assert case.letters.filter(kind="recusal_answer").count() == 1
    all_agrees()


def test_recusal_is_lifted_by_one(cast: Cast) -> None:
    case, chief = filed_case(cast), colleague(cast, Role.DISTRICT_SUPERVISOR, "310115")
    declare(Subject(case.enterprise, case), reason=REASON, by=cast.pudong, at=cast.at)
    row, twin = OfficerRecusal.objects.get(), User.objects.get(pk=chief.pk)
    one_won(at_once([lambda by=by: lift(row, reason="已核实", by=by, at=cast.at) for by in (chief, twin)]))
    assert OfficerRecusal.objects.get().lifted_by == chief
    all_agrees()
