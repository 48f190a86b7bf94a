"""A return of a matter for correction: its points by field, what stood there, and what stands there afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.cases import Case
from accreditation.models.people import User
from accreditation.models.returns import FurtherReturn


class MatterReturn(models.Model):
    """One return of a change, a yearly report or a re-examination; it is open until the holder hands in again."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="returns")
    number = models.PositiveIntegerField()
    by_owner = models.CharField(max_length=20)  # the level: district or office
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    permission = models.OneToOneField(
        FurtherReturn, on_delete=models.PROTECT, null=True, related_name="matter_return"
    )  # what a superior allowed, spent with this return
    general_remark = models.TextField(blank=True)
    on_file = models.JSONField()  # keys of the papers that lay on file, so that later ones are known as such
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_matter_return_per_number", fields=["case", "number"]),
            models.UniqueConstraint(
                name="one_open_matter_return", fields=["case"], condition=Q(closed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} #{self.number}"


class MatterPoint(models.Model):
    """One point to correct: a figure of a year, a text or a paper, with the remark and both values as plain text."""

    request = models.ForeignKey(MatterReturn, on_delete=models.PROTECT, related_name="points")
    target = models.CharField(max_length=20, choices=[("figure", "figure"), ("text", "text"), ("document", "document")])
    code = models.CharField(max_length=60)  # of a paper its key, or that another one is to be handed in
    year = models.PositiveIntegerField(null=True, blank=True)
    name = models.CharField(max_length=300)  # as the letter names it
    remark = models.TextField()
    clause = models.CharField(max_length=120, blank=True)
    before = models.TextField(blank=True)
    after = models.TextField(null=True)  # empty is not the same as not handed in again

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_matter_point_per_field", fields=["request", "target", "code", "year"]),
            models.CheckConstraint(name="matter_point_has_remark", condition=~Q(remark="")),
        ]

    def __str__(self) -> str:
        return f"{self.name}"

    @property
    def field(self) -> str:
        """Name of the field as forms and figures have it."""
        return f"{self.code}-{self.year}" if self.year else self.code
