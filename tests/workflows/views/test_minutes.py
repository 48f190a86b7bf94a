"""Minutes that one signer finds wrong: sent back with a reason, written anew and signed by both."""

from __future__ import annotations

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
from accreditation.meeting_words import Signer
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Decision,
    Meeting,
    Message,
    RecusalRequest,
    RoleGrant,
    User,
)
from accreditation.roles import Role
from accreditation.selectors import signers
from accreditation.services import meeting_course, meetings
from accreditation.services.meeting_signers import decline_minutes, replace_signer
from tests.clock import Clock
from tests.factories import local as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, grant, make_cast, person
from tests.factories.local import make_local_cast
from tests.factories.steps import to_committee
from tests.factories.titles import second_officer
from workflows import batch_acts, recusal_requests

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WRONG, RIGHT = "理由写错了", "研发人员不足，依据第五条"
WHY = "第1项理由与表决不符，应写明研发人员不足 <b>&"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = make_cast(clock.at, committee=3)
    found.people["second"] = second_officer(found)
    return found


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    found = filed_case(cast)
    to_committee(cast, found, clock.at)
    return found


@pytest.fixture
def meeting(cast: Cast, case: Case) -> Meeting:
    """All voted to refuse, a colleague drew the minutes up with a wrong reason, the secretary has signed."""
    found = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=cast.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip
    meetings.start_meeting(found, present=cast.members, by=cast.office, at=cast.at)
    for member in cast.members:
        meetings.cast_vote(found.items.get(), choice=Choice.REFUSE, remark="不足", by=member, at=cast.at)
    row = meetings.draft_minutes(found, reasons={1: WRONG}, by=cast.second, at=cast.at)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=cast.office, at=cast.at)
    return Meeting.objects.get()


def chair_declines(cast: Cast, meeting: Meeting, reason: str = WHY) -> Meeting:
    return decline_minutes(meeting, sha256=meeting.minutes_sha256, reason=reason, by=cast.members[0], at=cast.at)


def opened(user: User, name: str, *names: Any, language: str = "zh-hans") -> str:
    client = log_in(Client(), user)
    client.cookies["django_language"] = language
    answer = client.get(reverse(name, args=names))
    assert answer.status_code == 200
    return str(answer.content.decode())


def sent(user: User, name: str, *names: Any, **form: Any) -> HttpResponse:
    answer: HttpResponse = log_in(Client(), user).post(reverse(name, args=names), form)
    return answer


def declined(user: User, meeting: Meeting, reason: str = WHY, **form: Any) -> HttpResponse:
    said = {"sha256": meeting.minutes_sha256, "declines": "1", "reason": reason} | form
    return sent(user, "meeting_sign", meeting.number, **said)


def codes(cast: Cast, meeting: Meeting, by: User, reason: str = WHY, sha256: str | None = None) -> list[str]:
    """Codes of the reasons against declining; nothing is written."""
    before = AuditEvent.objects.count(), list(Meeting.objects.values())
    with pytest.raises(Refusal) as refusal:
        decline_minutes(meeting, sha256=sha256 or meeting.minutes_sha256, reason=reason, by=by, at=cast.at)
    assert (AuditEvent.objects.count(), list(Meeting.objects.values())) == before
    return [reason.code for reason in refusal.value.reasons]


# --- the way on -----------------------------------------------------------------------------------------------------
def test_minutes_that_one_has_signed_and_the_other_finds_wrong_are_written_anew(
    cast: Cast, meeting: Meeting, case: Case
) -> None:
    chair, old = cast.members[0], meeting
    who = {"by": cast.office, "at": cast.at}
    with pytest.raises(Refusal, match="signed"):
        meeting_course.withdraw_minutes(meeting, reason="理由写错", **who)
    with pytest.raises(Refusal, match="signer_can_sign"):
        replace_signer(meeting, Signer.CHAIR, cast.members[1], reason="不同意签发", **who)
    answer = declined(chair, meeting)
    assert (answer.status_code, answer["Location"]) == (302, reverse("meeting", args=[meeting.number]))
    row = Meeting.objects.get()
    assert (row.state, row.minutes, row.signed_by_secretary_at) == (MeetingState.IN_SESSION, "", None)
    assert (row.items.get().outcome, row.items.get().votes.count()) == ("", 3)
    assert Case.objects.get(pk=case.pk).state == S.UNDER_OVERALL_REVIEW
    assert sent(cast.office, "meeting_minutes", row.number, **{"reasons-1": RIGHT}).status_code == 302
    row = Meeting.objects.get()
    assert (RIGHT in row.minutes, WRONG in row.minutes) == (True, False)
    assert sent(cast.office, "meeting_sign", row.number, sha256=old.minutes_sha256).status_code == 422
    for signer in (cast.office, chair):
        assert Case.objects.get(pk=case.pk).state == S.UNDER_OVERALL_REVIEW
        assert sent(signer, "meeting_sign", row.number, sha256=row.minutes_sha256).status_code == 302
    assert (Case.objects.get(pk=case.pk).state, Decision.objects.get().reasons) == (S.REFUSED, RIGHT)
    assert verify_all()[1] == []


