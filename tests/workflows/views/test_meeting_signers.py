"""Minutes whose chair or secretary has left the office: another is named, says the text, and the cases are decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState
from accreditation.errors import Denied, Refusal
from accreditation.meeting_words import DeadlockRule, Signer
from accreditation.models import (
    Application,
    AuditEvent,
    Batch,
    Case,
    Decision,
    Delegation,
    Meeting,
    MeetingItem,
    Message,
    RoleGrant,
    User,
)
from accreditation.permissions import has_power_over
from accreditation.roles import Power
from accreditation.selectors import signers
from accreditation.selectors.people import committee_of
from accreditation.services import meeting_course, meetings
from accreditation.services.meeting_signers import replace_signer
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.local import make_local_cast
from tests.factories.steps import to_committee
from tests.factories.titles import second_officer
from workflows import batch_acts

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "原主持人已调离评审委员会"
CHAIR, SECRETARY = Signer.CHAIR, Signer.SECRETARY


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = make_cast(clock.at, committee=4)
    found.people["second"] = second_officer(found)
    return found


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    found = filed_case(cast)
    to_committee(cast, found, clock.at)
    return found


@pytest.fixture
def called(cast: Cast, case: Case) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=cast.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip


@pytest.fixture
def meeting(cast: Cast, called: Meeting) -> Meeting:
    """In session with all but the last of four, who have voted."""
    meeting = meetings.start_meeting(called, present=cast.members[:3], by=cast.office, at=cast.at)
    for member in cast.members[:3]:
        meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=member, at=cast.at)
    return meeting


def drafted(cast: Cast, meeting: Meeting, *signed: User) -> Meeting:
    """The minutes drawn up, and signed by these."""
    row = meetings.draft_minutes(meeting, reasons={}, by=cast.second, at=cast.at)
    for signer in signed:
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=cast.at)
    return Meeting.objects.get(pk=meeting.pk)


def leaves(user: User, at: Any) -> None:
    RoleGrant.objects.filter(user=user).update(revoked_at=at)


def closes(user: User, at: Any) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


def named(cast: Cast, meeting: Meeting, which: Signer, to: User, reason: str = WHY, by: User | None = None) -> Meeting:
    return replace_signer(meeting, which, to, reason=reason, by=by or cast.second, at=cast.at)


def refused(doing: Callable[[], object]) -> list[str]:
    """Codes of the reasons; nothing is written."""
    before = AuditEvent.objects.count(), list(Meeting.objects.values())
    with pytest.raises(Refusal) as refusal:
        doing()
    assert (AuditEvent.objects.count(), list(Meeting.objects.values())) == before
    return [reason.code for reason in refusal.value.reasons]


def opened(user: User, name: str, *names: Any, language: str = "zh-hans") -> str:
    client = log_in(Client(), user)
    client.cookies["django_language"] = language
    answer = client.get(reverse(name, args=names))
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(user: User, name: str, *names: Any, **form: Any) -> HttpResponse:
    answer: HttpResponse = log_in(Client(), user).post(reverse(name, args=names), form)
    return answer


# --- what is refused ------------------------------------------------------------------------------------------------
def test_who_can_still_sign_is_not_replaced(cast: Cast, meeting: Meeting) -> None:
    assert refused(lambda: named(cast, meeting, CHAIR, cast.members[1])) == ["signer_can_sign"]
    assert refused(lambda: named(cast, meeting, SECRETARY, cast.second)) == ["signer_can_sign"]
    for page in (opened(cast.office, "meeting", meeting.number), opened(cast.office, "meetings")):
        assert "待另定签发人" not in page
    assert "仍是现任委员，可以签发纪要" in opened(cast.office, "meeting_signer", meeting.number, "chair")


def test_who_has_signed_is_not_replaced(cast: Cast, meeting: Meeting) -> None:
    row = drafted(cast, meeting, cast.members[0])
    leaves(cast.members[0], cast.at)
    assert refused(lambda: named(cast, row, CHAIR, cast.members[1])) == ["signed"]
    assert "待另定签发人" not in opened(cast.second, "meeting_minutes", row.number)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=cast.office, at=cast.at)
    assert Meeting.objects.get().state == MeetingState.ADOPTED


@pytest.mark.parametrize("state", ["called", "cancelled", "adopted"])
def test_only_a_meeting_that_waits_for_signatures_gets_another_signer(cast: Cast, called: Meeting, state: str) -> None:
    if state == "cancelled":
        meeting_course.cancel_meeting(called, reason="另行召集", by=cast.office, at=cast.at)
    if state == "adopted":
        meeting = meetings.start_meeting(called, present=cast.members, by=cast.office, at=cast.at)
        for member in cast.members:
            meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=member, at=cast.at)
        drafted(cast, meeting, cast.office, cast.members[0])
    there = called.attendance.filter(is_present=True).exists()
    leaves(cast.members[0], cast.at)
    leaves(cast.office, cast.at)
    codes = ["meeting_state"] if there else ["meeting_state", "not_present"]
    assert refused(lambda: named(cast, called, CHAIR, cast.members[1])) == codes
    assert refused(lambda: named(cast, called, SECRETARY, cast.second)) == ["meeting_state"]


def test_chair_who_left_before_the_meeting_is_no_dead_end(cast: Cast, called: Meeting, case: Case) -> None:
    leaves(cast.members[0], cast.at)
    answer = sent(cast.office, "meeting_start", called.number, present=[member.pk for member in cast.members[1:]])
    assert answer.status_code == 422
    assert "请取消会议，另定主持人重新召集" in answer.content.decode()
    assert sent(cast.office, "meeting_cancel", called.number, reason="主持人已离任").status_code == 302
    assert signers.waiting_for_signer(cast.office, cast.at) == []
    assert not MeetingItem.objects.filter(application__case=case, is_open=True).exists()


def test_every_reason_against_the_person_named_is_told_at_once(cast: Cast, meeting: Meeting) -> None:
    first, second, _third, absent = cast.members
    leaves(first, cast.at)
    assert refused(lambda: named(cast, meeting, CHAIR, absent, " ")) == ["not_present", "reason_needed"]
    outsider = ["chair_not_member", "not_present", "reason_too_long"]
    assert refused(lambda: named(cast, meeting, CHAIR, cast.publisher, "长" * 1001)) == outsider
    both = ["chair_is_secretary", "chair_not_member", "not_present"]
    assert refused(lambda: named(cast, meeting, CHAIR, cast.office)) == both
    leaves(second, cast.at)
    assert refused(lambda: named(cast, meeting, CHAIR, second)) == ["chair_not_member"]
    assert refused(lambda: named(cast, meeting, CHAIR, first)) == ["chair_not_member"]
    leaves(cast.office, cast.at)
    assert refused(lambda: named(cast, meeting, SECRETARY, first)) == ["chair_is_secretary", "not_an_officer"]
    assert refused(lambda: named(cast, meeting, SECRETARY, cast.publisher)) == ["not_an_officer"]
    assert refused(lambda: named(cast, meeting, SECRETARY, cast.office)) == ["not_an_officer"]


def test_member_who_left_the_meeting_before_its_end_does_not_sign_for_it(cast: Cast, meeting: Meeting) -> None:
    gone = cast.members[1]
    meeting_course.note_presence(meeting, gone, is_present=False, reason="因公离会", by=cast.office, at=cast.at)
    leaves(cast.members[0], cast.at)
    assert signers.candidates(meeting, CHAIR, cast.at) == [cast.members[2]]
    assert refused(lambda: named(cast, meeting, CHAIR, gone)) == ["not_present"]
    leaves(cast.members[2], cast.at)
    page = opened(cast.second, "meeting_signer", meeting.number, "chair")
    assert "须先由安全管理员授予其中一人委员角色" in page
    assert "确认另定主持人" not in page  # nobody can be chosen
    assert "没有其他人有召集会议的职权" not in opened(cast.second, "meeting_signer", meeting.number, "secretary")


def test_nobody_but_the_office_that_calls_the_meeting_names_anybody(cast: Cast, meeting: Meeting) -> None:
    leaves(cast.members[0], cast.at)
    for user in (cast.members[1], cast.publisher, cast.pudong):
        with pytest.raises(Denied):
            named(cast, meeting, CHAIR, cast.members[1], by=user)
        assert sent(user, "meeting_signer", meeting.number, "chair", reason=WHY).status_code in (403, 404)
    assert "另定主持人" not in opened(cast.members[1], "meeting", meeting.number)
    assert "待另定签发人" in opened(cast.members[1], "meeting", meeting.number)
    assert sent(cast.office, "meeting_signer", meeting.number, "clerk").status_code == 404


# --- who can sign no more -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ending", [leaves, closes])
@pytest.mark.parametrize("which", list(Signer))
def test_signer_is_lost_with_office_or_account(
    cast: Cast, meeting: Meeting, which: Signer, ending: Callable[[User, Any], None]
) -> None:
    row, lost = drafted(cast, meeting), {CHAIR: cast.members[0], SECRETARY: cast.office}[which]
    ending(lost, cast.at)
    lost = User.objects.get(pk=lost.pk)
    row = Meeting.objects.select_related("chair", "secretary").get()
    assert [(each.which, each.person) for each in signers.lost_signers([row], cast.at)[row.pk]] == [(which, lost)]
    with pytest.raises(Denied, match="no_power"):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=lost, at=cast.at)
    assert Meeting.objects.filter(signed_by_chair_at=None, signed_by_secretary_at=None).exists()
    assert ("账号已停用" in opened(cast.second, "meeting", row.number)) == (ending is closes)


def lend(cast: Cast, days: int) -> None:
    """The power to call meetings to the publisher, whose own office it is not."""
    Delegation.objects.create(
        grant=RoleGrant.objects.get(user=cast.office), delegator=cast.office, delegate=cast.publisher,
        power=Power.CALL_MEETINGS, starts_at=cast.at, ends_at=cast.at + timedelta(days=days), made_at=cast.at,
        reason="年休假",
    )  # fmt: skip


def test_secretary_by_a_lent_power_signs_until_it_ends(cast: Cast, meeting: Meeting, clock: Clock) -> None:
    Meeting.objects.update(secretary=cast.publisher)
    lend(cast, days=2)
    row = drafted(cast, Meeting.objects.get())
    assert signers.lost_signers([row], clock.at)[row.pk] == []
    assert refused(lambda: named(cast, row, SECRETARY, cast.second)) == ["signer_can_sign"]
    clock.at += timedelta(days=2)
    (lost,) = signers.lost_signers([row], clock.at)[row.pk]
    assert (lost.which, lost.person) == (SECRETARY, cast.publisher)
    assert sent(cast.publisher, "meeting_sign", row.number, sha256=row.minutes_sha256).status_code == 403
    said = {"reason": "代办期满", "by": cast.second, "at": clock.at}
    assert replace_signer(row, SECRETARY, cast.second, **said).secretary == cast.second


def test_signature_by_a_lent_power_says_whose_it_is(cast: Cast, meeting: Meeting) -> None:
    lend(cast, days=2)
    closes(cast.office, cast.at)
    assert cast.publisher not in signers.candidates(meeting, SECRETARY, cast.at)  # what is lent ends with its lender
    User.objects.filter(pk=cast.office.pk).update(is_active=True)
    Meeting.objects.update(secretary=cast.publisher)
    drafted(cast, Meeting.objects.get(), cast.publisher)
    assert AuditEvent.objects.get(verb="sign_minutes").content["on_behalf_of"]["id"] == cast.office.pk


def test_those_who_may_be_named_hold_the_power_that_signing_asks(cast: Cast, meeting: Meeting) -> None:
    lend(cast, days=2)
    for user in User.objects.all():
        members, officers = committee_of(cast.batch), signers.secretaries_of(cast.batch, cast.at)
        assert (user in members) == has_power_over(user, Power.VOTE, cast.batch, cast.at)
        assert (user in officers) == has_power_over(user, Power.CALL_MEETINGS, cast.batch, cast.at)


# --- named, and what follows ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", list(Signer))
@pytest.mark.parametrize("done", ["voted", "drafted", "signed"])
def test_another_is_named_before_and_after_drafting_and_signs(
    cast: Cast, meeting: Meeting, case: Case, which: Signer, done: str
) -> None:
    former = {CHAIR: cast.members[0], SECRETARY: cast.office}[which]
    other = {CHAIR: cast.office, SECRETARY: cast.members[0]}[which]
    to = {CHAIR: cast.members[2], SECRETARY: cast.second}[which]
    if done != "voted":
        drafted(cast, meeting, *([other] if done == "signed" else []))
    old = Meeting.objects.get().minutes_sha256
    leaves(former, cast.at)
    row = named(cast, meeting, which, to, f"  {WHY} ")
    assert (row.state, row.minutes, row.minutes_sha256) == (MeetingState.IN_SESSION, "", "")
    assert (row.signed_by_chair_at, row.signed_by_secretary_at) == (None, None)
    assert MeetingItem.objects.get().outcome == ""
    content = AuditEvent.objects.get(verb="replace_signer").content
    said = {"signer": which.value, "former": former.pk, "successor": to.pk, "reason": WHY}
    assert {name: content[name] for name in said} == said
    assert content.get("minutes", "") == old
    assert [each.kind for each in Message.objects.filter(recipient=to, kind__startswith="named")] == [f"named_{which}"]
    assert Message.objects.filter(kind="signer_replaced", recipient=other).count() == 1
    row = drafted(cast, row, other)
    assert f"由{former}改为{to}，经办人{cast.second}，理由：{WHY}" in row.minutes
    assert row.minutes.count("变更：") == 1
    with pytest.raises(Denied):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=former, at=cast.at)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=to, at=cast.at)
    assert Case.objects.get(pk=case.pk).state == S.PROPOSED
    assert verify_all()[1] == []


def test_signer_who_signed_and_then_left_is_replaced_when_the_text_changes(cast: Cast, meeting: Meeting) -> None:
    row = drafted(cast, meeting, cast.members[0])
    for gone in (cast.members[0], cast.office):
        leaves(gone, cast.at)
    assert [each.which for each in signers.lost_signers([row], cast.at)[row.pk]] == [SECRETARY]
    row = named(cast, row, SECRETARY, cast.second)
    assert [each.which for each in signers.lost_signers([row], cast.at)[row.pk]] == [CHAIR]
    row = drafted(cast, named(cast, row, CHAIR, cast.members[1]), cast.second, cast.members[1])
    assert row.state == MeetingState.ADOPTED
    assert [line[:5] for line in row.minutes.splitlines() if "变更：" in line] == ["会议秘书变", "主持人变更"]


def test_deadlock_left_to_a_chair_who_is_gone_is_decided_by_the_next_one(
    cast: Cast, called: Meeting, case: Case
) -> None:
    Batch.objects.update(deadlock_rule=DeadlockRule.CHAIR)
    meeting = meetings.start_meeting(Meeting.objects.get(), present=cast.members, by=cast.office, at=cast.at)
    item = meeting.items.get()
    for member, choice in zip(cast.members, [Choice.RECOGNISE, Choice.REFUSE] * 2, strict=True):
        meetings.cast_vote(item, choice=choice, remark="研发投入不足", by=member, at=cast.at)
    leaves(cast.members[0], cast.at)
    assert refused(lambda: drafted(cast, meeting)) == ["chair_decides", "reasons_needed"]
    form = {"choice": "recognise", "reason": "创新能力突出"}
    assert sent(cast.members[0], "meeting_deadlock", meeting.number, 1, **form).status_code == 403
    row = named(cast, meeting, CHAIR, cast.members[1])
    assert sent(cast.members[1], "meeting_deadlock", row.number, 1, **form).status_code == 302
    drafted(cast, row, cast.office, cast.members[1])
    assert Case.objects.get(pk=case.pk).state == S.PROPOSED


# --- pages ----------------------------------------------------------------------------------------------------------
def test_whole_way_on_pages_to_the_decided_case(cast: Cast, meeting: Meeting, case: Case) -> None:
    row = drafted(cast, meeting, cast.office)
    leaves(cast.members[0], cast.at)
    inbox, listed = opened(cast.second, "office_inbox"), opened(cast.second, "meetings")
    assert "待另定签发人的会议" in inbox
    assert meeting.number in inbox
    assert "待另定签发人" in listed
    address = reverse("meeting_signer", args=[meeting.number, "chair"])
    for name in ("meeting", "meeting_minutes"):
        assert f'href="{address}"' in opened(cast.second, name, meeting.number)
    form = opened(cast.second, "meeting_signer", meeting.number, "chair")
    assert "已不是现任委员" in form
    options = [cast.members[n].name in form for n in (1, 2, 3)]
    assert options == [True, True, False]  # the last one was not there
    assert sent(cast.second, "meeting_signer", meeting.number, "chair", to="", reason="").status_code == 422
    said = {"to": str(cast.members[1].pk), "reason": WHY}
    assert sent(cast.second, "meeting_signer", meeting.number, "chair", **said).status_code == 302
    again = sent(cast.second, "meeting_signer", meeting.number, "chair", **said | {"to": str(cast.members[2].pk)})
    assert (again.status_code, "仍是现任委员" in again.content.decode()) == (422, True)
    page = opened(cast.second, "meeting", meeting.number)
    assert "签发人变更" in page
    assert WHY in page
    assert "待另定签发人" not in page
    assert "待另定签发人" not in opened(cast.second, "office_inbox")
    assert sent(cast.office, "meeting_sign", row.number, sha256=row.minutes_sha256).status_code == 422
    assert sent(cast.second, "meeting_minutes", row.number).status_code == 302
    new = Meeting.objects.get()
    assert new.minutes_sha256 != row.minutes_sha256
    assert "主 持 人：委员1示例" in new.minutes
    assert "您已被定为会议主持人" in opened(cast.members[1], "messages_list")
    assert "待您签发" in opened(cast.members[1], "meetings")
    assert "待您签发" not in opened(cast.members[2], "meetings")
    for signer in (cast.members[1], cast.office):
        assert not Decision.objects.exists()
        assert sent(signer, "meeting_sign", row.number, sha256=new.minutes_sha256).status_code == 302
    assert Meeting.objects.get().state == MeetingState.ADOPTED
    assert Case.objects.get(pk=case.pk).state == S.PROPOSED
    assert "待您签发" not in opened(cast.members[1], "meetings")


def test_pages_in_english(cast: Cast, meeting: Meeting) -> None:
    leaves(cast.office, cast.at)
    page = opened(cast.second, "meeting", meeting.number, language="en")
    assert "Waits for another signer" in page
    assert "No longer holds the power to call meetings." in page
    assert "Name another secretary" in opened(cast.second, "meeting_signer", meeting.number, "secretary", language="en")
    assert "Meetings that wait for another signer" in opened(cast.second, "office_inbox", language="en")


def test_meeting_of_a_district_waits_at_that_district(
    settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    local = make_local_cast(clock.at)
    case = steps.filed(local)
    steps.checked(local, case)
    steps.reviewed(local, case)
    who = {"by": local.officer, "at": clock.at}
    meeting = meetings.call_meeting(
        local.batch, [steps.application(case)], held_at=clock.at, place="示例", chair=local.group[0],
        secretary=local.officer, **who,
    )  # fmt: skip
    meeting = meetings.start_meeting(meeting, present=local.group, **who)
    leaves(local.group[0], clock.at)
    assert "待另定签发人的会议" in opened(local.officer, "district_inbox")
    assert "待另定签发人的会议" not in opened(local.other_officer, "district_inbox")
    assert local.other_officer not in signers.secretaries_of(local.batch, clock.at)
    outsider = refused(lambda: replace_signer(meeting, CHAIR, local.other_member, reason=WHY, **who))
    assert outsider == ["chair_not_member", "not_present"]
    row = replace_signer(meeting, CHAIR, local.group[1], reason=WHY, **who)
    assert row.chair == local.group[1]
