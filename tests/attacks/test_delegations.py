"""Attempts to get past four eyes and recusal by way of a colleague's power."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from accreditation.audit import chain_key, verify_all
from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import MemberState
from accreditation.enums import ProceedingKind as K
from accreditation.errors import Denied, Refusal
from accreditation.grounds import Ground
from accreditation.models import AuditEvent, Case, Delegation, Enterprise, Member, RoleGrant, Title, User
from accreditation.roles import Power, Role
from accreditation.services.delegations import delegate_powers, revoke_delegation
from accreditation.services.members import confirm_member
from accreditation.services.reconsiderations import took_part
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories import changes
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.steps import answer_gates
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.consistency import check_all
from workflows.opening_proceedings import open_proceeding
from workflows.presentation.timeline import timeline
from workflows.presentation.trails import trail_words
from workflows.selectors.registers import trail_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WEEK = timedelta(days=7)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def deputy(cast: Cast) -> User:
    """A colleague at the bureau of Pudong who holds none of the officer's powers over titles."""
    officer = person("deputy", "浦东发布人示例")
    grant(officer, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    return officer


def lend(cast: Cast, by: User, to: User, *powers: Power, at: datetime | None = None) -> list[Delegation]:
    """For a week by the clock of the test; services outside the door ask the clock of the machine."""
    row, at = RoleGrant.objects.get(user=by, revoked_at__isnull=True), at or cast.at
    return delegate_powers(row, powers, to, starts_at=None, ends_at=at + WEEK, reason="年休假", by=by, at=at)


def last(case: Case) -> AuditEvent:
    return AuditEvent.objects.filter(chain=chain_key(case)).latest("seq")


def test_colleague_accepts_in_the_officers_place_and_both_names_are_shown(cast: Cast, deputy: User) -> None:
    case = filed_case(cast)
    with pytest.raises(Denied):
        door.perform(case, "accept", by=deputy, at=cast.at)
    (row,) = lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    door.perform(case, "accept", by=deputy, at=cast.at)
    event = last(case)
    assert (event.by_id, event.by_name) == (deputy.pk, deputy.name)
    assert event.content["on_behalf_of"] == {"id": cast.pudong.pk, "name": cast.pudong.name, "delegation": row.pk}
    shown = str(timeline(case, View.APPLICANT)[0]["by"])
    assert deputy.name in shown
    assert cast.pudong.name in shown
    (told, *_earlier) = trail_words(case, trail_of(case))["rows"]
    assert cast.pudong.name in str(told["by"])
    assert verify_all()[1] == []
    assert list(check_all()) == []


def test_own_acts_are_recorded_for_nobody_else(cast: Cast, deputy: User) -> None:
    """The colleague's other office, the applicant and the lender each act in their own name."""
    case = filed_case(cast)
    lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    door.perform(case, "accept", by=deputy, at=cast.at)
    Member.objects.create(
        enterprise=cast.enterprises[2], user=deputy, state=MemberState.ACTIVE, requested_at=cast.at, settled_at=cast.at
    )
    own = filed_case(cast, 2)
    door.perform(own, "withdraw", by=deputy, at=cast.at)
    assert "on_behalf_of" not in last(own).content
    answer_gates(case, cast.pudong, cast.at)
    assert "on_behalf_of" not in last(case).content


@pytest.mark.parametrize("ended", ["revoked", "run_out"])
def test_nothing_is_left_of_it_when_it_is_over(cast: Cast, deputy: User, ended: str) -> None:
    case = filed_case(cast)
    (row,) = lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    if ended == "revoked":
        revoke_delegation(row, by=cast.pudong, at=cast.at)
    with pytest.raises(Denied):
        door.perform(case, "accept", by=deputy, at=cast.at if ended == "revoked" else cast.at + WEEK)


def test_power_lent_in_one_district_opens_no_case_of_another(cast: Cast, deputy: User) -> None:
    lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    with pytest.raises(Denied):
        door.perform(filed_case(cast, 1), "accept", by=deputy, at=cast.at)


@pytest.mark.parametrize("connected", ["lender", "colleague"])
def test_tie_of_either_keeps_both_away(cast: Cast, deputy: User, connected: str) -> None:
    case = filed_case(cast)
    lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    user = cast.pudong if connected == "lender" else deputy
    Member.objects.create(
        enterprise=case.enterprise, user=user, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    with pytest.raises(Denied):
        door.perform(case, "accept", by=deputy, at=cast.at)


def test_lender_does_not_order_what_the_colleague_prepared_in_the_lenders_place(cast: Cast, deputy: User) -> None:
    title = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")
    lend(cast, cast.pudong, deputy, Power.PREPARE_ORDERS)
    said = {"kind": K.REVOCATION, "ground": Ground.FALSE_MATERIAL, "found_facts": FACTS}
    case = open_proceeding(title, **said, by=deputy, at=cast.at)
    assert last(case).content["on_behalf_of"]["id"] == cast.pudong.pk
    door.perform(case, "notify_holder", by=deputy, at=cast.at)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "系统计错误，已更正。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    form = {
        "order_number": "示例撤〔2026〕9号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "until": None, "reasons": "事实清楚，申辩理由不成立。",
    }  # fmt: skip
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.pudong, at=cast.at, form=form)
    assert {reason.code for reason in refused.value.reasons} == {"four_eyes"}
    with pytest.raises(Denied):
        door.perform(case, "make_order", by=deputy, at=cast.at, form=form)
    third = person("pudong2", "浦东决定人示例")
    grant(third, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    door.perform(case, "make_order", by=third, at=cast.at, form=form)


def test_colleague_does_not_prepare_for_the_lender_what_the_colleague_then_orders(cast: Cast) -> None:
    """The publisher orders; prepared in the office's place by the publisher it would be one pair of eyes."""
    title = municipal_title(cast)
    lend(cast, cast.office, cast.publisher, Power.PREPARE_ORDERS)
    case = open_proceeding(
        title, kind=K.REVOCATION, ground=Ground.FALSE_MATERIAL, found_facts=FACTS, by=cast.publisher, at=cast.at
    )
    door.perform(case, "notify_holder", by=cast.office, at=cast.at)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "系统计错误，已更正。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.publisher, at=cast.at, form={"reasons": "清楚"})
    assert "four_eyes" in {reason.code for reason in refused.value.reasons}


@pytest.mark.parametrize("verb", ["confirm_succession", "send_succession_back"])
def test_lender_does_not_check_the_plan_that_the_colleague_made_in_the_lenders_place(
    cast: Cast, deputy: User, verb: str
) -> None:
    title = Title.objects.get(holder=cast.enterprises[0], programme="district_centre")
    case = changes.led_to(changes.opened(cast, ChangeKind.SPLIT), ChangeState.UNDER_CONFIRMATION, cast)
    lend(cast, cast.pudong, deputy, Power.PREPARE_ORDERS)
    plan = {"outcomes": {title.number: ("keeps", "")}, "reasons": "承继单位具备研发条件。"}
    door.perform(case, "put_succession_forward", by=deputy, at=cast.at, form=plan)
    with pytest.raises(Refusal) as refused:
        door.perform(case, verb, by=cast.pudong, at=cast.at, form={"reason": "请核对承继协议。"})
    assert "four_eyes" in {reason.code for reason in refused.value.reasons}
    third = person("pudong2", "浦东复核人示例")
    grant(third, Role.DISTRICT_OFFICER, "310115", at=cast.at)
    form = changes.confirmation(cast.at) | {"reason": "请核对承继协议。"}
    door.perform(case, verb, by=third, at=cast.at, form=form)


def test_tie_of_the_lender_keeps_the_colleague_from_a_change(cast: Cast, deputy: User) -> None:
    case = changes.led_to(changes.opened(cast, ChangeKind.SPLIT), ChangeState.UNDER_CONFIRMATION, cast)
    lend(cast, cast.pudong, deputy, Power.PREPARE_ORDERS)
    Member.objects.create(
        enterprise=case.enterprise, user=cast.pudong, state=MemberState.ENDED, requested_at=cast.at, settled_at=cast.at
    )
    with pytest.raises(Denied):
        door.perform(case, "refuse_change", by=deputy, at=cast.at, form={"reason": "材料不实", "reasons": "材料不实"})


def test_lender_took_part_in_what_the_colleague_did_in_the_lenders_place(cast: Cast, deputy: User) -> None:
    case = filed_case(cast)
    lend(cast, cast.pudong, deputy, Power.REVIEW_FIRST)
    assert not took_part(cast.pudong, case)
    door.perform(case, "accept", by=deputy, at=cast.at)
    assert took_part(cast.pudong, case)
    assert took_part(deputy, case)


def test_colleague_does_not_confirm_the_lenders_own_request(cast: Cast, deputy: User) -> None:
    lend(cast, cast.pudong, deputy, Power.CONFIRM_MEMBERS, at=timezone.now())
    enterprise = Enterprise.objects.get(pk=cast.enterprises[2].pk)
    asking = Member.objects.create(
        enterprise=enterprise, user=cast.pudong, state=MemberState.REQUESTED, requested_at=cast.at
    )
    with pytest.raises(Denied):
        confirm_member(asking, by=deputy, at=cast.at)


def test_act_outside_the_door_names_both_as_well(cast: Cast, deputy: User) -> None:
    lend(cast, cast.pudong, deputy, Power.CONFIRM_MEMBERS, at=timezone.now())
    asking = Member.objects.create(
        enterprise=cast.enterprises[2], user=cast.stranger, state=MemberState.REQUESTED, requested_at=cast.at
    )
    confirm_member(asking, by=deputy, at=timezone.now())
    event = AuditEvent.objects.filter(verb="confirm_member").latest("pk")
    assert (event.by_id, event.content["on_behalf_of"]["id"]) == (deputy.pk, cast.pudong.pk)