def test_trail_keeps_text_signature_and_reason(cast: Cast, meeting: Meeting) -> None:
    chair_declines(cast, meeting)
    event = AuditEvent.objects.get(verb="decline_minutes")
    assert event.content == {
        "signer": "chair", "reason": WHY, "fallen": ["secretary"], "minutes": meeting.minutes_sha256,
        "text": meeting.minutes,
    }  # fmt: skip
    assert (event.by_id, event.acting_as) == (cast.members[0].pk, "committee_member")
    assert (event.state_before, event.state_after) == (MeetingState.MINUTES_DRAFTED, MeetingState.IN_SESSION)
    assert AuditEvent.objects.get(verb="sign_minutes").by_id == cast.office.pk


def test_secretary_may_decline_as_well(cast: Cast, meeting: Meeting) -> None:
    chair_declines(cast, meeting)
    row = meetings.draft_minutes(meeting, reasons={1: RIGHT}, by=cast.office, at=cast.at)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=cast.members[0], at=cast.at)
    assert declined(cast.office, row, "到会人数有误").status_code == 302
    event = AuditEvent.objects.filter(verb="decline_minutes").latest("pk")
    assert (event.content["signer"], event.content["fallen"]) == ("secretary", ["chair"])
    assert event.acting_as == "municipal_officer"
    said = [(each.which, each.reason) for each in signers.declinings(row)]
    assert said == [(Signer.SECRETARY, "到会人数有误"), (Signer.CHAIR, WHY)]


def test_minutes_that_nobody_has_signed_are_declined_too(cast: Cast, meeting: Meeting) -> None:
    chair_declines(cast, meeting)
    row = meetings.draft_minutes(meeting, reasons={1: WRONG}, by=cast.second, at=cast.at)
    chair_declines(cast, row)
    assert [each.fallen for each in signers.declinings(row)] == [(), (Signer.SECRETARY,)]


