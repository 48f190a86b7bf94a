"""Pages of committee meetings: from the call to minutes signed by two; a member who stepped out finds nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.enums import MeetingState
from accreditation.errors import NotFound
from accreditation.models import Application, Case, Decision, Meeting, MeetingRecusal, RoleGrant, Vote
from accreditation.services import meetings
from accreditation.visibility import case_for
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import to_committee

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


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
    """Called over both cases, first item first."""
    applications = [Application.objects.get(case=case) for case in cases]
    return meetings.call_meeting(
        cast.batch, applications, held_at=cast.at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=cast.at,
    )  # fmt: skip


def client_of(user: Any) -> Client:
    return log_in(Client(), user)


def call_form(cast: Cast, cases: list[Case], **changed: Any) -> dict[str, Any]:
    return {
        "batch": cast.batch.code,
        "cases": [case.number for case in cases],
        "held_on": "2026-03-09",
        "held_time": "14:00",
        "place": "示例会议室",
        "chair": str(cast.members[0].pk),
        "request_key": "call-1",
    } | changed


def started(cast: Cast, meeting: Meeting) -> Meeting:
    present = [str(member.pk) for member in cast.members]
    answer = client_of(cast.office).post(reverse("meeting_start", args=[meeting.number]), {"present": present})
    assert answer.status_code == 302
    return Meeting.objects.get(pk=meeting.pk)


def vote(user: Any, meeting: Meeting, position: int, choice: str = "recognise", remark: str = "") -> HttpResponse:
    address = reverse("meeting_vote", args=[meeting.number, position])
    answer: HttpResponse = client_of(user).post(address, {"choice": choice, "remark": remark})
    return answer


def test_officer_calls_a_meeting_once_however_often_the_form_is_sent(cast: Cast, cases: list[Case]) -> None:
    client = client_of(cast.office)
    text = client.get(reverse("meeting_new")).content.decode()
    assert all(case.number in text for case in cases)
    for _turn in range(2):
        answer = client.post(reverse("meeting_new"), call_form(cast, cases))
        assert answer.status_code == 302
        assert answer.headers["Location"] == reverse("meeting", args=["MEET-2026-001"])
    found = Meeting.objects.get()
    assert (found.secretary, found.chair, found.items.count()) == (cast.office, cast.members[0], 2)
    assert found.held_at.isoformat() == "2026-03-09T06:00:00+00:00"


def test_faulty_call_shows_every_reason(cast: Cast, cases: list[Case]) -> None:
    client = client_of(cast.office)
    form = call_form(cast, [], held_on="明天", chair="")
    text = client.post(reverse("meeting_new"), form).content.decode()
    for field in ("id_cases", "id_held_on", "id_chair"):
        assert f'href="#{field}' in text
    RoleGrant.objects.filter(user=cast.members[2]).update(revoked_at=cast.at)
    answer = client.post(reverse("meeting_new"), call_form(cast, cases))
    assert answer.status_code == 422
    assert "委员不足三人" in answer.content.decode()
    assert not Meeting.objects.exists()


def test_case_on_an_open_agenda_is_refused_for_another(cast: Cast, cases: list[Case], meeting: Meeting) -> None:
    answer = client_of(cast.office).post(reverse("meeting_new"), call_form(cast, cases, request_key="call-2"))
    assert answer.status_code == 422
    assert "已在另一次会议的议程中" in answer.content.decode()


def test_list_shows_own_meetings_with_equal_queries_for_one_and_three(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    def queries(user: Any) -> int:
        client = client_of(user)
        client.get(reverse("meetings"))
        with CaptureQueriesContext(connection) as found:
            assert meeting.number in client.get(reverse("meetings")).content.decode()
        return len(found)

    one = queries(cast.members[1])
    for n in (2, 3):
        row = Meeting.objects.get(pk=meeting.pk)
        row.pk, row.number = None, f"MEET-2026-10{n}"
        row.save()
        for member in cast.members:
            row.attendance.create(member=member)
    assert queries(cast.members[1]) == one


def test_agenda_queries_do_not_grow_with_items(cast: Cast, meeting: Meeting) -> None:
    def queries() -> int:
        client = client_of(cast.members[1])
        address = reverse("meeting", args=[meeting.number])
        client.get(address)
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        return len(found)

    two = queries()
    meeting.items.filter(position=2).delete()
    assert queries() == two


def test_papers_hold_scores_opened_marks_and_opinion(cast: Cast, meeting: Meeting) -> None:
    text = client_of(cast.members[1]).get(reverse("meeting_item", args=[meeting.number, 1])).content.decode()
    for part in ("规则得分", "专家评分（已开启）", "极差", "材料齐全，同意推荐", "各方面得分率", "申报条件"):
        assert part in text


def test_meeting_without_quorum_does_not_start(cast: Cast, meeting: Meeting) -> None:
    address = reverse("meeting_start", args=[meeting.number])
    answer = client_of(cast.office).post(address, {"present": [str(cast.members[0].pk)]})
    assert answer.status_code == 422
    assert "不足法定人数" in answer.content.decode()
    assert Meeting.objects.get().state == MeetingState.CALLED


def test_vote_counts_once_and_needs_a_reason_when_against(cast: Cast, meeting: Meeting) -> None:
    assert vote(cast.members[1], meeting, 1).status_code == 422
    meeting = started(cast, meeting)
    refused = vote(cast.members[1], meeting, 1, "refuse")
    assert refused.status_code == 422
    assert "须说明理由" in refused.content.decode()
    for _turn in range(2):
        assert vote(cast.members[1], meeting, 1, "refuse", "研发投入不足").status_code == 302
    assert Vote.objects.count() == 1


def test_votes_by_name_are_open_after_the_own_vote(cast: Cast, meeting: Meeting) -> None:
    meeting = started(cast, meeting)
    vote(cast.members[1], meeting, 1, "refuse", "研发投入不足")
    address = reverse("meeting_item", args=[meeting.number, 1])
    before = client_of(cast.members[2]).get(address).content.decode()
    assert "研发投入不足" not in before
    vote(cast.members[2], meeting, 1)
    assert "研发投入不足" in client_of(cast.members[2]).get(address).content.decode()
    assert "研发投入不足" in client_of(cast.office).get(address).content.decode()


def test_recused_member_finds_neither_papers_nor_votes_nor_case(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    member = cast.members[1]
    client = client_of(member)
    address = reverse("meeting_recuse", args=[meeting.number, 1])
    assert client.get(address).status_code == 200
    assert client.post(address, {"tie": ""}).status_code == 422
    assert client.post(address, {"tie": "曾任该单位独立董事"}).status_code == 302
    assert MeetingRecusal.objects.get().member == member
    for name in ("meeting_item", "meeting_recuse"):
        assert client.get(reverse(name, args=[meeting.number, 1])).status_code == 404
    assert vote(member, started(cast, meeting), 1).status_code == 404
    row = cases[0].application.evidence.first()
    assert row is not None
    assert client.get(reverse("meeting_evidence", args=[meeting.number, 1, row.pk])).status_code == 404
    with pytest.raises(NotFound):
        case_for(member, cases[0].number)
    assert client.get(reverse("meeting_item", args=[meeting.number, 2])).status_code == 200
    agenda = client.get(reverse("meeting", args=[meeting.number])).content.decode()
    assert reverse("meeting_item", args=[meeting.number, 1]) not in agenda


def test_minutes_show_what_is_missing_and_are_then_signed_by_two(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    meeting = started(cast, meeting)
    office, address = client_of(cast.office), reverse("meeting_minutes", args=[meeting.number])
    early = office.post(address, {"reasons-1": "尚缺票", "reasons-2": "尚缺票"})
    assert early.status_code == 422
    assert "尚有 3 位委员未投票" in early.content.decode()
    for member in cast.members:
        vote(member, meeting, 1)
        vote(member, meeting, 2, "refuse", "创新能力不足")
    without = office.post(address, {})
    assert without.status_code == 422
    assert 'href="#id_reasons-2"' in without.content.decode()
    assert office.post(address, {"reasons-2": "创新能力不足，未达到要求"}).status_code == 302
    row = Meeting.objects.get()
    text = office.get(address).content.decode()
    assert row.minutes_sha256 in text
    sign = reverse("meeting_sign", args=[meeting.number])
    assert office.post(sign, {"sha256": "0" * 64}).status_code == 422
    assert office.post(sign, {"sha256": row.minutes_sha256}).status_code == 302
    assert not Decision.objects.exists()
    assert client_of(cast.members[1]).post(sign, {"sha256": row.minutes_sha256}).status_code == 403
    assert client_of(cast.members[0]).post(sign, {"sha256": row.minutes_sha256}).status_code == 302
    assert [Application.objects.get(case=case).state for case in cases] == [S.PROPOSED, S.REFUSED]


def test_minutes_are_not_there_before_they_are_drafted(cast: Cast, meeting: Meeting) -> None:
    assert client_of(cast.members[0]).get(reverse("meeting_minutes", args=[meeting.number])).status_code == 404


def test_member_of_no_attendance_finds_no_meeting(cast: Cast, meeting: Meeting) -> None:
    meeting.attendance.filter(member=cast.members[2]).delete()
    client = client_of(cast.members[2])
    for name, more in (("meeting", []), ("meeting_item", [1]), ("meeting_minutes", [])):
        assert client.get(reverse(name, args=[meeting.number, *more])).status_code == 404
    assert meeting.number not in client.get(reverse("meetings")).content.decode()


@pytest.mark.parametrize("who", ["member0", "pudong", "stranger", "operator", "publisher"])
def test_other_roles_are_refused(cast: Cast, meeting: Meeting, who: str) -> None:
    client = client_of(cast.people[who])
    assert client.get(reverse("meetings")).status_code == 403
    assert client.get(reverse("meeting_item", args=[meeting.number, 1])).status_code == 403


def test_member_cannot_call_or_start_and_officer_cannot_vote(cast: Cast, meeting: Meeting) -> None:
    member = client_of(cast.members[0])
    assert member.get(reverse("meeting_new")).status_code == 403
    assert member.post(reverse("meeting_start", args=[meeting.number])).status_code == 403
    assert vote(cast.office, meeting, 1).status_code == 403


def test_case_leads_a_member_to_its_item_and_a_recused_one_nowhere(
    cast: Cast, meeting: Meeting, cases: list[Case]
) -> None:
    address = reverse("committee_case", args=[cases[0].number])
    answer = client_of(cast.members[1]).get(address)
    assert answer.headers["Location"] == reverse("meeting_item", args=[meeting.number, 1])
    meetings.declare_recusal(meeting.items.get(position=1), tie="曾任独立董事", by=cast.members[1], at=cast.at)
    assert client_of(cast.members[1]).get(address).status_code == 404
