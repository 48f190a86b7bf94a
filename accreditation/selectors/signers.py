"""Who signs the minutes of a meeting: whether they still can, who may be named in their place, who was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accreditation.audit import chain_key
from accreditation.enums import MeetingState
from accreditation.errors import Reason
from accreditation.holdings import who_hold
from accreditation.meeting_words import Signer
from accreditation.models import AuditEvent, Batch, Meeting, User
from accreditation.permissions import Person, batches_under
from accreditation.roles import LOCAL_POWERS, Power
from accreditation.selectors.people import committee_of

REPLACING, DECLINING, DRAFTING = "replace_signer", "decline_minutes", "draft_minutes"  # as the meeting's chain has them
TO_SIGN = (MeetingState.IN_SESSION, MeetingState.MINUTES_DRAFTED)  # before, a meeting is cancelled and called anew
CAN_SIGN = {
    Signer.CHAIR: _("主持人仍是现任委员，可以签发纪要，不能另定。"),
    Signer.SECRETARY: _("会议秘书仍有召集会议的职权，可以签发纪要，不能另定。"),
}
HAS_SIGNED = _("已签发纪要，签发有效，不必另定。")
CLOSED = _("账号已停用。")
LEFT = {
    Signer.CHAIR: _("已不是现任委员。"),
    Signer.SECRETARY: _("已没有召集会议的职权。"),  # a lent power that has ended is the same
}


@dataclass(frozen=True, slots=True)
class LostSigner:
    """One whose signature is missing and who can sign no more, and why."""

    which: Signer
    person: User
    why: str | Promise


@dataclass(frozen=True, slots=True)
class Replacement:
    """Who was named in whose place, when, why and by whom."""

    which: Signer
    former: User
    successor: User
    at: datetime
    reason: str
    by_name: str


@dataclass(frozen=True, slots=True)
class Declining:
    """Who would not sign which part, when and why, and whose signatures fell with the text."""

    which: Signer
    by_name: str
    at: datetime
    reason: str
    fallen: tuple[Signer, ...]


def signer_of(meeting: Meeting, which: Signer) -> User:
    """Who is to sign as chair, or as secretary."""
    return meeting.chair if which == Signer.CHAIR else meeting.secretary


def secretaries_of(batch: Batch, at: datetime | None = None) -> QuerySet[User]:
    """Active people of the office that calls the meetings of a batch, by an own or a lent power."""
    if batch.authority is None:
        return who_hold(Power.CALL_MEETINGS, None, at)
    return who_hold(LOCAL_POWERS[Power.CALL_MEETINGS], batch.authority.district, at)


def against_replacing(meeting: Meeting, which: Signer, at: datetime | None = None) -> Reason | None:
    """Why nobody else is to be named: the state of the meeting, a signature that stands, a signer who still can."""
    if meeting.state not in TO_SIGN:
        label = MeetingState(meeting.state).label
        return Reason("meeting_state", _("会议当前为“%(state)s”，不能办理此项。") % {"state": label})
    if has_signed(meeting, which):
        return Reason("signed", HAS_SIGNED)
    lost = {each.which for each in lost_signers([meeting], at)[meeting.pk]}
    return None if which in lost else Reason("signer_can_sign", CAN_SIGN[which])


def lost_signers(meetings: Iterable[Meeting], at: datetime | None = None) -> dict[int, list[LostSigner]]:
    """Of each meeting, by its key, those who are still to sign and cannot; two queries for each authority."""
    holders: dict[int | None, dict[Signer, set[int]]] = {}
    found: dict[int, list[LostSigner]] = {}
    for meeting in meetings:
        found[meeting.pk] = []
        if meeting.state not in TO_SIGN:
            continue
        place = meeting.batch.authority_id
        if place not in holders:
            holders[place] = _holders(meeting.batch, at)
        for which in Signer:
            person = signer_of(meeting, which)
            if person.pk not in holders[place][which] and not has_signed(meeting, which):
                found[meeting.pk].append(LostSigner(which, person, LEFT[which] if person.is_active else CLOSED))
    return found


def _holders(batch: Batch, at: datetime | None) -> dict[Signer, set[int]]:
    members, officers = committee_of(batch), secretaries_of(batch, at)
    return {Signer.CHAIR: {person.pk for person in members}, Signer.SECRETARY: {person.pk for person in officers}}


def has_signed(meeting: Meeting, which: Signer) -> bool:
    """Whether this signature stands under the present text."""
    signed = meeting.signed_by_chair_at if which == Signer.CHAIR else meeting.signed_by_secretary_at
    return signed is not None


def is_to_sign(meeting: Meeting, user: User, lost: Iterable[LostSigner]) -> bool:
    """Whether the minutes wait for this person's signature, who is none of those that can give it no more."""
    missing = [which for which in Signer if signer_of(meeting, which) == user and not has_signed(meeting, which)]
    is_drafted = meeting.state == MeetingState.MINUTES_DRAFTED
    return is_drafted and bool(missing) and all(each.person != user for each in lost)


