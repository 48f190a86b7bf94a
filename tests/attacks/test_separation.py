"""Separation of duties: one person on two levels of a case, whatever offices were given; officers in the committee."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice
from accreditation.errors import Denied, Refusal
from accreditation.meeting_words import RecusalGround
from accreditation.models import Application, Case, Meeting, RoleGrant, User
from accreditation.roles import ROLES, Power, Role
from accreditation.services import meetings
from accreditation.services.delegations import delegate_powers
from accreditation.services.grants import check_grant
from accreditation.services.tallies import tally
from accreditation.visibility import case_for
from tests.clock import Clock
from tests.factories import local, steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from workflows import batch_acts, door
from workflows.assignments import desk_task, may_assign, may_hold, possible_holders, take
from workflows.levels import CODE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SAID = "已在本件办理过区级初审环节，不得再办理市级审核环节。"
CHECK = {"checked": ["identity", "evidence", "figures", "annexes", "gates"], "phrase": "in_order"}


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast) -> Case:
    """Recommended by the officer of Pudong, who by an old grant is an officer of the city and its publisher as well."""
    found = filed_case(cast)
    steps.recommend(cast, found, cast.at)
    for role in (Role.MUNICIPAL_OFFICER, Role.PUBLISHER):
        grant(cast.pudong, role, at=cast.at)
    return found


def lend(by: User, to: User, power: Power, at: datetime) -> None:
    row = next(one for one in RoleGrant.objects.filter(user=by) if power in ROLES[Role(one.role)].powers)
    delegate_powers(row, [power], to, starts_at=None, ends_at=at + timedelta(days=7), reason="年休假", by=by, at=at)


def refused(case: Case, verb: str, by: User, at: datetime, **form: Any) -> list[str]:
    with pytest.raises(Refusal) as refusal:
        door.perform(case, verb, by=by, at=at, form=form)
    return [str(reason) for reason in refusal.value.reasons if reason.code == CODE]


def state(case: Case) -> str:
    return Application.objects.get(case=case).state


# --- one person, two levels --------------------------------------------------------------------------------------
def test_who_recommended_does_not_check_for_the_city(cast: Cast, case: Case) -> None:
    assert refused(case, "pass_completeness_check", cast.pudong, cast.at) == [SAID]
    assert refused(case, "return_for_correction", cast.pudong, cast.at, points=[], remark="") == [SAID]
    assert state(case) == S.UNDER_COMPLETENESS_CHECK
    door.perform(case, "pass_completeness_check", by=cast.office, at=cast.at)
    assert state(case) == S.AWAITING_PANEL


def test_page_says_so_and_its_form_posted_all_the_same_changes_nothing(cast: Cast, case: Case) -> None:
    client = log_in(Client(), cast.pudong)
    page = client.get(reverse("office_case", args=[case.number])).content.decode()
    assert SAID in page
    answer = client.post(reverse("office_review", args=[case.number]), CHECK)
    assert answer.status_code in (409, 422)
    assert SAID in answer.content.decode()
    assert state(case) == S.UNDER_COMPLETENESS_CHECK
    other = log_in(Client(), cast.office)
    assert SAID not in other.get(reverse("office_case", args=[case.number])).content.decode()
    assert other.post(reverse("office_review", args=[case.number]), CHECK).status_code == 302


def test_who_recommended_neither_holds_nor_hands_on_the_case_at_the_city(cast: Cast, case: Case) -> None:
    grant(cast.pudong, Role.MUNICIPAL_SUPERVISOR, at=cast.at)
    found = desk_task(case)
    assert found is not None
    assert not may_hold(found, cast.pudong, case, cast.at)
    assert not may_assign(found, cast.pudong, case, cast.at)
    assert possible_holders(found, case) == [cast.office]
    with pytest.raises(Denied) as denied:
        take(case, by=cast.pudong, at=cast.at)
    assert [str(reason) for reason in denied.value.reasons] == [SAID]


def test_who_recommended_does_not_publish(cast: Cast, case: Case) -> None:
    steps.seat_panel(cast, case, cast.at)
    steps.review_all(cast, case, cast.at)
    steps.hold_meeting(cast, [case], cast.at)
    listed = [Application.objects.get(case=case)]
    with pytest.raises(Refusal) as refusal:
        batch_acts.publish_notice(cast.batch, listed, body="公示", by=cast.pudong, at=cast.at)
    assert [str(reason) for reason in refusal.value.reasons] == [SAID]
    steps.publish(cast, [case], cast.at)


def test_colleague_does_not_check_in_the_place_of_who_recommended(cast: Cast, case: Case) -> None:
    """The clashing grant is an old one: it is not lent to anybody who holds a clashing one, but to others it is."""
    RoleGrant.objects.filter(user=cast.pudong, role=Role.PUBLISHER).delete()
    lend(cast.pudong, cast.publisher, Power.CHECK_COMPLETENESS, cast.at)
    assert refused(case, "pass_completeness_check", cast.publisher, cast.at) == [SAID]


def test_who_recommended_in_a_colleagues_place_and_that_colleague_are_both_out(cast: Cast) -> None:
    case, deputy = filed_case(cast), person("deputy", "浦东发布人示例")
    grant(deputy, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    lend(cast.pudong, deputy, Power.REVIEW_FIRST, cast.at)
    door.perform(case, "accept", by=deputy, at=cast.at)
    steps.answer_gates(case, deputy, cast.at)
    door.perform(case, "recommend", by=deputy, at=cast.at, form={"opinion": "材料齐全，同意推荐"})
    for user in (deputy, cast.pudong):
        grant(user, Role.MUNICIPAL_OFFICER, at=cast.at)
        assert refused(case, "pass_completeness_check", user, cast.at) == [SAID]


def test_who_forwarded_does_not_check_for_the_district(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = local.make_local_cast(clock.at)
    case = local.filed(cast, through_town=True)
    door.perform(case, "forward", by=cast.forwarder, at=clock.at, form={"opinion": "情况属实，同意转报。"})
    grant(cast.forwarder, Role.DISTRICT_OFFICER, local.SONGJIANG, at=clock.at)
    said = "已在本件办理过街镇（园区）转报环节，不得再办理区级初审环节。"
    assert refused(case, "accept", cast.forwarder, clock.at) == [said]
    door.perform(case, "accept", by=cast.checker, at=clock.at)


# --- offices given and lent --------------------------------------------------------------------------------------
def test_power_of_one_level_is_not_lent_to_a_holder_of_the_other(cast: Cast) -> None:
    deputy = person("deputy", "浦东发布人示例")
    grant(deputy, Role.LOCAL_PUBLISHER, "310115", at=cast.at)
    grant(deputy, Role.MUNICIPAL_OFFICER, at=cast.at)
    with pytest.raises(Refusal) as refusal:
        lend(cast.pudong, deputy, Power.REVIEW_FIRST, cast.at)
    assert [reason.code for reason in refusal.value.reasons] == ["role_excluded"]


def test_office_of_one_level_is_not_given_to_who_acts_in_anothers_place_on_the_other(cast: Cast) -> None:
    deputy = person("deputy", "浦东发布人示例")
    grant(deputy, Role.LOCAL_PUBLISHER, "310115", at=cast.at)

    def give(at: datetime) -> None:
        check_grant(deputy, Role.MUNICIPAL_OFFICER, by=cast.security, at=at, district="", ground="任命文件")

    give(cast.at)
    lend(cast.pudong, deputy, Power.REVIEW_FIRST, cast.at)
    with pytest.raises(Refusal) as refusal:
        give(cast.at)
    assert [reason.code for reason in refusal.value.reasons] == ["role_excluded"]
    give(cast.at + timedelta(days=8))


# --- the committee -----------------------------------------------------------------------------------------------
def before_committee(cast: Cast) -> Case:
    case = filed_case(cast)
    steps.to_committee(cast, case, cast.at)
    return case


def called(cast: Cast, case: Case) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=cast.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip


def vote(meeting: Meeting, by: User, at: datetime) -> None:
    meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=by, at=at)


def test_officers_and_experts_of_the_case_do_not_vote_on_it(cast: Cast) -> None:
    case = before_committee(cast)
    acted = [cast.pudong, cast.office, cast.experts[0]]
    for user in (*acted, cast.publisher):
        grant(user, Role.COMMITTEE_MEMBER, at=cast.at)
    meeting = called(cast, case)
    recusals = meeting.items.get().recusals.all()
    assert {row.member for row in recusals} == set(acted)
    assert {row.ground for row in recusals} == {RecusalGround.ACTED}
    present = [*cast.members, *acted, cast.publisher]
    meeting = meetings.start_meeting(meeting, present=present, by=cast.office, at=cast.at)
    for user in acted:
        with pytest.raises(Refusal) as refusal:
            vote(meeting, user, cast.at)
        assert [reason.code for reason in refusal.value.reasons] == ["acted"]
    counted = tally(meeting.items.get())
    assert (counted.entitled, counted.present, counted.recused) == (11, 8, 3)
    for user in (*cast.members, cast.publisher):  # whoever only publishes gave no opinion
        vote(meeting, user, cast.at)
    meeting = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    for user in acted:
        assert f"回避：{user}（因办理过本件回避）" in meeting.minutes
    for by in (cast.office, cast.members[0]):  # the office keeps the minutes, and signs them, without a vote
        batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=by, at=cast.at)
    assert state(case) == S.PROPOSED
    assert case_for(cast.office, case.number) == case  # it has not left the case


def test_page_of_the_item_says_so_before_the_vote(cast: Cast) -> None:
    case = before_committee(cast)
    grant(cast.office, Role.COMMITTEE_MEMBER, at=cast.at)
    meeting = called(cast, case)
    meetings.start_meeting(meeting, present=[*cast.members, cast.office], by=cast.office, at=cast.at)
    said, address = "您已在本件办理过审核、核查或者评审", reverse("meeting_item", args=[meeting.number, 1])
    client, other = log_in(Client(), cast.office), log_in(Client(), cast.members[1])
    page = client.get(address).content.decode()
    assert said in page
    assert 'name="choice"' not in page
    assert "已回避" in client.get(reverse("meeting", args=[meeting.number])).content.decode()
    assert said not in other.get(address).content.decode()
    answer = client.post(reverse("meeting_vote", args=[meeting.number, 1]), {"choice": "recognise", "remark": ""})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not meeting.items.get().votes.exists()


def test_item_without_a_quorum_of_members_who_did_not_act_is_adjourned(cast: Cast) -> None:
    case = before_committee(cast)
    RoleGrant.objects.filter(user__in=cast.members[2:]).delete()
    grant(cast.office, Role.COMMITTEE_MEMBER, at=cast.at)
    grant(cast.pudong, Role.COMMITTEE_MEMBER, at=cast.at)
    meeting, there = called(cast, case), [*cast.members[:2], cast.office, cast.pudong]
    meeting = meetings.start_meeting(meeting, present=there, by=cast.office, at=cast.at)
    for user in cast.members[:2]:
        vote(meeting, user, cast.at)
    with pytest.raises(Refusal) as refusal:
        meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    assert [reason.code for reason in refusal.value.reasons] == ["no_quorum"]


def test_vote_of_who_then_acts_in_the_case_does_not_stand(cast: Cast) -> None:
    case, late = before_committee(cast), cast.members[3]
    meeting = meetings.start_meeting(called(cast, case), present=cast.members, by=cast.office, at=cast.at)
    for user in cast.members:
        vote(meeting, user, cast.at)
    grant(late, Role.MUNICIPAL_OFFICER, at=cast.at)
    with door.act(case, "adopt_value", by=late, at=cast.at, acting_as=Power.CHECK_COMPLETENESS) as doing:
        doing.moved(S.UNDER_OVERALL_REVIEW, S.UNDER_OVERALL_REVIEW)
    with pytest.raises(Refusal) as refusal:
        meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    assert [reason.code for reason in refusal.value.reasons] == ["voter_tied"]
