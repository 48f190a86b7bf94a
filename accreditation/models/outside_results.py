"""Results from above that would warn a title or lift its warning: entered by one officer, confirmed by another."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.enterprises import Enterprise
from accreditation.models.recommendations import ExternalNotice, TitleEvaluation
from accreditation.models.titles import Title
from accreditation.recommendation_words import OutsideBand, ResultState


class ResultProposal(EnteredResult):
    """A result as one officer read it in the document; the evaluation itself is made when another confirms it."""

    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="result_proposals")
    holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")  # as it was entered
    year = models.PositiveIntegerField()
    band = models.CharField(max_length=20, choices=OutsideBand)
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="result_proposals")
    consequence = models.TextField(blank=True)
    evaluation = models.OneToOneField(TitleEvaluation, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_result", fields=["title"], condition=Q(state=ResultState.WAITING.value)
            ),
            *settled_by_two("result", brings_about="evaluation"),
            # A loss has a second person of its own, the one who registers it.
            models.CheckConstraint(name="waiting_result_is_no_loss", condition=~Q(band=OutsideBand.FAIL.value)),
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year} {self.band} {self.state}"
