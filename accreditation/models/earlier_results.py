"""Results of an evaluation from before this system, as one officer read them, and what the second made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.batches import Batch
from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.evaluations import EvaluationRound
from accreditation.models.titles import Title
from accreditation.recommendation_words import ResultState


class EarlierResult(EnteredResult):
    """The announcement of an earlier round as entered for a batch; the round is made when another confirms it."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="earlier_results")
    year = models.PositiveIntegerField()
    document_number = models.CharField(max_length=60)
    dated = models.DateField()
    round = models.OneToOneField(EvaluationRound, on_delete=models.PROTECT, null=True, related_name="entered_as")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_earlier_result", fields=["batch"], condition=Q(state=ResultState.WAITING.value)
            ),
            *settled_by_two("earlier_result", brings_about="round"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.year} {self.state}"


class EarlierResultLine(models.Model):
    """The band of one title, by its code in the rules of the batch."""

    entry = models.ForeignKey(EarlierResult, on_delete=models.PROTECT, related_name="lines")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="earlier_result_lines")
    position = models.PositiveIntegerField()
    band = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_earlier_result_per_title", fields=["entry", "title"])]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.title_id} {self.band}"