def test_leading_group_of_an_authority_declines_too(
    settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    local = make_local_cast(clock.at)
    case = steps.filed(local)
    steps.checked(local, case)
    steps.reviewed(local, case)
    who = {"by": local.officer, "at": clock.at}
    row = meetings.call_meeting(
        local.batch, [steps.application(case)], held_at=clock.at, place="示例", chair=local.group[0],
        secretary=local.officer, **who,
    )  # fmt: skip
    meetings.start_meeting(row, present=local.group, **who)
    for member in local.group:
        meetings.cast_vote(row.items.get(), choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    row = meetings.draft_minutes(row, reasons={}, **who)
    batch_acts.sign_minutes(row, sha256=row.minutes_sha256, **who)
    assert declined(local.group[0], row, "会议地点有误").status_code == 302
    assert AuditEvent.objects.get(verb="decline_minutes").acting_as == "leading_group_member"
    assert "被拒签退回的纪要" in opened(local.officer, "district_inbox")
    assert "被拒签退回的纪要" not in opened(local.other_officer, "district_inbox")


# --- who is told ----------------------------------------------------------------------------------------------------
def test_other_signer_and_drafter_are_told_and_find_it_on_their_desks(cast: Cast, meeting: Meeting) -> None:
    assert signers.waiting_for_text(cast.office) == []
    assert 'id="returned-minutes"' not in opened(cast.office, "office_inbox")
    chair_declines(cast, meeting)
    told = Message.objects.filter(kind="minutes_declined")
    assert {message.recipient for message in told} == {cast.office, cast.second}
    assert {message.params["meeting"] for message in told} == {meeting.number}
    page = opened(cast.second, "office_inbox")
    assert page.count('id="returned-minutes"') == 1
    assert "第1项理由与表决不符，应写明研发人员不足 &lt;b&gt;&amp;" in page
    assert "纪要已退回" in opened(cast.members[0], "meetings")
    assert "Minutes sent back" in opened(cast.office, "meetings", language="en")
    meetings.draft_minutes(meeting, reasons={1: RIGHT}, by=cast.office, at=cast.at)
    assert signers.waiting_for_text(cast.office) == []
    assert "纪要已退回" not in opened(cast.office, "meetings")
    meeting_course.withdraw_minutes(meeting, reason="地点有误", by=cast.office, at=cast.at)
    assert signers.waiting_for_text(cast.office) == []  # taken back by the office itself


# --- the pages ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "form", "void"),
    [("zh-hans", "拒签，退回修改", "会议秘书的签发作废"), ("en", "Decline to sign and send back", ": signature void")],
)
def test_pages_offer_the_form_to_who_has_not_signed_and_tell_the_reason(
    cast: Cast, meeting: Meeting, language: str, form: str, void: str
) -> None:
    for user, is_offered in ((cast.members[0], True), (cast.office, False), (cast.members[1], False)):
        page = opened(user, "meeting_minutes", meeting.number, language=language)
        assert (form in page) == is_offered
        assert 'id="declined"' not in page
    chair_declines(cast, meeting)
    for user, name in ((cast.office, "meeting_minutes"), (cast.office, "meeting"), (cast.members[1], "meeting")):
        page = opened(user, name, meeting.number, language=language)
        assert page.count('id="declined"') == 1
        for said in ("应写明研发人员不足 &lt;b&gt;&amp;", cast.members[0].name, void):
            assert said in page
    meetings.draft_minutes(meeting, reasons={1: RIGHT}, by=cast.office, at=cast.at)
    assert 'id="declined"' in opened(cast.members[0], "meeting_minutes", meeting.number, language=language)


def test_form_without_words_says_so_and_keeps_the_text(cast: Cast, meeting: Meeting) -> None:
    for reason in ("", " ", "错"):
        answer = declined(cast.members[0], meeting, reason)
        page = answer.content.decode()
        assert (answer.status_code, "error-summary" in page) == (422, True)
        assert meeting.minutes_sha256 in page
    assert Meeting.objects.get().state == MeetingState.MINUTES_DRAFTED


# --- what is refused ------------------------------------------------------------------------------------------------
def test_who_has_signed_declines_no_more(cast: Cast, meeting: Meeting) -> None:
    assert codes(cast, meeting, cast.office) == ["signed"]
    assert codes(cast, meeting, cast.office, " ") == ["signed", "reason_needed"]
    assert declined(cast.office, meeting).status_code == 422


def test_only_the_very_text_before_both_have_signed_is_declined(cast: Cast, meeting: Meeting) -> None:
    assert codes(cast, meeting, cast.members[0], sha256="0" * 64) == ["other_text"]
    assert codes(cast, meeting, cast.members[0], "x" * 1001) == ["reason_too_long"]
    stale = Meeting.objects.get()
    chair_declines(cast, meeting)
    assert codes(cast, stale, cast.members[0]) == ["meeting_state"]
    row = meetings.draft_minutes(meeting, reasons={1: RIGHT}, by=cast.office, at=cast.at)
    for signer in (cast.office, cast.members[0]):
        batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=cast.at)
    assert codes(cast, row, cast.members[0]) == ["meeting_state"]


def test_nobody_else_declines_nor_who_has_left(cast: Cast, meeting: Meeting) -> None:
    for user in (cast.members[1], cast.second):
        assert declined(user, meeting).status_code == 403
    assert declined(cast.publisher, meeting).status_code in (403, 404)
    RoleGrant.objects.filter(user=cast.members[0]).update(revoked_at=cast.at)
    with pytest.raises(Denied):
        chair_declines(cast, meeting)
    assert not AuditEvent.objects.filter(verb="decline_minutes").exists()


def test_who_is_asked_to_step_aside_signs_nothing_before_the_answer_but_may_decline(
    cast: Cast, case: Case, meeting: Meeting
) -> None:
    chair, head = cast.members[0], person("head", "市认定办负责人示例")
    grant(head, Role.MUNICIPAL_SUPERVISOR, at=cast.at)
    why = {"ground": "relative", "reason": "主持人的配偶在竞争企业任职"}
    recusal_requests.ask(case, person=None, named=str(chair), by=cast.member0, at=cast.at, **why)
    row = RecusalRequest.objects.get()
    recusal_requests.identify(row, chair, seen=None, is_not_oneself=True, by=head, at=cast.at)
    meeting = chair_declines(cast, meeting)
    meeting = meetings.draft_minutes(meeting, reasons={1: RIGHT}, by=cast.second, at=cast.at)
    signing = {"sha256": meeting.minutes_sha256, "at": cast.at}
    with pytest.raises(Refusal) as held:
        batch_acts.sign_minutes(meeting, by=chair, **signing)
    assert [reason.code for reason in held.value.reasons] == ["recusal_asked"]
    assert case.number in str(held.value.reasons[0])
    assert Meeting.objects.get().signed_by_chair_at is None
    said = {"is_granted": False, "reason": "经核实没有所述关系", "seen": chair.pk}
    recusal_requests.answer(row, by=head, at=cast.at, **said)
    batch_acts.sign_minutes(meeting, by=chair, **signing)
    assert Meeting.objects.get().signed_by_chair_at == cast.at
