"""Flow rows (they may be lost without losing a legal fact) and the calendar of working days."""

from __future__ import annotations

from django.db import models
from viewflow.workflow.models import Process

from accreditation.models import Case


class CaseFlow(Process):
    """The flow of one case; holds no fact but the link."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="flow")

    def __str__(self) -> str:
        return f"flow of {self.case_id}"


class CalendarDay(models.Model):
    """A day on which the State Council's holiday plan departs from Monday to Friday."""

    day = models.DateField(primary_key=True)
    is_working = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)
    source = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.day} {'+' if self.is_working else '-'}"


class CalendarYear(models.Model):
    """A year whose holiday plan is published; deadlines in any other year are provisional."""

    year = models.PositiveIntegerField(primary_key=True)
    source = models.CharField(max_length=120)
    imported_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.year)
