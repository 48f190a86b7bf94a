"""The committee: agenda, attendance, recusals, votes, minutes, signatures; each act is in the meeting's chain."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.enums import ApplicationState, Choice, MeetingState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.meeting_words import BallotKind, Signer
from accreditation.models import (
    Application,
    Attendance,
    Batch,
    Case,
    Decision,
    Meeting,
    MeetingItem,
    MeetingRecusal,
    User,
    Vote,
)
from accreditation.permissions import demand_power_over
from accreditation.recusals import is_asked_aside
from accreditation.resting import basis, before_bases, day_of
from accreditation.roles import Power, Role
from accreditation.selectors.people import committee_of
from accreditation.services import recognition_quota
from accreditation.services.minutes import minutes_text
from accreditation.services.numbers import next_number_at
from accreditation.services.rankings import missing_from_agenda
from accreditation.services.reopened_figures import faults_of_favour
from accreditation.services.reopenings import waits
from accreditation.services.tallies import (
    awaits_chair,
    close_voting,
    connected_members,
    has_acted,
    is_quorum,
    keep_connections,
    keep_vote,
    members_who_left,
    quorum_of,
    tally,
    tied_voters,
)


@transaction.atomic
def call_meeting(
    batch: Batch,
    applications: Iterable[Application],
    *,
    held_at: datetime,
    place: str,
    chair: User,
    secretary: User,
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Meeting:
    """Call a meeting with its agenda: all who stand as members of the committee are entitled and told.

    Raises Replayed when the key was carried out before.
    """
    people, wanted = committee_of(batch), [row.pk for row in applications]
    _hold(Case.objects.filter(application__in=wanted))
    with act(
        batch, "call_meeting", by=by, at=at, acting_as=secretary_of(batch),
        request_key=request_key, request=fingerprint(batch.pk, wanted, held_at, place),
    ) as doing:  # fmt: skip
        check_secretary(batch, by, at)
        found = Application.objects.select_related("case").annotate(reopens=waits("pk")).in_bulk(wanted)
        # read under their locks and that of the batch
        cases: list[Application] = [found[pk] for pk in wanted if pk in found]
        reasons = list(_faults_of_call(people, cases, chair, secretary))
        reasons += before_bases(day_of(held_at), basis(_("召集会议之日"), at), "held_on")
        if reasons:
            raise Refusal(reasons)
        meeting = Meeting.objects.create(
            number=next_number_at("MEET", at, 3),
            batch=batch,
            held_at=held_at,
            place=place,
            chair=chair,
            secretary=secretary,
            members_entitled=len(people),
        )
        Attendance.objects.bulk_create(Attendance(meeting=meeting, member=person) for person in people)
        MeetingItem.objects.bulk_create(
            MeetingItem(meeting=meeting, application=application, position=position)
            for position, application in enumerate(cases, start=1)
        )
        _keep_connections(meeting, at)
        doing.reply(meeting=meeting.number)
        doing.note(meeting=meeting.number, items=[application.case.number for application in cases])
        doing.tell(people, "meeting_called", meeting=meeting.number, held_at=held_at.isoformat())
    return meeting


def _hold(cases: QuerySet[Case]) -> None:
    """Lock them before batch or meeting, as every act on both does: none is given up between reading and writing."""
    list(cases.select_for_update(of=("self",)).order_by("pk").values_list("pk"))


def _faults_of_call(people: list[User], cases: list[Application], chair: User, secretary: User) -> Iterable[Reason]:
    if len(people) < 3:
        yield Reason("too_few_members", _("委员不足三人。"))
    if not cases:
        yield Reason("no_items", _("议程中没有申报件。"))
    if chair not in people:
        yield Reason("chair_not_member", _("主持人必须是现任委员。"))
    if chair == secretary:
        yield Reason("chair_is_secretary", _("主持人与会议秘书不能是同一人。"))
    yield from _faults_of_agenda(cases)


def _faults_of_agenda(cases: list[Application]) -> Iterable[Reason]:
    for application in missing_from_agenda(cases):
        text = _("排序须整体审议，议程中缺少 %(no)s。") % {"no": application.case.number}
        yield Reason("ranking_in_part", text, "cases")
    for application in cases:
        if application.meeting_items.filter(is_open=True).exists():
            yield Reason("already_tabled", _("%(no)s 已在另一次会议的议程中。") % {"no": application.case.number})
        elif application.state != ApplicationState.UNDER_OVERALL_REVIEW:
            values = {"no": application.case.number, "state": ApplicationState(application.state).label}
            yield Reason("wrong_state", _("%(no)s 当前为“%(state)s”。") % values)
        elif getattr(application, "reopens", False):
            why = _("%(no)s：已提请改正核定数据，答复后再列入议程。")
            yield Reason("reopening_waits", why % {"no": application.case.number})


def _keep_connections(meeting: Meeting, at: datetime) -> None:
    for item in meeting.items.select_related("application").order_by("position"):
        keep_connections(item, at)


def declare_recusal(item: MeetingItem, *, tie: str, by: User, at: datetime) -> MeetingRecusal:
    """A member steps out of one item, once; not after a vote on it, nor when the minutes are written."""
    with act(item.meeting, "declare_recusal", by=by, at=at, acting_as=member_of(item.meeting.batch)) as doing:
        meeting = fresh(doing.chain)
        check_member(meeting, by)
        row = meeting.items.get(pk=item.pk)
        if row.votes.filter(member=by).exists():
            raise Refusal([Reason("already_voted", _("已就本件投票，不能再申请回避。"))])
        if row.recusals.filter(member=by).exists():
            raise Refusal([Reason("recused", _("您已就本件回避，不能投票。"))])
        check_state(meeting, MeetingState.CALLED, MeetingState.IN_SESSION)
        _check_is_before_meeting(row)
        doing.note(item=row.position, case=row.application.case.number, tie=tie)
        recusal = MeetingRecusal.objects.create(item=row, member=by, tie=tie, declared_at=at)
        if meeting.state == MeetingState.IN_SESSION:
            close_voting(row, at)
        return recusal


def start_meeting(meeting: Meeting, *, present: Iterable[User], by: User, at: datetime) -> Meeting:
    """Note attendance and begin on the day to which the members were called; without a quorum nothing begins.

    Entitled are those who stand as members on that day, whatever the committee was when the meeting was called.
    """
    there = {person.pk for person in present}
    with act(meeting, "start_meeting", by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.CALLED)
        _check_is_the_day(row, at)
        _enter_committee(row)
        row.attendance.filter(member_id__in=there).update(is_present=True, noted_at=at)
        if not is_quorum(row.batch, row.attendance.filter(is_present=True).count(), row.members_entitled):
            raise Refusal([Reason("no_quorum", _("到会委员不足法定人数，会议不能开始。"))])
        if not row.attendance.filter(member=row.chair_id, is_present=True).exists():
            raise Refusal([Reason("chair_absent", _("主持人未到会，会议不能开始；请取消会议，另定主持人重新召集。"))])
        _keep_connections(row, at)
        row.start()
        row.save()
        doing.moved(MeetingState.CALLED, row.state)
        doing.note(present=sorted(there), entitled=row.members_entitled)
    return row


def _check_is_the_day(meeting: Meeting, at: datetime) -> None:
    called, today = day_of(meeting.held_at), day_of(at)
    if called != today:
        values = {"day": date_format(called), "today": date_format(today)}
        text = _("会议定于%(day)s举行，不能在%(today)s开始；改期的，请取消会议，重新召集。") % values
        raise Refusal([Reason("other_day", text)])


def _enter_committee(meeting: Meeting) -> None:
    """Whoever became a member since the call is entitled too, whoever is none any more is not."""
    standing = {person.pk for person in committee_of(meeting.batch)}
    if meeting.chair_id not in standing:
        text = _("主持人已不是现任委员，会议不能开始；请取消会议，另定主持人重新召集。")
        raise Refusal([Reason("chair_not_member", text)])
    meeting.attendance.exclude(member_id__in=standing).delete()
    invited = set(meeting.attendance.values_list("member_id", flat=True))
    Attendance.objects.bulk_create(Attendance(meeting=meeting, member_id=pk) for pk in sorted(standing - invited))
    meeting.members_entitled = len(standing)


def cast_vote(item: MeetingItem, *, choice: str, remark: str, by: User, at: datetime) -> Vote:
    """One vote by a member who is present and has not stepped out of the item."""
    with act(item.meeting, "cast_vote", by=by, at=at, acting_as=member_of(item.meeting.batch)) as doing:
        meeting = fresh(doing.chain)
        check_state(meeting, MeetingState.IN_SESSION)
        check_member(meeting, by)
        row = meeting.items.select_related("application__case").get(pk=item.pk)
        _check_is_before_meeting(row)
        if reasons := list(_faults_of_vote(row, choice, remark, by)):
            raise Refusal(reasons)
        is_named = meeting.batch.ballot == BallotKind.NAMED
        doing.note(item=row.position, case=row.application.case.number, **({"choice": choice} if is_named else {}))
        vote = keep_vote(row, by, choice=choice, remark=remark, at=at)
        close_voting(row, at)
        return vote


def _faults_of_vote(item: MeetingItem, choice: str, remark: str, by: User) -> Iterable[Reason]:
    yield from _faults_of_voter(item, by)
    if item.votes.filter(member=by).exists():
        yield Reason("already_voted", _("您已就本件投票。"))
    elif item.voted_at is not None:
        yield Reason("voting_over", _("本项表决已结束。"))
    if choice not in Choice.values:
        yield Reason("unknown_choice", _("没有这样的表决选项。"))
    if choice == Choice.RECOGNISE:
        yield from faults_of_favour(item.application)
    needs_remark = choice != Choice.RECOGNISE and item.meeting.batch.ballot == BallotKind.NAMED
    if needs_remark and not remark.strip():
        yield Reason("remark_needed", _("不予认定或暂缓认定须说明理由。"))


def _faults_of_voter(item: MeetingItem, by: User) -> Iterable[Reason]:
    if by.pk in connected_members(item):
        yield Reason("tied", _("您是、曾是或者申请担任该单位的办理人员，须回避，不能投票。"))
    if has_acted(item, by):
        yield Reason("acted", _("您已在本件办理过审核、核查或者评审，须回避，不能投票。"))
    if not item.meeting.attendance.filter(member=by, is_present=True).exists():
        yield Reason("not_present", _("您未到会，不能投票。"))
    if by.pk in members_who_left(item):
        yield Reason("recused", _("您已就本件回避，不能投票。"))
    if is_asked_aside(item.application.case, {by.pk}):
        yield Reason("recusal_asked", _("当事人申请您回避，答复之前您不能就本件投票。"))


@transaction.atomic
def draft_minutes(meeting: Meeting, *, reasons: dict[int, str], by: User, at: datetime) -> Meeting:
    """Close the votes and write the minutes from them; `reasons` by position for items not recognised."""
    _hold(Case.objects.filter(application__meeting_items__meeting=meeting))
    with act(meeting, "draft_minutes", by=by, at=at, acting_as=secretary_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        check_secretary(row.batch, by, at)
        check_state(row, MeetingState.IN_SESSION)
        every = list(row.items.select_related("application__case__enterprise").order_by("position"))
        _keep_connections(row, at)
        items = [item for item in every if item.adjourned_at is None]
        for item in items:
            close_voting(item, at)
        if faults := list(_faults_of_minutes(items, reasons)):
            raise Refusal(faults)
        for item in items:
            item.outcome = tally(item).outcome
            item.reasons = reasons.get(item.position, "") if item.outcome != Choice.RECOGNISE else ""
            item.save(update_fields=["outcome", "reasons"])
        counts = recognition_quota.limits_proposals(row.batch)
        places = recognition_quota.place_items(row.batch, items) if counts else []
        row.minutes = minutes_text(row, every, places)
        row.minutes_sha256 = hashlib.sha256(row.minutes.encode()).hexdigest()
        row.draft_minutes()
        row.save()
        doing.moved(MeetingState.IN_SESSION, row.state)
        doing.note(minutes=row.minutes_sha256)
        doing.tell([row.chair, row.secretary], "minutes_to_sign", meeting=row.number)
    return row


def _faults_of_minutes(items: list[MeetingItem], reasons: dict[int, str]) -> Iterable[Reason]:
    for item in items:
        counted = tally(item)
        place = _("第 %(n)d 项") % {"n": item.position}
        if not counted.has_quorum:
            values = {"place": place, "n": counted.present, "quorum": quorum_of(item.meeting)}
            text = _("%(place)s：回避、离会后参加表决 %(n)d 人，不足法定人数 %(quorum)d 人，须改期审议。")
            yield Reason("no_quorum", text % values)
        if awaits_chair(item):
            text = _("%(place)s：各项票数均未过半，须由主持人决定。")
            yield Reason("chair_decides", text % {"place": place})
        if tied_voters(item):
            text = _("%(place)s：有委员投票后成为或申请成为该单位的办理人员、就本件回避，或者办理了本件，须改期审议。")
            yield Reason("voter_tied", text % {"place": place})
        if counted.votes < counted.present:
            text = _("%(place)s：尚有 %(n)d 位委员未投票。")
            yield Reason("votes_missing", text % {"place": place, "n": counted.present - counted.votes})
        if counted.is_complete and counted.outcome != Choice.RECOGNISE and not reasons.get(item.position, "").strip():
            yield Reason("reasons_needed", _("%(place)s：不予认定或暂缓认定须写明理由。") % {"place": place})


def sign_minutes(meeting: Meeting, *, sha256: str, by: User, at: datetime) -> Meeting:
    """Chair or secretary, still in office, signs the very text of that hash; the second signature adopts it."""
    with act(meeting, "sign_minutes", by=by, at=at, acting_as=member_of(meeting.batch)) as doing:
        row = fresh(doing.chain)
        which = check_signer(row, by, sha256, at)
        if reasons := [*_faults_of_asked_signer(row, by)]:
            raise Refusal(reasons)
        if which == Signer.CHAIR:
            row.signed_by_chair_at = row.signed_by_chair_at or at
        else:
            row.signed_by_secretary_at = row.signed_by_secretary_at or at
        before = row.state
        if row.signed_by_chair_at and row.signed_by_secretary_at:
            row.adopt()
            row.items.update(is_open=False)
        row.save()
        doing.moved(before, row.state)
        doing.note(minutes=sha256)
    return row


def check_signer(meeting: Meeting, by: User, sha256: str, at: datetime) -> Signer:
    """As whom the person may sign drafted minutes, still in office, or decline to; the very text of that hash."""
    check_state(meeting, MeetingState.MINUTES_DRAFTED)
    if by.pk not in (meeting.chair_id, meeting.secretary_id):
        raise Denied([Reason("not_signer", _("只有主持人和会议秘书可以签发纪要。"))])
    which = Signer.CHAIR if by.pk == meeting.chair_id else Signer.SECRETARY
    power = Power.VOTE if which == Signer.CHAIR else Power.CALL_MEETINGS
    demand_power_over(by, power, meeting.batch, at=at)  # whoever has left the office signs no more
    if sha256 != meeting.minutes_sha256:
        raise Refusal([Reason("other_text", _("纪要文本已变化，请重新阅读后签发。"))])
    return which


def _faults_of_asked_signer(meeting: Meeting, by: User) -> Iterable[Reason]:
    """Whoever a party asks to step aside signs no decision on its case before the answer; whoever declines to, may."""
    decided = meeting.items.filter(adjourned_at__isnull=True, application__case__recusals_asked__gt=0)
    for item in decided.select_related("application__case").order_by("position"):
        if is_asked_aside(item.application.case, {by.pk}):
            text = _("%(no)s 的当事人申请您回避，负责人答复之前您不能签发纪要；请先由负责人答复该申请。")
            yield Reason("recusal_asked", text % {"no": item.application.case.number})


def decide(item: MeetingItem, *, at: datetime) -> Decision:
    """The decision that follows from adopted minutes."""
    meeting, counted = item.meeting, tally(item)
    return Decision.objects.create(
        application=item.application,
        item=item,
        outcome=item.outcome,
        reasons=item.reasons,
        votes_for=counted.cast[item.outcome],
        votes_cast=counted.votes,
        decided_at=at,
        minutes_sha256=meeting.minutes_sha256,
    )


def secretary_of(batch: Batch) -> str:
    """The office that calls the meetings of a batch."""
    return Role.LOCAL_OFFICER if batch.authority_id else Role.MUNICIPAL_OFFICER


def check_secretary(batch: Batch, person: User, at: datetime) -> None:
    """Deny an act of that office to anybody else."""
    demand_power_over(person, Power.CALL_MEETINGS, batch, at=at)


def member_of(batch: Batch) -> str:
    """The office of those who vote: the committee, or the authority's leading group."""
    return Role.LEADING_GROUP_MEMBER if batch.authority_id else Role.COMMITTEE_MEMBER


def fresh(chain: object) -> Meeting:
    """The locked row of a meeting's act."""
    assert isinstance(chain, Meeting)
    return chain


def check_member(meeting: Meeting, person: User) -> None:
    """Deny an act of the members to anybody else."""
    if not meeting.attendance.filter(member=person).exists():
        raise Denied([Reason("not_member", _("您不是本次会议的委员。"))])


def _check_is_before_meeting(item: MeetingItem) -> None:
    if item.adjourned_at is not None:
        raise Refusal([Reason("adjourned", _("本项已改期审议。"))])


def check_state(meeting: Meeting, *states: MeetingState) -> None:
    """Refuse an act of another state of the meeting."""
    if meeting.state not in states:
        label = MeetingState(meeting.state).label
        raise Refusal([Reason("meeting_state", _("会议当前为“%(state)s”，不能办理此项。") % {"state": label})])
