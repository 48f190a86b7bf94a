"""What a committed act promises to the outside, what was already answered, and what was typed but not yet sent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.enums import EffectState
from accreditation.models.people import User


class Effect(models.Model):
    """A side effect (mail, page, certificate) written in the transaction of its act and done after it, once."""

    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=160, unique=True)
    payload = models.JSONField()
    state = models.CharField(max_length=20, choices=EffectState, default=EffectState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    case_number = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(
                name="effects_to_do",
                fields=["due_at"],
                condition=Q(state__in=[EffectState.PENDING, EffectState.RUNNING]),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="done_effect_has_time", condition=~Q(state=EffectState.DONE) | Q(done_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return self.key


class RequestKey(models.Model):
    """A form that was sent: its answer is given again when it is sent twice."""

    key = models.CharField(max_length=80, unique=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT)
    fingerprint = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    claimed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Message(models.Model):
    """An in-site message: the sentence is made when it is read, in the reader's language."""

    recipient = models.ForeignKey(User, on_delete=models.PROTECT, related_name="inbox")
    case_number = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    key = models.CharField(max_length=160, unique=True)  # event, kind and person, and which of several

    class Meta:
        indexes = [models.Index(fields=["recipient", "read_at"])]

    def __str__(self) -> str:
        return self.key


class Draft(models.Model):
    """Text typed into a form and saved on change, so that a time-out or a second tab loses nothing."""

    user = models.ForeignKey(User, on_delete=models.PROTECT)
    form = models.CharField(max_length=160)  # path of the form
    field = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_draft_per_field", fields=["user", "form", "field"])]

    def __str__(self) -> str:
        return f"{self.form}#{self.field}"
