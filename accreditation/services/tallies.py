"""Counting the votes on one item of an agenda: who takes part, who does not and why, whether they are enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from accreditation.case_acts import people_with_opinion
from accreditation.enums import Choice, MeetingState
from accreditation.meeting_words import BallotKind, DeadlockRule, RecusalGround
from accreditation.models import Batch, Meeting, MeetingItem, MeetingRecusal, Member, User, Vote
from accreditation.recusals import people_who_left

BEFORE_MINUTES = (MeetingState.CALLED, MeetingState.IN_SESSION)
CONNECTION = "本人系、曾系或者申请担任该单位的办理人员"  # this and the next: entries of the minutes, an official text
LEFT_BEFORE = "此前已就该申报件回避"
ACTED = "本人或者他人代本人曾以经办、核查或者评审身份对该申报件提出意见或者作出决定"


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes on one item: members entitled, taking part and recused, votes by choice, whether there is a quorum."""

    entitled: int
    present: int
    recused: int
    votes: int
    cast: Counter[str]  # of a secret vote nothing until the voting is over
    has_quorum: bool
    deadlock_rule: str
    chair_choice: str

    @property
    def is_complete(self) -> bool:
        """Whether enough take part and all of them have voted."""
        return self.has_quorum and self.votes == self.present

    @property
    def outcome(self) -> str:
        """What has more than half of the votes cast; else what the rule says of such a deadlock."""
        if self.majority:
            return self.majority
        if self.deadlock_rule == DeadlockRule.REFUSE:
            return str(Choice.REFUSE)
        return self.chair_choice or str(Choice.POSTPONE)

    @property
    def majority(self) -> str:
        """The choice of more than half, empty where there is none."""
        return next((str(choice) for choice in Choice if 2 * self.cast[choice] > self.votes), "")

    @property
    def is_deadlocked(self) -> bool:
        """Whether all have voted and no choice has more than half."""
        return self.is_complete and not self.majority


def is_quorum(batch: Batch, present: int, entitled: int) -> bool:
    """Whether so many are enough: one rule for the meeting and for each item."""
    return present * batch.quorum_denominator >= entitled * batch.quorum_numerator


