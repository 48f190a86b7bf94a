"""A case is one run of one procedure: flow, audit chain, clocks and letters hang on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from accreditation.clocks import ClockEventKind, DeadlineKind, DeadlineState, PauseGround
from accreditation.enums import LetterKind
from accreditation.models.audit import Chained
from accreditation.models.batches import Batch
from accreditation.models.enterprises import Enterprise


class Case(Chained):
    """One run of one procedure over one subject. The subject row (Application, ...) points here."""

    number = models.CharField(max_length=40, unique=True)
    procedure = models.CharField(max_length=60)  # edition chosen when the case was opened; see EditionChange
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="cases")
    district = models.CharField(max_length=6)  # of the accepting body, fixed at opening
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="cases")
    state = models.CharField(max_length=40)  # legal state of the subject, written with it by the door, for lists
    opened_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Open requests that hold somebody back (回避申请), counted here so that acts in a case without any ask nothing.
    recusals_asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["batch", "state"]),
            models.Index(fields=["district", "state"]),
            models.Index(fields=["enterprise", "-opened_at"]),
            models.Index(fields=["-opened_at"]),
        ]

    def __str__(self) -> str:
        return self.number


class CaseSubject(models.Model):
    """What a case is about. Each kind adds its own FSM column `state`, which only the door moves."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="%(class)s")
    if TYPE_CHECKING:
        state: Any

    class Meta:
        abstract = True


class Deadline(models.Model):
    """A clock of a case: started by an act, due at the end of a day, computed and never counted down."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="deadlines")
    kind = models.CharField(max_length=40, choices=DeadlineKind)
    started_at = models.DateTimeField()
    working_days = models.PositiveIntegerField()  # days on end where `in_calendar_days`
    in_calendar_days = models.BooleanField(default=False)  # e.g. 行政复议法第二十条: 60 日
    due_at = models.DateTimeField()
    is_provisional = models.BooleanField(default=False)  # crosses into a year without a published calendar
    fires = models.CharField(max_length=60, blank=True)  # verb that the clock performs when due
    state = models.CharField(max_length=20, choices=DeadlineState, default=DeadlineState.RUNNING)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(name="running_deadlines", fields=["due_at"], condition=Q(state=DeadlineState.RUNNING)),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_running_clock_per_kind",
                fields=["case", "kind"],
                # Each objection against a case has a hearing of its own, each request for a recusal its answer.
                condition=Q(state__in=[DeadlineState.RUNNING, DeadlineState.PAUSED])
                & ~Q(kind__in=[DeadlineKind.OBJECTION_STATEMENT, DeadlineKind.RECUSAL_ANSWER]),
            ),
            models.CheckConstraint(
                name="settled_clock_has_time",
                condition=Q(state__in=[DeadlineState.RUNNING, DeadlineState.PAUSED]) | Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


COUNTING = [ClockEventKind.EXTENDED, ClockEventKind.GIVEN_BACK]  # with a number of days


class ClockEvent(models.Model):
    """What happened to a clock, and on which ground; the instant when it is due follows from these rows."""

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=ClockEventKind)
    at = models.DateTimeField()
    ground = models.CharField(max_length=40, blank=True, choices=PauseGround)
    remark = models.CharField(max_length=300, blank=True)
    days = models.PositiveIntegerField(default=0)  # added to the clock by an extension, or given back

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="only_an_extension_adds_days",
                condition=Q(kind__in=COUNTING, days__gte=1) | (~Q(kind__in=COUNTING) & Q(days=0)),
            ),
            models.CheckConstraint(name="pause_has_a_ground", condition=~Q(kind=ClockEventKind.PAUSED) | ~Q(ground="")),
            models.UniqueConstraint(
                name="clock_starts_once", fields=["deadline"], condition=Q(kind=ClockEventKind.STARTED)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.kind}"


class LetterText(models.Model):
    """An official letter as it was sent: number, text, remedy text where the act is adverse, hash."""

    number = models.CharField(max_length=60, unique=True)
    dated = models.DateField()
    issued_by = models.CharField(max_length=120)
    addressed_to = models.CharField(max_length=120)
    body = models.TextField()
    remedy = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number


class Letter(LetterText):
    """A letter of a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=40, choices=LetterKind)

    class Meta:
        ordering = ["-created_at", "-id"]
