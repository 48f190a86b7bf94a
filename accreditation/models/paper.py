"""Lists of titles that were granted on paper: checked when they come, entered in the register by a second person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.enums import PaperImportState
from accreditation.models.applications import StoredFile
from accreditation.models.audit import Chained
from accreditation.models.people import User
from accreditation.models.state_field import StateField

S = PaperImportState


class PaperImport(Chained):
    """One uploaded list with what the check read and found. Who prepared it may not confirm it."""

    number = models.CharField(max_length=40, unique=True)
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    rows = models.JSONField()  # what is to be entered, one mapping a line
    findings = models.JSONField()  # faults, questions and lines that were entered before, each with its place
    state = StateField(default=S.PREPARED, choices=S.choices, protected=True)
    prepared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="paper_import_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="paper_is_confirmed_by_a_second_person",
                condition=~Q(state=S.CONFIRMED) | (Q(decided_by__isnull=False) & ~Q(decided_by=F("prepared_by"))),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.PREPARED, target=S.CONFIRMED)
    def confirm(self) -> None:
        """Entered in the register."""

    @transition(field=state, source=S.PREPARED, target=S.DROPPED)
    def drop(self) -> None:
        """Given up."""
