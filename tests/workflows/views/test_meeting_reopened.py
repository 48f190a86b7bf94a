"""The committee decides anew on what sent a case back: its members read the facts, and the minutes name them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Meeting, Reopening
from accreditation.services import meetings
from accreditation.services.files import take_file
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import filed_case, make_cast
from tests.factories.hearings import officers
from tests.factories.reopenings import FACTS, REASON, STATEMENT, proposal
from tests.factories.steps import hold_meeting, to_committee
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_members_read_why_a_case_is_before_them_once_more(
    settings: LazySettings, var_dir: object, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, committee=3)
    case, other = filed_case(cast, 0), filed_case(cast, 1)
    for one in (case, other):
        to_committee(cast, one, clock.at)
    former = hold_meeting(cast, [case, other], clock.at)
    first, second = officers(case, clock.at)
    found, stated = (
        take_file(b"%PDF-1.4\n" + word + b"\n%%EOF\n", "来函.pdf", media_type="application/pdf", at=clock.at)
        for word in (b"found", b"stated")
    )
    door.perform(case, "propose_reopening", by=first, at=clock.at, form=proposal(clock.at) | {"file": found})
    said = {"text": STATEMENT, "gives_up_rest": True, "file": stated, "file_name": "陈述.pdf"}
    door.perform(case, "state_on_reopening", by=cast.member0, at=clock.at, form=said)
    door.perform(case, "return_to_committee", by=second, at=clock.at, form={"reason": REASON})
    clock.at += timedelta(days=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    again = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=clock.at, place="示例会议室", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip
    member, row = log_in(Client(), cast.members[1]), Reopening.objects.get()

    def get(name: str, meeting: Meeting, *more: int, query: str = "") -> HttpResponse:
        answer: HttpResponse = member.get(reverse(name, args=[meeting.number, *more]) + query)
        return answer

    file = "meeting_reopening_file"
    page = get("meeting_item", again, 1).content.decode()
    for text in (FACTS, STATEMENT, REASON, former.number, reverse(file, args=[again.number, 1, row.pk])):
        assert text in page
    assert b"found" in get(file, again, 1, row.pk).content
    assert b"stated" in get(file, again, 1, row.pk, query="?statement=1").content
    assert get(file, again, 1, row.pk, query="?statement=2").status_code == 404
    # not through another item, nor through the one that was decided before the facts were known
    for position in (1, 2):
        assert FACTS not in get("meeting_item", former, position).content.decode()
        assert get(file, former, position, row.pk).status_code == 404
    again = meetings.start_meeting(again, present=cast.members, by=cast.office, at=clock.at)
    meetings.declare_recusal(again.items.get(), tie="曾任该单位独立董事", by=cast.members[1], at=clock.at)
    assert get(file, again, 1, row.pk).status_code == 404
    for voter in (cast.members[0], cast.members[2]):
        meetings.cast_vote(again.items.get(), choice="recognise", remark="", by=voter, at=clock.at)
    minutes = meetings.draft_minutes(again, reasons={}, by=cast.office, at=clock.at).minutes
    assert f"本件经第{former.number}号会议（" in minutes
    assert f"退回重新审议。事实：{FACTS}" in minutes
    assert "退回重新审议" not in Meeting.objects.get(pk=former.pk).minutes
