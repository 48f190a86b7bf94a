"""A change of running cases from one edition of a procedure to another, proposed and confirmed by two persons."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.models.people import User


class EditionChange(models.Model):
    """What is to become of the running cases of an edition, as proposed; who confirmed it; what became of each case."""

    number = models.CharField(max_length=40, unique=True)
    edition_before = models.CharField(max_length=60)
    edition_after = models.CharField(max_length=60)
    mapping = models.TextField()  # the file as it was read
    mapping_sha256 = models.CharField(max_length=64)
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=list)  # [{case, before, after, reasons}] of the run that finished it

    class Meta:
        constraints = [
            models.CheckConstraint(name="edition_change_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="edition_change_is_confirmed_by_a_second_person",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="finished_edition_change_was_confirmed",
                condition=Q(finished_at__isnull=True) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number
