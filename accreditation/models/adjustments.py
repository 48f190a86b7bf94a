"""公示调整通知: corrects entries of a published notice by a notice of its own; the first is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.batches import Batch
from accreditation.models.notices import Notice, NoticeEntry
from accreditation.models.people import User
from accreditation.notice_words import AdjustmentKind


class NoticeAdjustment(models.Model):
    """One adjustment notice; its number is that of the notice that it refers to, with a number of its own."""

    number = models.CharField(max_length=64, unique=True)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="adjustments")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="notice_adjustments")
    body = models.TextField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(name="adjustment_says_why", condition=~Q(body=""))]

    def __str__(self) -> str:
        return self.number


class AdjustedEntry(models.Model):
    """One entry that it touches: the right name, or that it is off the list; the last moment where days run anew."""

    adjustment = models.ForeignKey(NoticeAdjustment, on_delete=models.PROTECT, related_name="lines")
    entry = models.ForeignKey(NoticeEntry, on_delete=models.PROTECT, related_name="adjustments")
    kind = models.CharField(max_length=20, choices=AdjustmentKind)
    corrected_name = models.CharField(max_length=120, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="entry_is_adjusted_once_per_notice", fields=["adjustment", "entry"]),
            models.CheckConstraint(
                name="corrected_entry_has_name", condition=~Q(kind=AdjustmentKind.CORRECTED) | ~Q(corrected_name="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adjustment_id}/{self.entry_id}"
