"""The committee: agenda, attendance, recusals, votes, minutes, signatures; each act is in the meeting's chain."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.acts import act, fingerprint
from accreditation.enums import Choice, MeetingState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import (
    Application,
    Attendance,
    Batch,
    Decision,
    Meeting,
    MeetingItem,
    MeetingRecusal,
    Ranking,
    User,
    Vote,
)
from accreditation.roles import Role
from accreditation.services import recognition_quota
from accreditation.services.numbers import next_number
from accreditation.services.rankings import missing_from_agenda


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes on one item: members entitled and present, recused, cast by choice, whether the item has a quorum."""

    entitled: int
    present: int
    recused: int
    cast: Counter[str]
    has_quorum: bool

    @property
    def outcome(self) -> str:
        """More than half of the votes cast; a tie or a scatter postpones."""
        total = sum(self.cast.values())
        for choice in (Choice.RECOGNISE, Choice.REFUSE):
            if 2 * self.cast[choice] > total:
                return str(choice)
        return str(Choice.POSTPONE)


def call_meeting(
    batch: Batch,
    applications: Iterable[Application],
    *,
    held_at: datetime,
    place: str,
    chair: User,
    secretary: User,
    members: Iterable[User],
    by: User,
    at: datetime,
    request_key: str | None = None,
) -> Meeting:
    """Call a meeting with its agenda; every member is told. Raises Replayed when the key was carried out before."""
    people, cases = list(members), list(applications)
    with act(
        batch, "call_meeting", by=by, at=at, acting_as=_secretary_of(batch),
        request_key=request_key, request=fingerprint(batch.pk, [row.pk for row in cases], held_at, place),
    ) as doing:  # fmt: skip
        if reasons := list(_faults_of_call(people, cases, chair, secretary)):
            raise Refusal(reasons)
        meeting = Meeting.objects.create(
            number=next_number("MEET", at.year, 3),
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
        doing.reply(meeting=meeting.number)
        doing.note(meeting=meeting.number, items=[application.case.number for application in cases])
        doing.tell(people, "meeting_called", meeting=meeting.number, held_at=held_at.isoformat())
    return meeting


def _faults_of_call(people: list[User], cases: list[Application], chair: User, secretary: User) -> Iterable[Reason]:
    if len(people) < 3:
        yield Reason("too_few_members", _("委员不足三人。"))
    if not cases:
        yield Reason("no_items", _("议程中没有申报件。"))
    if chair not in people:
        yield Reason("chair_not_member", _("主持人必须是参会委员。"))
    if chair == secretary:
        yield Reason("chair_is_secretary", _("主持人与会议秘书不能是同一人。"))
    for application in missing_from_agenda(cases):
        text = _("排序须整体审议，议程中缺少 %(no)s。") % {"no": application.case.number}
        yield Reason("ranking_in_part", text, "cases")
    for application in cases:
        if application.meeting_items.filter(outcome="").exists():
            yield Reason("already_tabled", _("%(no)s 已在另一次会议的议程中。") % {"no": application.case.number})


def declare_recusal(item: MeetingItem, *, tie: str, by: User, at: datetime) -> MeetingRecusal:
    """A member steps out of one item, once; not after a vote on it, nor when the minutes are written."""
    with act(item.meeting, "declare_recusal", by=by, at=at, acting_as=_member_of(item.meeting.batch)) as doing:
        meeting = _fresh(doing.chain)
        _check_member(meeting, by)
        if item.votes.filter(member=by).exists():
            raise Refusal([Reason("already_voted", _("已就本件投票，不能再申请回避。"))])
        if item.recusals.filter(member=by).exists():
            raise Refusal([Reason("recused", _("您已就本件回避，不能投票。"))])
        _check_state(meeting, MeetingState.CALLED, MeetingState.IN_SESSION)
        doing.note(item=item.position, case=item.application.case.number, tie=tie)
        return MeetingRecusal.objects.create(item=item, member=by, tie=tie, declared_at=at)


def start_meeting(meeting: Meeting, *, present: Iterable[User], by: User, at: datetime) -> Meeting:
    """Note attendance and begin; without a quorum of the members entitled nothing begins."""
    there = {person.pk for person in present}
    with act(meeting, "start_meeting", by=by, at=at, acting_as=_secretary_of(meeting.batch)) as doing:
        row = _fresh(doing.chain)
        _check_state(row, MeetingState.CALLED)
        row.attendance.filter(member_id__in=there).update(is_present=True, noted_at=at)
        if not _is_quorum(row, row.attendance.filter(is_present=True).count()):
            raise Refusal([Reason("no_quorum", _("到会委员不足法定人数，会议不能开始。"))])
        row.start()
        row.save()
        doing.moved(MeetingState.CALLED, row.state)
        doing.note(present=sorted(there))
    return row


def cast_vote(item: MeetingItem, *, choice: str, remark: str, by: User, at: datetime) -> Vote:
    """One vote by a member who is present and has not stepped out of the item."""
    with act(item.meeting, "cast_vote", by=by, at=at, acting_as=_member_of(item.meeting.batch)) as doing:
        meeting = _fresh(doing.chain)
        _check_state(meeting, MeetingState.IN_SESSION)
        _check_member(meeting, by)
        if reasons := list(_faults_of_vote(item, meeting, choice, remark, by)):
            raise Refusal(reasons)
        doing.note(item=item.position, case=item.application.case.number, choice=choice)
        return Vote.objects.create(item=item, member=by, choice=choice, remark=remark, cast_at=at)


def _faults_of_vote(item: MeetingItem, meeting: Meeting, choice: str, remark: str, by: User) -> Iterable[Reason]:
    if not meeting.attendance.filter(member=by, is_present=True).exists():
        yield Reason("not_present", _("您未到会，不能投票。"))
    if item.recusals.filter(member=by).exists():
        yield Reason("recused", _("您已就本件回避，不能投票。"))
    if item.votes.filter(member=by).exists():
        yield Reason("already_voted", _("您已就本件投票。"))
    if choice not in Choice.values:
        yield Reason("unknown_choice", _("没有这样的表决选项。"))
    if choice != Choice.RECOGNISE and not remark.strip():
        yield Reason("remark_needed", _("不予认定或暂缓认定须说明理由。"))


def tally(item: MeetingItem) -> Tally:
    """Count one item; recused members count neither as present nor as voting."""
    meeting = item.meeting
    recused = set(item.recusals.values_list("member_id", flat=True))
    present = meeting.attendance.filter(is_present=True).exclude(member_id__in=recused).count()
    return Tally(
        entitled=meeting.members_entitled,
        present=present,
        recused=len(recused),
        cast=Counter(item.votes.values_list("choice", flat=True)),
        has_quorum=2 * present > meeting.members_entitled,
    )


def draft_minutes(meeting: Meeting, *, reasons: dict[int, str], by: User, at: datetime) -> Meeting:
    """Close the votes and write the minutes from them; `reasons` by position for items not recognised."""
    with act(meeting, "draft_minutes", by=by, at=at, acting_as=_secretary_of(meeting.batch)) as doing:
        row = _fresh(doing.chain)
        _check_state(row, MeetingState.IN_SESSION)
        items = list(row.items.select_related("application__case__enterprise").order_by("position"))
        if faults := list(_faults_of_minutes(items, reasons)):
            raise Refusal(faults)
        for item in items:
            item.outcome = tally(item).outcome
            item.reasons = reasons.get(item.position, "") if item.outcome != Choice.RECOGNISE else ""
            item.save(update_fields=["outcome", "reasons"])
        counts = recognition_quota.limits_proposals(row.batch)
        places = recognition_quota.place_items(row.batch, items) if counts else []
        row.minutes = _minutes_text(row, items, places)
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
            yield Reason("no_quorum", _("%(place)s：回避后到会委员不足半数，须改期审议。") % {"place": place})
        if sum(counted.cast.values()) < counted.present:
            text = _("%(place)s：尚有 %(n)d 位委员未投票。")
            yield Reason("votes_missing", text % {"place": place, "n": counted.present - sum(counted.cast.values())})
        if counted.outcome != Choice.RECOGNISE and not reasons.get(item.position, "").strip():
            yield Reason("reasons_needed", _("%(place)s：不予认定或暂缓认定须写明理由。") % {"place": place})


def _minutes_text(meeting: Meeting, items: list[MeetingItem], places: list[str]) -> str:
    attendance = meeting.attendance.select_related("member").order_by("pk")
    with override("zh-hans"):  # minutes are an official text
        rows = [
            {
                "item": item,
                "tally": tally(item),
                "votes": item.votes.select_related("member"),
                "outcome": meeting.batch.choice_words[Choice(item.outcome)],
            }
            for item in items
        ]
        recommends = meeting.batch.is_recommendation
        labels = {choice.value: str(label) for choice, label in meeting.batch.choice_words.items()}
        words = {"labels": labels, "recommends": recommends}
        ranking = Ranking.objects.filter(batch=meeting.batch).first() if recommends else None
        return render_to_string(
            "accreditation/minutes.txt",
            {"meeting": meeting, "rows": rows, "attendance": attendance, "ranking": ranking, "places": places, **words},
        ).strip()


def sign_minutes(meeting: Meeting, *, sha256: str, by: User, at: datetime) -> Meeting:
    """Chair or secretary signs the very text of that hash; the second signature adopts it."""
    with act(meeting, "sign_minutes", by=by, at=at, acting_as=_member_of(meeting.batch)) as doing:
        row = _fresh(doing.chain)
        _check_state(row, MeetingState.MINUTES_DRAFTED)
        if by.pk not in (row.chair_id, row.secretary_id):
            raise Denied([Reason("not_signer", _("只有主持人和会议秘书可以签发纪要。"))])
        if sha256 != row.minutes_sha256:
            raise Refusal([Reason("other_text", _("纪要文本已变化，请重新阅读后签发。"))])
        if by.pk == row.chair_id:
            row.signed_by_chair_at = row.signed_by_chair_at or at
        else:
            row.signed_by_secretary_at = row.signed_by_secretary_at or at
        before = row.state
        if row.signed_by_chair_at and row.signed_by_secretary_at:
            row.adopt()
        row.save()
        doing.moved(before, row.state)
        doing.note(minutes=sha256)
    return row


def decide(item: MeetingItem, *, at: datetime) -> Decision:
    """The decision that follows from adopted minutes."""
    meeting, counted = item.meeting, tally(item)
    return Decision.objects.create(
        application=item.application,
        item=item,
        outcome=item.outcome,
        reasons=item.reasons,
        votes_for=counted.cast[item.outcome],
        votes_cast=sum(counted.cast.values()),
        decided_at=at,
        minutes_sha256=meeting.minutes_sha256,
    )


def _secretary_of(batch: Batch) -> str:
    """The office that calls the meetings of a batch."""
    return Role.LOCAL_OFFICER if batch.authority_id else Role.MUNICIPAL_OFFICER


def _member_of(batch: Batch) -> str:
    """The office of those who vote: the committee, or the authority's leading group."""
    return Role.LEADING_GROUP_MEMBER if batch.authority_id else Role.COMMITTEE_MEMBER


def _fresh(chain: object) -> Meeting:
    assert isinstance(chain, Meeting)
    return chain


def _is_quorum(meeting: Meeting, present: int) -> bool:
    batch = meeting.batch
    return present * batch.quorum_denominator >= meeting.members_entitled * batch.quorum_numerator


def _check_member(meeting: Meeting, person: User) -> None:
    if not meeting.attendance.filter(member=person).exists():
        raise Denied([Reason("not_member", _("您不是本次会议的委员。"))])


def _check_state(meeting: Meeting, *states: MeetingState) -> None:
    if meeting.state not in states:
        label = MeetingState(meeting.state).label
        raise Refusal([Reason("meeting_state", _("会议当前为“%(state)s”，不能办理此项。") % {"state": label})])
