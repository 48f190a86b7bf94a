"""Lists in which a national authority recognises: as one officer read them, and what the second made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.applications import Application
from accreditation.models.batches import Batch
from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.recommendations import ExternalNotice
from accreditation.recommendation_words import ResultState


class OutsideList(EnteredResult):
    """The national result of a batch as one officer entered it; cases move and titles begin when another confirms it.

    One that `corrects` another holds the lines alone that were confirmed wrongly; `why` says how that came about.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="outside_lists")
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="outside_lists")
    without_public_notice = models.CharField(max_length=500, blank=True)  # why none came before, where one is asked
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="corrections")
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_outside_list", fields=["batch"], condition=Q(state=ResultState.WAITING.value)
            ),
            *settled_by_two("outside_list"),
            models.CheckConstraint(
                name="correcting_outside_list_says_why",
                condition=Q(corrects__isnull=True, why="") | (Q(corrects__isnull=False) & ~Q(why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.notice_id} {self.state}"


class OutsideListLine(models.Model):
    """What the list says of one application: in it, or not and what was said of that."""

    entry = models.ForeignKey(OutsideList, on_delete=models.PROTECT, related_name="lines")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="outside_lines")
    is_recognised = models.BooleanField()
    reasons = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_outside_line_per_application", fields=["entry", "application"]),
            models.CheckConstraint(
                name="recognised_outside_line_needs_no_reasons", condition=Q(is_recognised=False) | Q(reasons="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.application_id} {self.is_recognised}"