def quorum_of(meeting: Meeting) -> int:
    """How many members must take part, in the meeting and in each item."""
    batch = meeting.batch
    return -(-meeting.members_entitled * batch.quorum_numerator // batch.quorum_denominator)


def voting_rules(batch: Batch) -> dict[str, object]:
    """Quorum, form of the vote and what a deadlock means, as pages and minutes print them; no ground: rules silent."""
    return {
        "part": f"{batch.quorum_numerator}/{batch.quorum_denominator}",
        "ground": batch.quorum_ground,
        "ballot": BallotKind(batch.ballot).label,
        "ballot_ground": batch.ballot_ground,
        "deadlock": DeadlockRule(batch.deadlock_rule).label,
        "deadlock_ground": batch.deadlock_ground,
    }


def connected_members(item: MeetingItem) -> set[int]:
    """Members of the meeting who act, acted or asked to act for the enterprise of the item."""
    invited = item.meeting.attendance.values("member")
    rows = Member.objects.filter(enterprise=item.application.enterprise_id, user__in=invited)
    return set(rows.values_list("user_id", flat=True))


def members_who_left(item: MeetingItem) -> set[int]:
    """Members of the meeting who stepped out of the case, of this item or before: in an earlier meeting, as experts."""
    invited = item.meeting.attendance.values("member")
    return set(people_who_left(item.application.case).filter(pk__in=invited).values_list("pk", flat=True))


def has_acted(item: MeetingItem, member: User) -> bool:
    """Whether the member gave an opinion or decision on the case in another office, and does not judge it twice.

    Keeping its minutes is no such act.
    """
    return member.pk in people_with_opinion(item.application.case)


def members_who_acted(item: MeetingItem, invited: Set[int] | None = None) -> set[int]:
    """Members of the meeting, all or those `invited`, who have acted in the case: `has_acted`."""
    among = set(item.meeting.attendance.values_list("member_id", flat=True)) if invited is None else invited
    return people_with_opinion(item.application.case) & among


def recused_members(item: MeetingItem, invited: Set[int] | None = None) -> set[int]:
    """Members who take no part in the item; from the minutes on those whom the minutes name."""
    if item.meeting.state in BEFORE_MINUTES:
        return _kept_from(item, item.meeting.attendance.values("member")) | members_who_acted(item, invited)
    return set(item.recusals.values_list("member_id", flat=True))


def tied_voters(item: MeetingItem) -> set[int]:
    """Members whose vote stands and who have meanwhile become part of the enterprise, left the case or acted in it."""
    voters = set(item.votes.values_list("member_id", flat=True))
    return _kept_from(item, voters) | members_who_acted(item, voters)


def _kept_from(item: MeetingItem, people: Any) -> set[int]:
    """Of these people (keys, or a subquery of them) who is of the enterprise or stepped out of the case; one query."""
    own = Member.objects.filter(enterprise=item.application.enterprise_id).values("user")
    left = people_who_left(item.application.case).values("pk")
    gone = User.objects.filter(Q(pk__in=own) | Q(pk__in=left), pk__in=people)
    return set(gone.values_list("pk", flat=True))


def tally(item: MeetingItem) -> Tally:
    """Count one item. Whoever voted takes part, and whoever is there and may still vote; a recused member does not."""
    meeting = item.meeting
    roll = dict(meeting.attendance.values_list("member_id", "is_present"))
    recused = recused_members(item, roll.keys())
    votes = dict(item.votes.values_list("member_id", "choice"))
    taking_part = set(votes)
    if item.voted_at is None:
        taking_part |= {member for member, is_there in roll.items() if is_there} - recused
    return Tally(
        entitled=meeting.members_entitled,
        present=len(taking_part),
        recused=len(recused),
        votes=len(votes),
        cast=_cast(item, votes.values()),
        has_quorum=is_quorum(meeting.batch, len(taking_part), meeting.members_entitled),
        deadlock_rule=meeting.batch.deadlock_rule,
        chair_choice=item.chair_choice,
    )


def _cast(item: MeetingItem, choices: Iterable[str]) -> Counter[str]:
    if item.meeting.batch.ballot == BallotKind.NAMED:
        return Counter(choices)
    return Counter(item.ballots) if item.voted_at is not None else Counter()


def keep_vote(item: MeetingItem, member: User, *, choice: str, remark: str, at: datetime) -> Vote:
    """Keep one vote; of a secret one the name and, apart from it, one more for the choice."""
    if item.meeting.batch.ballot == BallotKind.NAMED:
        return Vote.objects.create(item=item, member=member, choice=choice, remark=remark, cast_at=at)
    item.ballots = {each: item.ballots.get(each, 0) + (each == choice) for each in Choice.values}
    item.save(update_fields=["ballots"])
    return Vote.objects.create(item=item, member=member, cast_at=at)


def awaits_chair(item: MeetingItem) -> bool:
    """Whether the chair, who takes part in the item, has to decide where no choice has more than half."""
    counted = tally(item)
    return (
        counted.deadlock_rule == DeadlockRule.CHAIR
        and counted.is_deadlocked
        and not counted.chair_choice
        and item.votes.filter(member=item.meeting.chair_id).exists()
    )


def close_voting(item: MeetingItem, at: datetime) -> None:
    """Note that the voting on an item is over, once enough take part and all of them have voted."""
    if item.voted_at is not None or item.adjourned_at is not None:
        return
    entitled = item.meeting.members_entitled
    if is_quorum(item.meeting.batch, item.votes.count(), entitled) and tally(item).is_complete:  # the first is cheap
        item.voted_at = at
        item.save(update_fields=["voted_at"])


def keep_connections(item: MeetingItem, at: datetime) -> None:
    """Enter as recused, with the ground, the connected members of an item, who left its case before, who acted in it.

    The minutes name them.
    """
    known, connected = set(item.recusals.values_list("member_id", flat=True)), connected_members(item)
    left = members_who_left(item) - connected
    grounds = [
        (connected, RecusalGround.CONNECTED, CONNECTION),
        (left, RecusalGround.LEFT_BEFORE, LEFT_BEFORE),
        (members_who_acted(item) - connected - left, RecusalGround.ACTED, ACTED),
    ]
    MeetingRecusal.objects.bulk_create(
        MeetingRecusal(item=item, member_id=pk, ground=ground, tie=tie, declared_at=at)
        for people, ground, tie in grounds
        for pk in sorted(people - known)
    )
