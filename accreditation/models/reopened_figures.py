"""重新审议 over a wrong figure: the figures named with the right values, and the score that follows once sent back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from accreditation.models.applications import VerifiedValue
from accreditation.models.people import User
from accreditation.models.reopenings import Reopening


class ReopeningFigure(models.Model):
    """One figure that a proposal says is wrong: what counted when it was proposed, and what ought to count.

    `verified` counts since the case was sent back; the value in whose place it came, if it was a verified one, and not
    the reported figure, is `replaced` and stays on record.
    """

    reopening = models.ForeignKey(Reopening, on_delete=models.PROTECT, related_name="figures")
    code = models.CharField(max_length=60)
    year = models.PositiveIntegerField(null=True)
    former = models.CharField(max_length=60)  # exact number as text, in the field's unit
    value = models.CharField(max_length=60)  # the same
    verified = models.OneToOneField(VerifiedValue, on_delete=models.PROTECT, null=True, related_name="corrects")
    replaced = models.ForeignKey(VerifiedValue, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint("reopening", "code", Coalesce("year", 0), name="one_reopening_figure_per_figure"),
            models.CheckConstraint(name="reopening_figure_is_changed", condition=~Q(former=F("value"))),
            models.CheckConstraint(
                name="replaced_figure_has_verified_value",
                condition=Q(replaced__isnull=True) | Q(verified__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year or ''} {self.former} → {self.value}"


class RevisedScore(models.Model):
    """改正后得分: what the same rule set gives on the corrected figures, frozen, beside the score it supersedes.

    A total is empty where the rules give no points. `unmet` holds the codes of the binding conditions that are not met
    any more: the committee cannot be for the application while there are any.
    """

    reopening = models.OneToOneField(Reopening, on_delete=models.PROTECT, related_name="revised_score")
    former_total = models.CharField(max_length=60, blank=True)  # exact number as text, in points
    former_evaluation = models.TextField()
    former_digest = models.CharField(max_length=64)
    total = models.CharField(max_length=60, blank=True)
    evaluation = models.TextField()
    digest = models.CharField(max_length=64)
    unmet = models.JSONField(default=list, blank=True)
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="revised_score_is_frozen", condition=~Q(evaluation="") & ~Q(digest="") & ~Q(former_digest="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reopening_id} {self.former_total} → {self.total}"
