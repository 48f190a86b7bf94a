"""Committee meetings as their members and the office read them: lists, agenda, papers of an item, votes by name."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, When

from accreditation.enums import ApplicationState, MeetingState
from accreditation.errors import NotFound
from accreditation.models import (
    Application,
    Attendance,
    Batch,
    FirstReview,
    Meeting,
    MeetingItem,
    MeetingRecusal,
    PresenceChange,
    RevisedScore,
    User,
    Vote,
)
from accreditation.permissions import batches_under, has_power_over
from accreditation.roles import Power
from accreditation.services.reopened_figures import revised_scores
from accreditation.visibility import unconnected_items, visible_items

WAITS = ApplicationState.UNDER_OVERALL_REVIEW


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One item of the agenda for one reader: own vote if any, no vote in it, open to them, votes in and recusals."""

    item: MeetingItem
    own_vote: Vote | None
    is_recused: bool
    is_open: bool
    votes: int
    recusals: int
    revised: RevisedScore | None  # on figures that were corrected since earlier minutes


def meetings_of(user: User) -> QuerySet[Meeting]:
    """Meetings that the person may open: all that the own office calls, own ones for a member.

    What is still to be done stands first, the earliest meeting on top; then the others, the newest first.
    """
    related = ("batch__programme__granted_by", "batch__authority", "chair", "secretary")
    rows = Meeting.objects.select_related(*related).annotate(item_count=Count("items"))
    own = Q(pk__in=Attendance.objects.filter(member=user).values("meeting"))
    rows = rows.filter(own | batches_under(user, Power.CALL_MEETINGS, "batch__"))
    over = Q(state__in=(MeetingState.ADOPTED, MeetingState.CANCELLED))
    rows = rows.annotate(is_over=Case(When(over, then=True), default=False, output_field=BooleanField()))
    rows = rows.annotate(waits_since=Case(When(is_over=False, then="held_at")))
    return rows.order_by("is_over", F("waits_since").asc(nulls_last=True), "-held_at", "-pk")


def batches_waiting(user: User) -> QuerySet[Batch]:
    """Batches of the person's office with applications that wait for a meeting."""
    waiting = untabled().values("batch")
    return (
        Batch.objects.filter(batches_under(user, Power.CALL_MEETINGS), pk__in=waiting)
        .select_related("programme")
        .order_by("-opens_at", "-pk")
    )


def untabled(batch: Batch | None = None) -> QuerySet[Application]:
    """Applications under overall review that no open agenda holds, by case number."""
    tabled = MeetingItem.objects.filter(is_open=True).values("application")
    rows = Application.objects.filter(state=WAITS).exclude(pk__in=tabled)
    if batch is not None:
        rows = rows.filter(batch=batch)
    return rows.select_related("case", "enterprise").order_by("case__number")


def agenda(meeting: Meeting, user: User) -> list[AgendaRow]:
    """The items in their order, with what the reader has done; six queries whatever the number."""
    items = list(meeting.items.select_related("application__case", "application__enterprise").order_by("position"))
    votes: dict[int, list[Vote]] = defaultdict(list)
    for vote in Vote.objects.filter(item__in=items):
        votes[vote.item_id].append(vote)
    open_to_reader = set(unconnected_items(meeting.items.all(), user).values_list("pk", flat=True))
    stepped_out: dict[int, set[int]] = defaultdict(set)
    for recusal in MeetingRecusal.objects.filter(item__in=items):
        stepped_out[recusal.item_id].add(recusal.member_id)
    revised = revised_scores([item.application_id for item in items])
    return [
        AgendaRow(
            item=item,
            own_vote=next((vote for vote in votes[item.pk] if vote.member_id == user.pk), None),
            is_recused=user.pk in stepped_out[item.pk] or item.pk not in open_to_reader,
            is_open=item.pk in open_to_reader,
            votes=len(votes[item.pk]),
            recusals=len(stepped_out[item.pk]),
            revised=revised.get(item.application_id),
        )
        for item in items
    ]


def item_for(user: User, meeting: Meeting, position: int) -> MeetingItem:
    """One item with its case; NotFound for a member who stepped out of it, and for everybody who is no member."""
    rows = meeting.items.filter(position=position).select_related("meeting__batch", "application__case")
    if is_member(meeting, user) or not has_power_over(user, Power.CALL_MEETINGS, meeting.batch):
        rows = rows.filter(pk__in=visible_items(user).values("pk"))
    item = unconnected_items(rows, user).first()
    if item is None:
        raise NotFound(f"{meeting.number}/{position}")
    return item


def newest_item(user: User, case_number: str) -> MeetingItem:
    """The newest item of a case that the member may read; NotFound when there is none."""
    rows = visible_items(user).filter(application__case__number=case_number).select_related("meeting")
    item = rows.order_by("-meeting__held_at", "-pk").first()
    if item is None:
        raise NotFound(case_number)
    return item


def is_member(meeting: Meeting, user: User) -> bool:
    """Whether the person is entitled to vote at this meeting."""
    return meeting.attendance.filter(member=user).exists()


def attendance_of(meeting: Meeting) -> list[Attendance]:
    """Members entitled, in the order of the call."""
    return list(meeting.attendance.select_related("member").order_by("pk"))


def votes_by_name(item: MeetingItem) -> list[Vote]:
    """Votes cast on an item, in the order they came."""
    return list(item.votes.select_related("member").order_by("cast_at", "pk"))


def presence_changes(meeting: Meeting) -> list[PresenceChange]:
    """Who left and who came later, in that order."""
    rows = PresenceChange.objects.filter(attendance__meeting=meeting)
    return list(rows.select_related("attendance__member").order_by("noted_at", "pk"))


def member_of(meeting: Meeting, pk: int) -> Attendance:
    """One member of the meeting; raises NotFound."""
    row = meeting.attendance.select_related("member").filter(member_id=pk).first()
    if row is None:
        raise NotFound(meeting.number)
    return row


def recusals_of(item: MeetingItem) -> list[MeetingRecusal]:
    """Members who stepped out of an item."""
    return list(item.recusals.select_related("member").order_by("declared_at", "pk"))


def may_read_votes(item: MeetingItem, user: User) -> bool:
    """Named votes are open to the office, and to a member who has voted or after the votes were closed."""
    if item.meeting.state not in (MeetingState.CALLED, MeetingState.IN_SESSION):
        return True
    return not is_member(item.meeting, user) or item.votes.filter(member=user).exists()


def first_review_of(application: Application) -> FirstReview | None:
    """The newest opinion of the district."""
    return application.first_reviews.order_by("-reviewed_at", "-pk").first()


def under_review(batch: Batch) -> QuerySet[Application]:
    """Applications of a batch under overall review, tabled or not: the service says which are on an agenda already."""
    return batch.applications.filter(state=WAITS).select_related("case", "enterprise").order_by("case__number")


def batch_of_code(user: User, code: str) -> Batch | None:
    """A batch of the person's office by its code."""
    rows = Batch.objects.filter(batches_under(user, Power.CALL_MEETINGS), code=code)
    return rows.select_related("programme").first()
