"""What may befall a called meeting: cancelled, a member leaves or comes late, an item adjourned, minutes withdrawn.

Each act has a reason, stands in the meeting's chain and is told to the people concerned; none of them decides a case.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import Act, act
from accreditation.enums import ApplicationState, Choice, MeetingState
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.models import Meeting, MeetingItem, PresenceChange, User
from accreditation.recusals import is_asked_aside
from accreditation.services.meetings import check_member, check_secretary, check_state, fresh, member_of, secretary_of
from accreditation.services.reopened_figures import faults_of_favour
from accreditation.services.tallies import awaits_chair, close_voting, recused_members, tally, tied_voters

GIVEN_UP = "申报单位已放弃，撤回申报。"


def cancel_meeting(meeting: Meeting, *, reason: str, by: User, at: datetime) -> Meeting:
    """Call off a meeting that has not begun; its cases are free for another agenda, every member is told."""
    with act(meeting, "cancel_meeting", by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.CALLED)
        row.cancelled_for = _said(reason)
        row.cancel()
        row.save()
        row.items.update(is_open=False)
        doing.moved(MeetingState.CALLED, row.state)
        doing.note(reason=row.cancelled_for)
        doing.tell(_members(row), "meeting_cancelled", meeting=row.number)
    return row


def note_presence(
    meeting: Meeting, member: User, *, is_present: bool, reason: str, by: User, at: datetime
) -> PresenceChange:
    """A member leaves the meeting in session, or comes later: counted in every item that is still open to votes.

    Votes already cast stand. Whoever comes after the voting on an item is over takes no part in it.
    """
    verb = "note_arrival" if is_present else "note_departure"
    with act(meeting, verb, by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.IN_SESSION)
        said = _said(reason)
        attendance = row.attendance.filter(member=member).first()
        if attendance is None:
            raise NotFound(meeting.number)
        if attendance.is_present == is_present:
            text = _("该委员已登记到会。") if is_present else _("该委员未在会场。")
            raise Refusal([Reason("presence_known", text)])
        attendance.is_present, attendance.noted_at = is_present, at
        attendance.save(update_fields=["is_present", "noted_at"])
        change = PresenceChange.objects.create(
            attendance=attendance, is_present=is_present, reason=said, noted_by=by, noted_at=at
        )
        for item in row.items.order_by("position"):
            close_voting(item, at)
        doing.note(member=member.pk, reason=said)
        doing.tell(member, "presence_noted", meeting=row.number)
    return change


def adjourn_item(item: MeetingItem, *, reason: str, by: User, at: datetime) -> list[MeetingItem]:
    """Take an item off without a decision; its case is free for another agenda at once.

    The applications of one ranking are decided whole, so they are adjourned together. Refused where the voting is over:
    a vote whose result is known is not put aside, unless a voter has meanwhile become part of the enterprise, or the
    case is not under review any more: that one is taken off alone, for nobody could sign minutes that decide on it.
    """
    with act(item.meeting, "adjourn_item", by=by, at=at, acting_as=secretary_of(item.meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.CALLED, MeetingState.IN_SESSION)
        found = row.items.get(pk=item.pk)
        if faults := list(_faults_of_adjourning(row, found)):
            raise Refusal(faults)
        said, items = _said(reason), [found] if _is_gone(found) else items_together(row, found)
        for each in items:
            each.adjourned_at, each.adjourned_for, each.is_open = at, said, False
            each.is_given_up = each.application.state == ApplicationState.WITHDRAWN
            each.save(update_fields=["adjourned_at", "adjourned_for", "is_open", "is_given_up"])
        doing.note(items=[each.position for each in items], votes=[each.votes.count() for each in items], reason=said)
        doing.tell(_members(row), "meeting_changed", meeting=row.number)
    return items


def take_off_given_up(item: MeetingItem, *, by: User, at: datetime, acting_as: str) -> None:
    """Within the act on its case: the applicant has given up, nobody decides on it any more; votes cast do not count.

    The others of its ranking stay. A meeting that is left without an item is cancelled or closed by its secretary.
    """
    with act(item.meeting, "take_off_given_up", by=by, at=at, acting_as=acting_as) as doing:
        row = fresh(doing.chain)
        check_state(row, MeetingState.CALLED, MeetingState.IN_SESSION)
        found = row.items.get(pk=item.pk)
        found.adjourned_at, found.adjourned_for, found.is_open = at, GIVEN_UP, False
        found.is_given_up = True
        found.save(update_fields=["adjourned_at", "adjourned_for", "is_open", "is_given_up"])
        doing.note(item=found.position, case=found.application.case.number, votes=found.votes.count())
        doing.tell({*_members(row), row.secretary}, "meeting_changed", meeting=row.number)


def _faults_of_adjourning(meeting: Meeting, item: MeetingItem) -> Iterable[Reason]:
    if item.adjourned_at is not None:
        yield Reason("adjourned", _("本项已改期审议。"))
        return
    if (
        meeting.state == MeetingState.CALLED
        and len([item] if _is_gone(item) else items_together(meeting, item))
        == meeting.items.filter(is_open=True).count()
    ):
        yield Reason("last_item", _("撤下后议程为空，请改为取消会议。"))
    if tally(item).is_complete and not tied_voters(item) and not _is_gone(item):
        yield Reason("voted", _("本项表决已结束，不能改期审议。"))


def _is_gone(item: MeetingItem) -> bool:
    """Whether its case is not before the committee any more."""
    return bool(item.application.state != ApplicationState.UNDER_OVERALL_REVIEW)


def items_together(meeting: Meeting, item: MeetingItem) -> list[MeetingItem]:
    """The item, with those of the same ranking: what is adjourned together, voted on or not."""
    line = getattr(item.application, "ranking_line", None)
    if line is None:
        return [item]
    rows = meeting.items.filter(application__ranking_line__ranking=line.ranking_id, adjourned_at__isnull=True)
    return list(rows.order_by("position"))


def decide_deadlock(item: MeetingItem, *, choice: str, reason: str, by: User, at: datetime) -> MeetingItem:
    """The chair decides where no choice has more than half of the votes, if the rules of the batch say so; once."""
    with act(item.meeting, "decide_deadlock", by=by, at=at, acting_as=member_of(item.meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_state(row, MeetingState.IN_SESSION)
        check_member(row, by)
        if by.pk != row.chair_id:
            raise Denied([Reason("not_chair", _("只有主持人可以决定。"))])
        found = row.items.get(pk=item.pk)
        if by.pk in recused_members(found) or not awaits_chair(found):
            raise Refusal([Reason("no_deadlock", _("本项不须由主持人决定。"))])
        if is_asked_aside(found.application.case, {by.pk}):
            raise Refusal([Reason("recusal_asked", _("当事人申请您回避，答复之前不能由您决定本项。"))])
        if choice not in Choice.values:
            raise Refusal([Reason("unknown_choice", _("没有这样的表决选项。"))])
        if choice == Choice.RECOGNISE and (unmet := list(faults_of_favour(found.application))):
            raise Refusal(unmet)
        found.chair_choice, found.chair_reason = choice, _said(reason)
        found.save(update_fields=["chair_choice", "chair_reason"])
        doing.note(item=found.position, case=found.application.case.number, choice=choice, reason=found.chair_reason)
    return found


def withdraw_minutes(meeting: Meeting, *, reason: str, by: User, at: datetime) -> Meeting:
    """Take back minutes that nobody has signed, to write them anew; votes stand, outcomes and places are undone."""
    with act(meeting, "withdraw_minutes", by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.MINUTES_DRAFTED)
        if row.signed_by_chair_at or row.signed_by_secretary_at:
            raise Refusal([Reason("signed", _("纪要已有人签发，不能撤回重拟；文本有误的，由尚未签发的一方拒签退回。"))])
        doing.note(reason=_said(reason))
        take_minutes_back(doing, row)
        row.save()
        doing.tell({row.chair, row.secretary}, "meeting_changed", meeting=row.number)
    return row


def take_minutes_back(doing: Act, meeting: Meeting) -> None:
    """Undo what the drafting settled, within an act on the meeting, whose entry keeps the text; the caller saves."""
    doing.note(minutes=meeting.minutes_sha256, text=meeting.minutes)
    meeting.items.update(outcome="", reasons="", place=None, score="", is_within_quota=None)
    meeting.minutes = meeting.minutes_sha256 = ""
    meeting.signed_by_chair_at = meeting.signed_by_secretary_at = None
    meeting.withdraw_minutes()
    doing.moved(MeetingState.MINUTES_DRAFTED, meeting.state)


def _members(meeting: Meeting) -> list[User]:
    return [row.member for row in meeting.attendance.select_related("member").order_by("pk")]


def _said(reason: str) -> str:
    if len(reason.strip()) < 2:
        raise Refusal([Reason("text_needed", _("请填写%(label)s。") % {"label": _("理由")}, "reason")])
    return reason.strip()
