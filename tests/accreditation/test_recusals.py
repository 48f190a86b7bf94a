"""Whoever stepped out of a case has left it in every office: sight, acts, votes, lists and messages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import Choice
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.meeting_words import RecusalGround
from accreditation.models import Application, Case, Evidence, Letter, Meeting, MeetingRecusal, User
from accreditation.reminders import ReminderAudience
from accreditation.roles import Power, Role
from accreditation.selectors.people import committee_of
from accreditation.services import meetings
from accreditation.services.tallies import tally
from accreditation.visibility import case_for, evidence_for, view_of, visible_cases, visible_items
from tests.clock import Clock
from tests.factories import steps
from tests.factories.cast import Cast, filed_case, grant, make_cast
from tests.factories.reconsidering import challenged, reconsiderers
from workflows import batch_acts, door
from workflows.assignments import desk_task, may_hold, possible_holders
from workflows.calendar import current_calendar
from workflows.in_charge import people_reached
from workflows.parties import ties_to
from workflows.selectors import meeting_room
from workflows.worklists import inbox, inbox_counts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
TIE = "曾受聘担任该单位顾问"
REASON = "创新能力不足"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def call(cast: Cast, case: Case) -> Meeting:
    """A meeting with the case alone on its agenda."""
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=cast.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip


def step_out(cast: Cast, case: Case, member: User) -> Meeting:
    """The member declares a tie to the case at a meeting."""
    meeting = call(cast, case)
    meetings.declare_recusal(meeting.items.get(), tie=TIE, by=member, at=cast.at)
    return meeting


def before_committee(cast: Cast, n: int = 0) -> Case:
    """A case that waits for the committee."""
    case = filed_case(cast, n)
    steps.to_committee(cast, case, cast.at)
    return Case.objects.get(pk=case.pk)


def sees_nothing(user: User, case: Case) -> None:
    """Neither case, nor evidence, nor any list opens it."""
    evidence = Evidence.objects.filter(application__case=case).first()
    assert evidence is not None
    for look in (
        lambda: case_for(user, case.number), lambda: view_of(user, case), lambda: evidence_for(user, evidence.pk)
    ):  # fmt: skip
        with pytest.raises(NotFound):
            look()
    assert not visible_cases(user).filter(pk=case.pk).exists()


def test_member_who_stepped_out_does_not_see_the_case_as_an_officer(cast: Cast) -> None:
    case, other = before_committee(cast), before_committee(cast, 2)
    member = cast.members[3]
    grant(member, Role.MUNICIPAL_OFFICER, at=cast.at)
    assert case_for(member, case.number) == case
    step_out(cast, case, member)
    sees_nothing(member, case)
    assert case_for(member, other.number) == other


def test_member_who_stepped_out_does_not_act_on_the_case_as_an_officer(cast: Cast) -> None:
    case, member = before_committee(cast), cast.members[3]
    grant(member, Role.PUBLISHER, at=cast.at)
    meeting = step_out(cast, case, member)
    decide(cast, meeting)
    with pytest.raises(Denied):
        batch_acts.publish_notice(cast.batch, [Application.objects.get(case=case)], body="公示", by=member, at=cast.at)
    steps.publish(cast, [case], cast.at)


def decide(cast: Cast, meeting: Meeting, choice: Choice = Choice.RECOGNISE) -> str:
    """Everybody votes who may; the text of the minutes that both signed."""
    remark = "" if choice == Choice.RECOGNISE else REASON
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=cast.at)
    item = meeting.items.get()
    for member in cast.members:
        if visible_items(member).filter(pk=item.pk).exists():
            meetings.cast_vote(item, choice=choice, remark=remark, by=member, at=cast.at)
    meeting = meetings.draft_minutes(meeting, reasons={1: remark}, by=cast.office, at=cast.at)
    for by in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(meeting, sha256=meeting.minutes_sha256, by=by, at=cast.at)
    return meeting.minutes


def test_recusal_holds_when_the_case_is_tabled_again(cast: Cast) -> None:
    case, member = before_committee(cast), cast.members[3]
    decide(cast, step_out(cast, case, member), Choice.POSTPONE)
    door.perform(case, "table_again", by=cast.office, at=cast.at, form={"reason": "材料已补充"})
    meeting = call(cast, case)
    item = meeting.items.get()
    assert MeetingRecusal.objects.get(item=item).ground == RecusalGround.LEFT_BEFORE
    with pytest.raises(NotFound):
        meeting_room.item_for(member, meeting, 1)
    meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=cast.at)
    with pytest.raises(Refusal) as refused:
        meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["recused"]
    counted = tally(meeting.items.get())
    assert (counted.present, counted.recused) == (len(cast.members) - 1, 1)
    sees_nothing(member, case)


def test_expert_who_stepped_out_takes_no_part_as_a_member(cast: Cast) -> None:
    case, expert = filed_case(cast), cast.experts[0]
    steps.recommend(cast, case, cast.at)
    steps.seat_panel(cast, case, cast.at)
    door.perform(case, "recuse", by=expert, at=cast.at, form={"tie": TIE})
    form = {
        "vacant": case.application.panel.seats.get(expert=expert),
        "expert": cast.experts[6],
        "reason": "原专家回避，另行指定",
    }
    door.perform(case, "replace_expert", by=cast.office, at=cast.at, form=form)
    for each in [*cast.experts[1:5], cast.experts[6]]:
        door.perform(case, "declare_no_tie", by=each, at=cast.at)
        marks = {"marks": steps.marks(case), "opinion": "同意"}
        door.perform(case, "submit_review", by=each, at=cast.at, form=marks)
    grant(expert, Role.COMMITTEE_MEMBER, at=cast.at)
    assert expert in committee_of(cast.batch)
    meeting = call(cast, case)
    sees_nothing(expert, case)
    cast.members.append(expert)
    assert f"回避：{expert}（此前已就本件回避）" in decide(cast, meeting)


def test_lists_hand_overs_and_reminders_leave_out_who_stepped_out(cast: Cast) -> None:
    case, member = before_committee(cast), cast.members[3]
    grant(member, Role.MUNICIPAL_OFFICER, at=cast.at)
    step_out(cast, case, member)
    found = desk_task(case)
    assert found is not None
    office, day = {Power.CALL_MEETINGS, Power.CHECK_COMPLETENESS}, cast.at + timedelta(hours=1)
    numbers = {
        who.username: [row.case.number for row in inbox(who, calendar=current_calendar(), at=day, powers=office)[0]]
        for who in (cast.office, member)
    }
    assert numbers == {"office": [case.number], member.username: []}
    assert inbox_counts(member, at=day, powers=office)["all"] == 0
    assert member not in possible_holders(found, case)
    assert not may_hold(found, member, case, day)
    assert (member.pk, case.pk) in ties_to([case])
    assert member not in people_reached(case, ReminderAudience.HOLDER, day)
    assert cast.office in people_reached(case, ReminderAudience.HOLDER, day)


def test_member_who_stepped_out_does_not_examine_the_challenge(cast: Cast) -> None:
    case, member = before_committee(cast), cast.members[3]
    grant(member, Role.RECONSIDERATION_OFFICER, at=cast.at)
    first, _second = reconsiderers(cast)
    decide(cast, step_out(cast, case, member), Choice.REFUSE)
    challenge = challenged(cast, Letter.objects.get(case=case, kind="refusal"), cast.at)
    with pytest.raises(NotFound):
        case_for(member, challenge.number)
    with pytest.raises(Denied):
        door.perform(challenge, "accept_reconsideration", by=member, at=cast.at + timedelta(hours=1))
    door.perform(challenge, "accept_reconsideration", by=first, at=cast.at + timedelta(hours=1))
