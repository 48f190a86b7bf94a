"""The committee: meeting, agenda, attendance, recusals, votes, minutes, decisions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _
from django_fsm import transition

from accreditation.enums import Choice, MeetingState
from accreditation.meeting_words import RecusalGround
from accreditation.models.applications import Application
from accreditation.models.audit import Chained
from accreditation.models.batches import Batch
from accreditation.models.people import User
from accreditation.models.state_field import StateField

M = MeetingState


class Meeting(Chained):
    """A meeting over a batch. Its minutes are text frozen by hash and signed by chair and secretary."""

    number = models.CharField(max_length=40, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="meetings")
    held_at = models.DateTimeField()
    place = models.CharField(max_length=120)
    chair = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    secretary = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = StateField(default=M.CALLED, choices=M.choices, protected=True)
    members_entitled = models.PositiveIntegerField()
    minutes = models.TextField(blank=True)
    minutes_sha256 = models.CharField(max_length=64, blank=True)
    signed_by_chair_at = models.DateTimeField(null=True, blank=True)
    signed_by_secretary_at = models.DateTimeField(null=True, blank=True)
    cancelled_for = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="cancelled_meeting_has_reason", condition=~Q(state=M.CANCELLED) | ~Q(cancelled_for="")
            ),
            models.CheckConstraint(
                name="adopted_minutes_are_signed",
                condition=~Q(state=M.ADOPTED)
                | (
                    ~Q(minutes="")
                    & ~Q(minutes_sha256="")
                    & Q(signed_by_chair_at__isnull=False)
                    & Q(signed_by_secretary_at__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=M.CALLED, target=M.IN_SESSION)
    def start(self) -> None:
        """Quorum is present."""

    @transition(field=state, source=M.IN_SESSION, target=M.MINUTES_DRAFTED)
    def draft_minutes(self) -> None:
        """All items are voted; the minutes are generated."""

    @transition(field=state, source=M.MINUTES_DRAFTED, target=M.IN_SESSION)
    def withdraw_minutes(self) -> None:
        """The minutes are written anew: nobody has signed yet, another is to sign, or somebody would not."""

    @transition(field=state, source=M.CALLED, target=M.CANCELLED)
    def cancel(self) -> None:
        """It does not take place; its cases are free for another agenda."""

    @transition(field=state, source=M.MINUTES_DRAFTED, target=M.ADOPTED)
    def adopt(self) -> None:
        """Chair and secretary have signed."""


class MeetingItem(models.Model):
    """One application on the agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="items")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="meeting_items")
    position = models.PositiveIntegerField()
    outcome = models.CharField(max_length=20, choices=Choice, blank=True)
    reasons = models.TextField(blank=True)
    # holds its case: the meeting is neither adopted nor cancelled, and the item was not adjourned
    is_open = models.BooleanField(default=True)
    voted_at = models.DateTimeField(null=True, blank=True)  # all who took part have voted; whoever comes later does not
    adjourned_at = models.DateTimeField(null=True, blank=True)
    adjourned_for = models.TextField(blank=True)
    is_given_up = models.BooleanField(default=False)  # by the applicant, so that no meeting decides on it any more
    # secret votes, counted by choice only: nothing says which of them is whose, nor in which order they came
    ballots = models.JSONField(default=dict, blank=True)
    chair_choice = models.CharField(max_length=20, choices=Choice, blank=True)  # where no choice had more than half
    chair_reason = models.TextField(blank=True)
    # where the batch has a quota of proposals: place by score among the items to be recognised, frozen with the minutes
    place = models.PositiveIntegerField(null=True, blank=True)
    score = models.CharField(max_length=60, blank=True)  # exact
    is_within_quota = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_item_per_application", fields=["meeting", "application"]),
            models.UniqueConstraint(name="one_item_per_position", fields=["meeting", "position"]),
            models.UniqueConstraint(
                name="one_open_item_per_application", fields=["application"], condition=Q(is_open=True)
            ),
            models.CheckConstraint(
                name="adjourned_item_has_reason_and_no_outcome",
                condition=Q(adjourned_at__isnull=True) | (~Q(adjourned_for="") & Q(outcome="", is_open=False)),
            ),
            models.CheckConstraint(
                name="given_up_item_is_off_the_agenda",
                condition=Q(is_given_up=False) | Q(adjourned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="adverse_outcome_has_reasons",
                condition=Q(outcome__in=["", Choice.RECOGNISE]) | ~Q(reasons=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.position}"

    def outcome_label(self) -> str:
        """The outcome in the words of the batch, or that it was adjourned, or given up."""
        if self.is_given_up:
            return _("已放弃，撤下")
        if self.adjourned_at is not None:
            return _("改期审议")
        return str(self.meeting.batch.choice_words[Choice(self.outcome)]) if self.outcome else ""

    def chair_choice_label(self) -> str:
        """What the chair decided, in the words of the batch."""
        return str(self.meeting.batch.choice_words[Choice(self.chair_choice)]) if self.chair_choice else ""


class Attendance(models.Model):
    """A member who was entitled and whether present."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendance")
    member = models.ForeignKey(User, on_delete=models.PROTECT)
    is_present = models.BooleanField(default=False)
    noted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_attendance_per_member", fields=["meeting", "member"])]

    def __str__(self) -> str:
        return f"{self.meeting_id}/{self.member_id}"


class PresenceChange(models.Model):
    """A member who left a meeting in session, or came later."""

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="changes")
    is_present = models.BooleanField()  # from now on
    reason = models.TextField()
    noted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="presence_change_has_reason", condition=~Q(reason=""))]

    def __str__(self) -> str:
        return f"{self.attendance} {'+' if self.is_present else '-'}"


class MeetingRecusal(models.Model):
    """A member who does not take part in one item."""

    item = models.ForeignKey(MeetingItem, on_delete=models.PROTECT, related_name="recusals")
    member = models.ForeignKey(User, on_delete=models.PROTECT)
    ground = models.CharField(max_length=20, choices=RecusalGround, default=RecusalGround.DECLARED)
    tie = models.TextField()
    declared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_recusal_per_item", fields=["item", "member"])]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.member_id}"


class Vote(models.Model):
    """One member's vote on one item; of a secret one, only that it was cast."""

    item = models.ForeignKey(MeetingItem, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(User, on_delete=models.PROTECT)
    choice = models.CharField(max_length=20, choices=Choice, blank=True)
    remark = models.TextField(blank=True)
    cast_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_vote_per_member", fields=["item", "member"])]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.member_id}"

    def choice_label(self) -> str:
        """The choice in the words of the batch; of a secret vote, that it was cast."""
        if not self.choice:
            return _("已投票")
        return str(self.item.meeting.batch.choice_words[Choice(self.choice)])


class Decision(models.Model):
    """What was decided of an application, resting on adopted minutes."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="decisions")
    item = models.OneToOneField(MeetingItem, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(max_length=20, choices=Choice)
    reasons = models.TextField(blank=True)
    votes_for = models.PositiveIntegerField()
    votes_cast = models.PositiveIntegerField()
    decided_at = models.DateTimeField()
    minutes_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.CheckConstraint(name="decision_rests_on_minutes", condition=~Q(minutes_sha256="")),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.outcome}"
