"""A meeting that cannot go as it was called: nothing keeps a case for good, every step has a reason and is minuted."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import MeetingState, MemberState
from accreditation.errors import NotFound, Refusal
from accreditation.meeting_words import RecusalGround
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Enterprise,
    Meeting,
    MeetingItem,
    Member,
    Message,
    RoleGrant,
    User,
    Vote,
)
from accreditation.services import meetings
from accreditation.services.tallies import tally
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, make_committee_member
from tests.factories.steps import to_committee
from workflows import batch_acts
from workflows.selectors import meeting_room

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

WHY = "委员因公离会"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, committee=3)


@pytest.fixture
def cases(cast: Cast, clock: Clock) -> list[Case]:
    """Two cases before the committee."""
    found = [filed_case(cast, 0), filed_case(cast, 1)]
    for case in found:
        to_committee(cast, case, clock.at)
    return found


@pytest.fixture
def meeting(cast: Cast, cases: list[Case]) -> Meeting:
    return called(cast, cases)


def called(cast: Cast, cases: list[Case]) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case) for case in cases], held_at=cast.at, place="示例会议室",
        chair=cast.members[0], secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip


def begun(cast: Cast, meeting: Meeting, absent: int = 0) -> Meeting:
    present = cast.members[: len(cast.members) - absent]
    return meetings.start_meeting(meeting, present=present, by=cast.office, at=cast.at)


def vote(meeting: Meeting, position: int, *members: User) -> None:
    item = meeting.items.get(position=position)
    for member in members:
        meetings.cast_vote(item, choice="recognise", remark="", by=member, at=item.meeting.held_at)


def sent(user: User, name: str, *names: Any, **form: Any) -> HttpResponse:
    answer: HttpResponse = log_in(Client(), user).post(reverse(name, args=names), form)
    return answer


def refused(answer: HttpResponse, words: str) -> bool:
    return answer.status_code == 422 and words in answer.content.decode()


def signed(cast: Cast, meeting: Meeting) -> str:
    """The minutes, drafted on the page and signed by both."""
    assert sent(cast.office, "meeting_minutes", meeting.number).status_code == 302
    row = Meeting.objects.get(pk=meeting.pk)
    for signer in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=cast.at)
    assert verify_all()[1] == []
    return row.minutes


def tie(user: User, case: Case, state: MemberState, at: Any) -> None:
    settled_at = None if state == MemberState.REQUESTED else at
    Member.objects.create(user=user, enterprise=case.enterprise, state=state, requested_at=at, settled_at=settled_at)


# --- adjourned, gone, late ------------------------------------------------------------------------------------------
def test_item_without_quorum_is_adjourned_and_the_others_are_decided(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    first = meeting.items.get(position=1)
    for member in cast.members[1:]:
        meetings.declare_recusal(first, tie="曾任该单位顾问", by=member, at=cast.at)
    meeting = begun(cast, meeting)
    vote(meeting, 1, cast.members[0])
    vote(meeting, 2, *cast.members)
    assert refused(sent(cast.office, "meeting_minutes", meeting.number, **{"reasons-1": "缺"}), "不足法定人数 2")
    assert refused(sent(cast.office, "meeting_adjourn", meeting.number, 1, reason=" "), "")
    assert refused(sent(cast.office, "meeting_adjourn", meeting.number, 2, reason=WHY), "本项表决已结束")
    assert sent(cast.office, "meeting_adjourn", meeting.number, 1, reason="回避后不足法定人数").status_code == 302
    assert refused(sent(cast.office, "meeting_adjourn", meeting.number, 1, reason=WHY), "本项已改期审议")
    assert refused(sent(cast.members[0], "meeting_vote", meeting.number, 1, choice="recognise"), "本项已改期审议")
    again = called(cast, cases[:1])  # free at once, before the minutes of the first meeting
    text = signed(cast, meeting)
    assert "改期审议，本次不作决定，已投 1 票不计。理由：回避后不足法定人数" in text
    assert [Case.objects.get(pk=case.pk).state for case in cases] == [S.UNDER_OVERALL_REVIEW, S.PROPOSED]
    cast.members += [make_committee_member(n, cast.at) for n in range(3, 6)]  # a tie outlasts its meeting
    again = begun(cast, again)
    assert sent(cast.members[1], "meeting_vote", again.number, 1, choice="recognise").status_code == 404
    vote(again, 1, cast.members[0], *cast.members[3:])
    assert "（此前已就本件回避）" in signed(cast, again)
    assert Case.objects.get(pk=cases[0].pk).state == S.PROPOSED


def test_member_who_leaves_counts_where_the_vote_was_cast_only(cast: Cast, meeting: Meeting) -> None:
    meeting = begun(cast, meeting)
    gone = cast.members[2]
    vote(meeting, 1, *cast.members)
    assert refused(sent(cast.office, "meeting_presence", meeting.number, gone.pk), "")
    assert sent(cast.office, "meeting_presence", meeting.number, gone.pk, reason=WHY).status_code == 302
    assert refused(sent(gone, "meeting_vote", meeting.number, 2, choice="recognise"), "您未到会")
    assert [tally(item).present for item in meeting.items.order_by("position")] == [3, 2]
    vote(meeting, 2, *cast.members[:2])
    assert Message.objects.filter(recipient=gone, kind="presence_noted").exists()
    text = signed(cast, meeting)
    assert f"离会：{gone}" in text
    assert WHY in text
    assert "未到：无\n" in text


def test_member_who_comes_late_votes_on_what_is_open_only(cast: Cast, meeting: Meeting) -> None:
    late = cast.members[2]
    meeting = begun(cast, meeting, absent=1)
    vote(meeting, 1, *cast.members[:2])
    assert sent(cast.office, "meeting_presence", meeting.number, late.pk, reason="飞机晚点").status_code == 302
    assert refused(sent(late, "meeting_vote", meeting.number, 1, choice="recognise"), "本项表决已结束")
    vote(meeting, 2, *cast.members)
    assert [tally(item).present for item in meeting.items.order_by("position")] == [2, 3]
    assert f"到会：{late}" in signed(cast, meeting)
    assert refused(sent(cast.office, "meeting_presence", meeting.number, late.pk, reason=WHY), "不能办理此项")


def test_only_the_office_that_runs_it_reaches_these_pages(cast: Cast, meeting: Meeting) -> None:
    for user, status in ((cast.members[0], 403), (cast.publisher, 403)):
        for name, more in (("cancel", []), ("presence", [cast.members[1].pk]), ("adjourn", [1])):
            assert sent(user, f"meeting_{name}", meeting.number, *more, reason=WHY).status_code == status
    assert sent(cast.office, "meeting_presence", meeting.number, cast.publisher.pk, reason=WHY).status_code == 404


# --- who is entitled, and how many are enough -----------------------------------------------------------------------
def test_all_who_stand_as_members_on_the_day_are_entitled(cast: Cast, meeting: Meeting) -> None:
    assert set(meeting.attendance.values_list("member", flat=True)) == {member.pk for member in cast.members}
    RoleGrant.objects.filter(user=cast.members[2]).update(revoked_at=cast.at)
    newcomers = [make_committee_member(n, cast.at) for n in (7, 8, 9)]
    assert refused(
        sent(cast.office, "meeting_start", meeting.number, present=[row.pk for row in cast.members[:2]]), "不足法定人数"
    )
    there = [*cast.members[:2], *newcomers[:2]]
    assert sent(cast.office, "meeting_start", meeting.number, present=[row.pk for row in there]).status_code == 302
    row = Meeting.objects.get()
    assert (row.members_entitled, row.attendance.filter(is_present=True).count()) == (5, 4)
    assert not row.attendance.filter(member=cast.members[2]).exists()
    assert [tally(item).has_quorum for item in row.items.all()] == [True, True]
    page = log_in(Client(), cast.office).get(reverse("meeting", args=[row.number])).content.decode()
    assert "法定人数不少于应到的 2/3" in page
    assert "以上未注明依据的，所用规则未作规定，按系统预设" in page


def test_one_rule_of_quorum_holds_for_the_meeting_and_for_each_item(cast: Cast, meeting: Meeting) -> None:
    Batch.objects.update(quorum_numerator=1, quorum_denominator=1, quorum_ground="示例办法 第九条")
    with pytest.raises(Refusal, match="no_quorum"):
        begun(cast, Meeting.objects.get(), absent=1)
    row = begun(cast, Meeting.objects.get())
    meetings.declare_recusal(row.items.get(position=1), tie="曾任该单位顾问", by=cast.members[2], at=cast.at)
    assert [tally(item).has_quorum for item in row.items.order_by("position")] == [False, True]
    page = log_in(Client(), cast.members[0]).get(reverse("meeting_item", args=[row.number, 2])).content.decode()
    assert "依据：示例办法 第九条" in page


# --- cancelled, minutes taken back ----------------------------------------------------------------------------------
def test_cancelled_meeting_frees_its_cases_and_cannot_begin(cast: Cast, meeting: Meeting, cases: list[Case]) -> None:
    assert sent(cast.office, "meeting_cancel", meeting.number, reason="主持人因病不能到会").status_code == 302
    page = log_in(Client(), cast.members[1]).get(reverse("meeting", args=[meeting.number])).content.decode()
    assert "主持人因病不能到会" in page
    assert Message.objects.filter(kind="meeting_cancelled").count() == len(cast.members)
    assert AuditEvent.objects.get(verb="cancel_meeting").content["reason"] == "主持人因病不能到会"
    with pytest.raises(Refusal):
        begun(cast, meeting)
    again = begun(cast, called(cast, cases))
    assert refused(sent(cast.office, "meeting_cancel", again.number, reason=WHY), "不能办理此项")


def test_last_item_is_not_taken_off_before_the_meeting(cast: Cast, meeting: Meeting) -> None:
    assert sent(cast.office, "meeting_adjourn", meeting.number, 1, reason="材料待补充").status_code == 302
    assert refused(sent(cast.office, "meeting_adjourn", meeting.number, 2, reason=WHY), "请改为取消会议")


def test_minutes_are_taken_back_until_somebody_has_signed(cast: Cast, meeting: Meeting) -> None:
    meeting = begun(cast, meeting)
    for position in (1, 2):
        vote(meeting, position, *cast.members)
    assert refused(sent(cast.office, "meeting_withdraw_minutes", meeting.number, reason=WHY), "不能办理此项")
    meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    old = Meeting.objects.get().minutes_sha256
    assert sent(cast.office, "meeting_withdraw_minutes", meeting.number, reason="会议地点有误").status_code == 302
    assert set(MeetingItem.objects.values_list("outcome", flat=True)) == {""}
    assert AuditEvent.objects.get(verb="withdraw_minutes").content["minutes"] == old
    row = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=cast.office, at=cast.at)
    assert refused(sent(cast.office, "meeting_withdraw_minutes", meeting.number, reason=WHY), "已有人签发")


# --- one agenda at a time -------------------------------------------------------------------------------------------
def test_case_stays_on_its_agenda_until_the_minutes_are_signed(cast: Cast, meeting: Meeting, cases: list[Case]) -> None:
    meeting = begun(cast, meeting)
    for position in (1, 2):
        vote(meeting, position, *cast.members)
    meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)
    assert list(meeting_room.untabled(cast.batch)) == []
    with pytest.raises(Refusal, match="already_tabled"):
        called(cast, cases)
    item = meeting.items.get(position=1)
    with pytest.raises(IntegrityError), transaction.atomic():
        MeetingItem.objects.create(meeting=meeting, application=item.application, position=9)
    row = Meeting.objects.get()
    for signer in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=cast.at)
    with pytest.raises(Refusal, match="wrong_state"):
        called(cast, cases)


# --- tied to the enterprise -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [MemberState.ACTIVE, MemberState.REQUESTED, MemberState.ENDED])
def test_member_tied_to_the_enterprise_is_recused_and_does_not_vote(
    cast: Cast, meeting: Meeting, cases: list[Case], state: MemberState
) -> None:
    tied, item = cast.members[2], meeting.items.get(position=1)
    tie(tied, cases[0], state, cast.at)
    meeting = begun(cast, meeting)
    page = log_in(Client(), tied)
    assert page.get(reverse("meeting_item", args=[meeting.number, 1])).status_code == 404
    assert "已回避" in page.get(reverse("meeting", args=[meeting.number])).content.decode()
    with pytest.raises(NotFound):
        meeting_room.item_for(tied, meeting, 1)
    with pytest.raises(Refusal, match="tied"):
        meetings.cast_vote(item, choice="recognise", remark="", by=tied, at=cast.at)
    assert item.recusals.get().ground == RecusalGround.CONNECTED
    vote(meeting, 1, *cast.members[:2])
    vote(meeting, 2, *cast.members)
    assert f"回避：{tied}（因办理人员身份回避）" in signed(cast, meeting)


def test_vote_of_a_member_who_then_joins_the_enterprise_makes_no_decision(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    meeting = begun(cast, meeting)
    for position in (1, 2):
        vote(meeting, position, *cast.members)
    tie(cast.members[1], cases[0], MemberState.REQUESTED, cast.at)
    assert refused(sent(cast.office, "meeting_minutes", meeting.number), "须改期审议")
    assert Meeting.objects.get().state == MeetingState.IN_SESSION
    assert sent(cast.office, "meeting_adjourn", meeting.number, 1, reason="委员申请加入该单位").status_code == 302
    signed(cast, meeting)
    assert Vote.objects.filter(item__position=1).count() == 3
    assert Case.objects.get(pk=cases[0].pk).state == S.UNDER_OVERALL_REVIEW


def test_minutes_say_what_was_typed_sign_for_sign(cast: Cast, meeting: Meeting) -> None:
    """An official text is no markup: quotes, ampersands and brackets stand in it as they are."""
    name, why = "上海 R&D <一号> 有限公司", "指标 < 3%，且\"研发\"人员 'A&B' 不足"
    Enterprise.objects.filter(applications__meeting_items__meeting=meeting).update(name=name)
    Meeting.objects.filter(pk=meeting.pk).update(place="3 楼 A&B 会议室")
    begun(cast, meeting)
    for item in meeting.items.all():
        for member in cast.members:
            meetings.cast_vote(item, choice="refuse", remark=why, by=member, at=cast.at)
    row = meetings.draft_minutes(meeting, reasons={1: why, 2: why}, by=cast.office, at=cast.at)
    for said in (f"1．{name}（", f"理由：{why}", "地　　点：3 楼 A&B 会议室"):
        assert said in row.minutes
    assert "&amp;" not in row.minutes


def test_meeting_does_not_begin_without_its_chair(cast: Cast, meeting: Meeting) -> None:
    """The minutes name who presided: a chair who is not there did not."""
    there = [row.pk for row in cast.members[1:]]
    assert refused(sent(cast.office, "meeting_start", meeting.number, present=there), "主持人未到会")
    assert Meeting.objects.get().state == MeetingState.CALLED
    assert not Meeting.objects.get().attendance.filter(is_present=True).exists()
    assert sent(cast.office, "meeting_cancel", meeting.number, reason="主持人因公外出").status_code == 302
