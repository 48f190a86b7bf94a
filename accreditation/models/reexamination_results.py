"""Results of re-examinations as one officer read them in the ministry's notice, and what the second made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.recommendations import ExternalNotice
from accreditation.models.reexaminations import Reexamination, ReexaminationRound
from accreditation.recommendation_words import ResultState


class ReexaminationResult(EnteredResult):
    """The ministry's notice over a round as entered; titles are renewed, or cases lost, when another confirms it."""

    round = models.ForeignKey(ReexaminationRound, on_delete=models.PROTECT, related_name="results")
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="reexamination_results")
    valid_until = models.DateField(null=True, blank=True)  # of those who passed, where the notice says so
    reasons = models.TextField(blank=True)  # what the notice says of those who did not

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_reexamination_result",
                fields=["round"],
                condition=Q(state=ResultState.WAITING.value),
            ),
            *settled_by_two("reexamination_result"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.notice_id} {self.state}"


class ReexaminationResultLine(models.Model):
    """What the notice says of one case."""

    entry = models.ForeignKey(ReexaminationResult, on_delete=models.PROTECT, related_name="lines")
    reexamination = models.ForeignKey(Reexamination, on_delete=models.PROTECT, related_name="result_lines")
    is_passed = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_result_line_per_reexamination", fields=["entry", "reexamination"])
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.reexamination_id} {self.is_passed}"
