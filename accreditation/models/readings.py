"""A long workbook on its way: sent, waiting in the spool folder, read by the worker, ended with upload or reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.enums import ReadingState
from accreditation.models.applications import Application, WorkbookUpload
from accreditation.models.people import User

OPEN = [ReadingState.WAITING, ReadingState.READING]


class WorkbookReading(models.Model):
    """One reading in the background. The file lies in the spool folder while the reading is open, and no longer."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="readings")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(max_length=200)
    spool_name = models.CharField(max_length=64, unique=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=ReadingState, default=ReadingState.WAITING)
    started_at = models.DateTimeField(null=True, blank=True)
    rows_done = models.PositiveIntegerField(default=0)
    rows_known = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    upload = models.OneToOneField(WorkbookUpload, on_delete=models.PROTECT, null=True, related_name="reading")
    refusal = models.TextField(blank=True)  # the fault that ended it, as JSON in both languages

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_reading_per_number", fields=["application", "number"]),
            models.UniqueConstraint(
                name="one_open_reading_per_application", fields=["application"], condition=Q(state__in=OPEN)
            ),
            models.CheckConstraint(
                name="ended_reading_has_upload_or_refusal",
                condition=(Q(state__in=OPEN) & Q(finished_at__isnull=True) & Q(upload__isnull=True) & Q(refusal=""))
                | (Q(state=ReadingState.DONE) & Q(finished_at__isnull=False) & Q(upload__isnull=False))
                | (Q(state=ReadingState.REFUSED) & Q(finished_at__isnull=False) & ~Q(refusal="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} r{self.number}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits or is being read."""
        return self.state in OPEN
