"""Signatures that would stand still: who has left is replaced, who finds the text wrong declines to sign."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.audit import chain_key
from accreditation.enums import MeetingState
from accreditation.errors import Reason, Refusal
from accreditation.four_eyes import said_in_full
from accreditation.meeting_words import Signer
from accreditation.models import AuditEvent, Meeting, User
from accreditation.selectors import signers
from accreditation.selectors.people import committee_of
from accreditation.services.meeting_course import take_minutes_back
from accreditation.services.meetings import check_secretary, check_signer, fresh, member_of, secretary_of

WORDLESS = Reason("reason_needed", _("请写明另定签发人的理由，至少 %(n)d 个字。"), "reason")
WHAT_IS_WRONG = Reason("reason_needed", _("请写明拒签的理由和须修改之处，至少 %(n)d 个字。"), "reason")
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
        said, faults = _said(reason, WORDLESS)
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


def decline_minutes(meeting: Meeting, *, sha256: str, reason: str, by: User, at: datetime) -> Meeting:
    """Chair or secretary finds the text wrong and sends it back, to be written anew and signed by both.

    A signature of the other one falls with the text; the meeting's chain keeps both. Denied to everybody else and to
    whoever has left the office; Refusal with every reason, also to whoever has signed.
    """
    office = member_of(meeting.batch) if by.pk == meeting.chair_id else secretary_of(meeting.batch)
    with act(meeting, "decline_minutes", by=by, at=at, acting_as=office) as doing:
        row = fresh(doing.chain)
        which = check_signer(row, by, sha256, at)
        said, faults = _said(reason, WHAT_IS_WRONG)
        if signers.has_signed(row, which):
            faults.insert(0, Reason("signed", _("您已签发本文本，不能拒签。")))
        if faults:
            raise Refusal(faults)
        fallen = [each.value for each in Signer if signers.has_signed(row, each)]
        doing.note(signer=which.value, reason=said, fallen=fallen)
        take_minutes_back(doing, row)
        row.save()
        doing.tell(_concerned(row, by), "minutes_declined", meeting=row.number, person=str(by))
    return row


def _concerned(meeting: Meeting, by: User) -> list[User]:
    """The other signer, and who wrote the text."""
    drafted = AuditEvent.objects.filter(chain=chain_key(meeting), verb=signers.DRAFTING).latest("seq")
    people = {meeting.chair_id, meeting.secretary_id, drafted.by_id} - {by.pk}
    return list(User.objects.filter(pk__in=people, is_active=True).order_by("pk"))


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


def _said(reason: str, wordless: Reason) -> tuple[str, list[Reason]]:
    """The reason without blanks around it, or what is wrong with it."""
    try:
        return said_in_full(reason, wordless, least=LEAST, most=MOST), []
    except Refusal as refusal:
        return "", list(refusal.reasons)
