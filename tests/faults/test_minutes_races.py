"""Chair and secretary over one text at the same moment: signed, or sent back unsigned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState
from accreditation.models import Application, AuditEvent, Case, Decision, Meeting, Message, User
from accreditation.services import meetings
from accreditation.services.meeting_signers import decline_minutes
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import to_committee
from tests.faults.racing import all_agrees, at_once, entered_once, one_won, refused_or_done
from workflows import batch_acts

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
WHY = "第1项的理由写错，与表决时所述不符。"


@dataclass
class Text:
    """Minutes that wait for both signatures."""

    cast: Cast
    meeting: Meeting

    def signed_by(self, person: User) -> Callable[[], object]:
        sha256 = self.meeting.minutes_sha256
        return lambda: batch_acts.sign_minutes(self.meeting, sha256=sha256, by=person, at=self.cast.at)

    def declined_by(self, person: User) -> Callable[[], object]:
        sha256 = self.meeting.minutes_sha256
        return lambda: decline_minutes(self.meeting, sha256=sha256, reason=WHY, by=person, at=self.cast.at)

    @property
    def chair(self) -> User:
        return self.cast.members[0]


@pytest.fixture
def text(settings: LazySettings, var_dir: object, clock: Clock) -> Text:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    meeting = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=cast.at, place="示例", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip
    meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=cast.at)
    for member in cast.members:
        meetings.cast_vote(meeting.items.get(), choice=Choice.REFUSE, remark="不足", by=member, at=cast.at)
    return Text(cast, meetings.draft_minutes(meeting, reasons={1: "理由写错了"}, by=cast.office, at=cast.at))


def check_is_sent_back() -> None:
    found = Meeting.objects.get()
    assert (found.state, found.minutes, found.minutes_sha256) == (MeetingState.IN_SESSION, "", "")
    assert (found.signed_by_chair_at, found.signed_by_secretary_at) == (None, None)
    assert (Decision.objects.count(), Case.objects.get().state) == (0, S.UNDER_OVERALL_REVIEW)
    entered_once("decline_minutes")
    all_agrees()


def test_same_signer_signs_or_declines(text: Text) -> None:
    """Two windows of one chair: either the signature stands, or the text is gone and nothing of it was signed."""
    won = one_won(at_once([text.signed_by(text.chair), text.declined_by(text.chair)]))
    if won:
        check_is_sent_back()
        return
    found = Meeting.objects.get()
    assert (found.state, found.signed_by_secretary_at) == (MeetingState.MINUTES_DRAFTED, None)
    assert found.signed_by_chair_at is not None
    all_agrees()


def test_signature_beside_the_declining_of_the_other_does_not_outlive_its_text(text: Text) -> None:
    signed, declined = at_once([text.signed_by(text.cast.office), text.declined_by(text.chair)])
    assert refused_or_done(declined)
    was_signed = refused_or_done(signed)
    assert AuditEvent.objects.filter(verb="sign_minutes").count() == was_signed
    assert AuditEvent.objects.get(verb="decline_minutes").content["fallen"] == ["secretary"] * was_signed
    check_is_sent_back()


def test_two_who_decline_send_the_minutes_back_once(text: Text) -> None:
    people = [text.chair, text.cast.office]
    won = one_won(at_once([text.declined_by(person) for person in people]))
    assert Message.objects.get(kind="minutes_declined").recipient == people[1 - won]
    check_is_sent_back()


def test_last_signature_or_the_declining_of_the_other_decides(text: Text) -> None:
    """The secretary has signed: the chair's signature decides every case, the chair's declining none."""
    text.signed_by(text.cast.office)()
    won = one_won(at_once([text.signed_by(text.chair), text.declined_by(text.chair)]))
    if won:
        check_is_sent_back()
        return
    assert Meeting.objects.get().state == MeetingState.ADOPTED
    assert (Decision.objects.count(), Case.objects.get().state) == (1, S.REFUSED)
    all_agrees()
