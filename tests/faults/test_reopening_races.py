"""A case between the minutes and the grant, sent back, announced and given up at the same moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Case, MeetingItem, Reopening, User
from accreditation.roles import Role
from accreditation.services import meetings
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.held import past_its_notice
from tests.factories.reopenings import GIVEN_UP, REASON, proposal, sent_back, stated
from tests.factories.snapshots import remembered
from tests.factories.steps import hold_meeting, to_committee
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, one_won, refused_or_done
from workflows import batch_acts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@remembered
def proposed(at: datetime) -> tuple[Cast, Case, list[User]]:
    """The minutes are for it; three officers."""
    cast = make_cast(at)
    people = [colleague(cast, Role.MUNICIPAL_OFFICER, name=f"officer{n}") for n in range(3)]
    case = filed_case(cast)
    to_committee(cast, case, at)
    hold_meeting(cast, [case], at)
    return cast, case, people


def test_case_is_put_forward_once_and_sent_back_or_not_or_taken_back_or_given_up(
    settings: LazySettings, var_dir: object, clock: Clock
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast, case, people = proposed(clock.at)
    said: dict[str, Any] = proposal(clock.at)
    first = one_won(at_once([act(case, "propose_reopening", by, cast, **said) for by in people[:2]]))
    stated(case, by=cast.member0, at=clock.at)
    those = [*(by for by in people if by != people[first]), people[first]]
    jobs = [act(case, verb, by, cast, reason=REASON) for verb, by in zip(ANSWERS, those, strict=True)]
    results = at_once([*jobs, act(case, "give_up", cast.member0, cast, reason=GIVEN_UP)])
    sent_back, dropped, taken_back, given_up = map(refused_or_done, results)
    assert sent_back + dropped + taken_back <= 1
    assert sent_back + dropped + taken_back + given_up >= 1
    row = Application.objects.get(case=case)  # what was sent back may be given up before the committee as well
    assert row.state == (S.WITHDRAWN if given_up else S.UNDER_OVERALL_REVIEW if sent_back else S.PROPOSED)
    ends = {"returned": sent_back, "dropped": dropped, "withdrawn": taken_back, "overtaken": True}
    answer = next(answer for answer, is_so in ends.items() if is_so)
    assert (Reopening.objects.get().answer, row.decision is None) == (answer, sent_back)
    all_agrees()


def test_case_is_given_up_or_the_minutes_are_written(settings: LazySettings, var_dir: object, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast, case, _people = proposed(clock.at)
    sent_back(case, applicant=cast.member0, at=clock.at)
    listed = [Application.objects.get(case=case)]
    where: dict[str, Any] = {
        "held_at": clock.at,
        "place": "示例会议室",
        "chair": cast.members[0],
        "secretary": cast.office,
    }
    meeting = meetings.call_meeting(cast.batch, listed, **where, by=cast.office, at=clock.at)
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=clock.at)
    for member in cast.members:
        meetings.cast_vote(meeting.items.get(), choice="recognise", remark="", by=member, at=clock.at)

    def write() -> object:
        return meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=clock.at)

    written, given_up = map(
        refused_or_done, at_once([write, act(case, "give_up", cast.member0, cast, reason=GIVEN_UP)])
    )
    item = meeting.items.get()
    assert written
    assert (item.is_given_up, item.outcome) == (given_up, "" if given_up else "recognise")
    assert Application.objects.get(case=case).state == (S.WITHDRAWN if given_up else S.UNDER_OVERALL_REVIEW)
    all_agrees()


ANSWERS = ("return_to_committee", "drop_reopening", "withdraw_reopening")


def test_case_is_announced_or_put_forward(settings: LazySettings, var_dir: object, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    officer = colleague(cast, Role.MUNICIPAL_OFFICER)
    case, cast.at = past_its_notice(cast, clock.at)
    listed = [Application.objects.get(case=case)]

    def announce() -> object:
        words: dict[str, Any] = {"number": "示例〔2026〕1号", "dated": cast.at.date(), "body": "公布"}
        return batch_acts.announce(cast.batch, listed, **words, by=cast.publisher, at=cast.at)

    won = one_won(at_once([announce, act(case, "propose_reopening", officer, cast, **proposal(cast.at))]))
    assert Application.objects.get(case=case).state == (S.RECOGNISED, S.NOTICE_COMPLETED)[won]
    assert Reopening.objects.count() == won
    done_once(case, "announce", "propose_reopening")


def test_case_is_given_up_or_put_on_an_agenda(settings: LazySettings, var_dir: object, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast, case, _people = proposed(clock.at)
    sent_back(case, applicant=cast.member0, at=clock.at)
    listed = [Application.objects.get(case=case)]

    def call() -> object:
        return meetings.call_meeting(
            cast.batch, listed, held_at=clock.at, place="示例会议室", chair=cast.members[0], secretary=cast.office,
            by=cast.office, at=clock.at,
        )  # fmt: skip

    called, given_up = map(refused_or_done, at_once([call, act(case, "give_up", cast.member0, cast, reason=GIVEN_UP)]))
    assert given_up
    assert Application.objects.get(case=case).state == S.WITHDRAWN
    items = MeetingItem.objects.filter(application__case=case, meeting__state="called")
    assert [(item.is_open, item.is_given_up) for item in items] == ([(False, True)] if called else [])
    all_agrees()
