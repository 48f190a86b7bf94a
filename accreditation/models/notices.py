"""Public notice, objections raised in it, and the announcement that gives effect."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.enums import NoticeState, ObjectionState
from accreditation.models.applications import Application
from accreditation.models.audit import Chained
from accreditation.models.batches import Batch
from accreditation.models.people import User
from accreditation.models.state_field import StateField


class Notice(Chained):
    """公示: a list of a batch, open to objections for its working days."""

    number = models.CharField(max_length=60, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="notices")
    body = models.TextField()
    published_at = models.DateTimeField()
    working_days = models.PositiveIntegerField()
    ends_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT)
    state = StateField(default=NoticeState.PUBLISHED, choices=NoticeState.choices, protected=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="notice_runs_forward", condition=Q(ends_at__gt=F("published_at")))]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=NoticeState.PUBLISHED, target=NoticeState.ENDED)
    def end(self) -> None:
        """Its working days are over."""


class NoticeEntry(models.Model):
    """One application in the list, as it was printed."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="entries")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="notice_entries")
    position = models.PositiveIntegerField()
    enterprise_name = models.CharField(max_length=120)
    district = models.CharField(max_length=6)
    product = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_entry_per_application", fields=["notice", "application"])]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.position}"


class Objection(models.Model):
    """异议: signed by name, kept confidential; holds back its own case only."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="objections")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="objections")
    number = models.CharField(max_length=40, unique=True)
    objector = models.CharField(max_length=80)
    contact = models.CharField(max_length=120)
    text = models.TextField()
    file = models.ForeignKey("StoredFile", on_delete=models.PROTECT, null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    raised_at = models.DateTimeField()
    state = StateField(default=ObjectionState.RECEIVED, choices=ObjectionState.choices, protected=True)
    reasons = models.TextField(blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="settled_objection_has_reasons",
                condition=Q(state=ObjectionState.RECEIVED) | (~Q(reasons="") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="objection_is_signed", condition=~Q(objector="") & ~Q(contact="")),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=ObjectionState.RECEIVED, target=ObjectionState.UPHELD)
    def uphold(self) -> None:
        """Found true."""

    @transition(field=state, source=ObjectionState.RECEIVED, target=ObjectionState.DISMISSED)
    def dismiss(self) -> None:
        """Found untrue or beside the point."""

    @transition(field=state, source=ObjectionState.RECEIVED, target=ObjectionState.MOOT)
    def drop(self) -> None:
        """Not looked into any further: the case left the notice over another one."""


class Announcement(Chained):
    """公布: the list that gives effect."""

    number = models.CharField(max_length=60, unique=True)  # 文号
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="announcements")
    dated = models.DateField()
    body = models.TextField()
    announced_by = models.ForeignKey(User, on_delete=models.PROTECT)
    announced_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
