"""Items of one ranking are adjourned together: the page says which before it is confirmed, the minutes say it after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import Choice
from accreditation.models import Application, Meeting, MeetingItem
from accreditation.services import meetings
from tests.clock import Clock
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WHY = "材料待补充"
ALONG = "一并改期："


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, committee=3)


@pytest.fixture
def meeting(cast: Cast, clock: Clock) -> Meeting:
    """In session on two cases of one ranking; all have voted on the second, one on the first."""
    batch = steps.make_national(cast)
    cases = [steps.filed(cast, batch, 0, doctors=30, rd_expenditure=70000), steps.filed(cast, batch, 2)]
    for case in cases:
        steps.score(cast, case, cast.at)
    steps.rank(cast, batch)
    clock.at = batch.closes_at + timedelta(hours=1)
    found = meetings.call_meeting(
        batch, [Application.objects.get(case=case) for case in cases], held_at=clock.at, place="示例会议室",
        chair=cast.members[0], secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip
    found = meetings.start_meeting(found, present=cast.members, by=cast.office, at=clock.at)
    first, second = found.items.order_by("position")
    for item, voters in ((first, cast.members[:1]), (second, cast.members)):
        for member in voters:
            meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    return found


def test_page_names_what_goes_along_and_whose_votes_fall_away(cast: Cast, meeting: Meeting) -> None:
    client = log_in(Client(), cast.office)
    first, second = meeting.items.order_by("position")
    address = reverse("meeting_adjourn", args=[meeting.number, first.position])
    page = client.get(address).content.decode()
    name = second.application.enterprise.name
    line = next(part for part in page.split("<li>") if ALONG in part)
    assert (page.count(ALONG), f"{second.position}. {name}" in line) == (1, True)
    assert "已投 3 票不计，表决已结束" in line
    assert ALONG in client.post(address, {"reason": " "}).content.decode()  # also beside what is wrong
    assert client.post(address, {"reason": WHY}).status_code == 302
    rows = MeetingItem.objects.filter(meeting=meeting).values_list("adjourned_for", "is_open", "outcome")
    assert set(rows) == {(WHY, False, "")}
    found = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=meeting.held_at)
    for votes in (1, 3):
        assert f"改期审议，本次不作决定，已投 {votes} 票不计。理由：{WHY}" in found.minutes


def test_page_of_what_stands_alone_names_nothing_else(cast: Cast, meeting: Meeting) -> None:
    first, second = meeting.items.order_by("position")
    second.application.ranking_line.delete()
    page = log_in(Client(), cast.office).get(reverse("meeting_adjourn", args=[meeting.number, first.position]))
    assert ALONG not in page.content.decode()