def candidates(meeting: Meeting, which: Signer, at: datetime | None = None) -> list[User]:
    """Who may be named instead: a standing member who is present, or an officer; never who holds the other part."""
    if which == Signer.SECRETARY:
        people = list(secretaries_of(meeting.batch, at))
    else:
        there = present_members(meeting)
        people = [person for person in committee_of(meeting.batch) if person.pk in there]
    return [person for person in people if person.pk not in (meeting.chair_id, meeting.secretary_id)]


def present_members(meeting: Meeting) -> set[int]:
    """Numbers of the members who are at the meeting, or were to its end."""
    return set(meeting.attendance.filter(is_present=True).values_list("member_id", flat=True))


def replacements(meeting: Meeting) -> list[Replacement]:
    """Every replacement of a signer of the meeting in its order, as the meeting's chain has it."""
    events = list(AuditEvent.objects.filter(chain=chain_key(meeting), verb=REPLACING).order_by("seq"))
    people = User.objects.in_bulk({event.content[part] for event in events for part in ("former", "successor")})
    return [
        Replacement(
            which=Signer(event.content["signer"]),
            former=people[event.content["former"]],
            successor=people[event.content["successor"]],
            at=event.at,
            reason=event.content["reason"],
            by_name=event.by_name,
        )
        for event in events
    ]


def waiting_for_signer(user: Person, at: datetime | None = None) -> list[tuple[Meeting, list[LostSigner]]]:
    """Meetings of the person's office that go on only when another signer is named, the oldest first."""
    rows = Meeting.objects.filter(batches_under(user, Power.CALL_MEETINGS, "batch__"), state__in=TO_SIGN)
    meetings = list(rows.select_related("batch__authority", "chair", "secretary").order_by("held_at", "pk"))
    lost = lost_signers(meetings, at)
    return [(meeting, lost[meeting.pk]) for meeting in meetings if lost[meeting.pk]]


def declinings(meeting: Meeting) -> list[Declining]:
    """Every time that somebody would not sign the minutes of the meeting, the newest first, as its chain has it."""
    return [_declining(event) for event in _events([chain_key(meeting)], DECLINING).order_by("-seq")]


def sent_back(meetings: Iterable[Meeting]) -> dict[int, Declining]:
    """Of those whose minutes are to be written anew because somebody would not sign, by key; one query."""
    open_ones = {chain_key(each): each.pk for each in meetings if each.state == MeetingState.IN_SESSION}
    newest = {event.chain: event for event in _events(open_ones, DECLINING, DRAFTING).order_by("seq")}
    return {open_ones[chain]: _declining(event) for chain, event in newest.items() if event.verb == DECLINING}


def _events(chains: Iterable[str], *verbs: str) -> QuerySet[AuditEvent]:
    return AuditEvent.objects.filter(chain__in=list(chains), verb__in=verbs)


def _declining(event: AuditEvent) -> Declining:
    said = event.content
    fallen = tuple(Signer(each) for each in said["fallen"])
    return Declining(Signer(said["signer"]), event.by_name, event.at, said["reason"], fallen)


def waiting_for_text(user: Person) -> list[tuple[Meeting, Declining]]:
    """Meetings of the person's office whose minutes were sent back and are to be written anew, the oldest first."""
    rows = Meeting.objects.filter(batches_under(user, Power.CALL_MEETINGS, "batch__"), state=MeetingState.IN_SESSION)
    meetings = list(rows.order_by("held_at", "pk"))
    found = sent_back(meetings)
    return [(meeting, found[meeting.pk]) for meeting in meetings if meeting.pk in found]
