"""Reminders: each step of a ladder of a clock that came due, once."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.cases import Deadline
from accreditation.reminders import ReminderAudience, ReminderState


class Reminder(models.Model):
    """A step of the ladder of one clock that has been dealt with; the constraint is what makes it happen once."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    step = models.CharField(max_length=20)  # code of `workflows.ladders`
    audience = models.CharField(max_length=20, choices=ReminderAudience)
    state = models.CharField(max_length=20, choices=ReminderState)
    at = models.DateTimeField()
    due_at = models.DateTimeField()  # last second of the clock as it stood then
    people = models.PositiveIntegerField()  # how many were told
    ends_ladder = models.BooleanField()  # the last step: nothing more to look for

    class Meta:
        constraints = [
            models.UniqueConstraint(name="each_step_once_per_clock", fields=["deadline", "step"]),
            models.CheckConstraint(
                name="sent_reminder_told_somebody", condition=~Q(state=ReminderState.SENT) | Q(people__gt=0)
            ),
            models.CheckConstraint(name="reminder_state_known", condition=Q(state__in=ReminderState.values)),
        ]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.step}"
