"""Another person signs the minutes, where the chair or the secretary has left the office that signing asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.enums import MeetingState
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import said_in_full
from accreditation.meeting_words import Signer
from accreditation.models import Meeting, User
from accreditation.selectors import signers
from accreditation.selectors.people import committee_of
from accreditation.services.meeting_course import take_minutes_back
from accreditation.services.meetings import check_secretary, fresh, secretary_of

WORDLESS = Reason("reason_needed", _("请写明另定签发人的理由，至少 %(n)d 个字。"), "reason")
LEAST, MOST = 2, 1000  # letters of the reason
TO = "to"  # field of the person named


def replace_signer(meeting: Meeting, which: Signer, to: User, *, reason: str, by: User, at: datetime) -> Meeting:
    """Name another chair or secretary, once the present one holds that office no more.

    Minutes that were drafted name the former one, so they are withdrawn and whoever had signed them signs anew. Denied
    to everybody but the office that calls the meeting; Refusal with every reason.
    """
    with act(meeting, "replace_signer", by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        said, faults = _said(reason)
        if reasons := [*_faults_of_former(row, which, at), *_faults_of_successor(row, which, to, at), *faults]:
            raise Refusal(reasons)
        former = signers.signer_of(row, which)
        doing.note(signer=which.value, former=former.pk, successor=to.pk, reason=said)
        if row.state == MeetingState.MINUTES_DRAFTED:
            take_minutes_back(doing, row)
        setattr(row, which.value, to)
        row.save()
        doing.tell(to, f"named_{which.value}", meeting=row.number)
        others = [person for person in (former, row.chair, row.secretary) if person != to and person.is_active]
        doing.tell(others, "signer_replaced", meeting=row.number)
    return row


def _faults_of_former(meeting: Meeting, which: Signer, at: datetime) -> Iterable[Reason]:
    if (against := signers.against_replacing(meeting, which, at)) is not None:
        yield against


def _faults_of_successor(meeting: Meeting, which: Signer, to: User, at: datetime) -> Iterable[Reason]:
    if to.pk == (meeting.secretary_id if which == Signer.CHAIR else meeting.chair_id):
        yield Reason("chair_is_secretary", _("主持人与会议秘书不能是同一人。"), TO)
    if which == Signer.SECRETARY:
        if not signers.secretaries_of(meeting.batch, at).filter(pk=to.pk).exists():
            yield Reason("not_an_officer", _("会议秘书须有召集会议的职权。"), TO)
        return
    if to not in committee_of(meeting.batch):
        yield Reason("chair_not_member", _("主持人必须是现任委员。"), TO)
    if to.pk not in signers.present_members(meeting):
        yield Reason("not_present", _("主持人须是到会的委员。"), TO)


def _said(reason: str) -> tuple[str, list[Reason]]:
    """The reason without blanks around it, or what is wrong with it."""
    try:
        return said_in_full(reason, WORDLESS, least=LEAST, most=MOST), []
    except Refusal as refusal:
        return "", list(refusal.reasons)
