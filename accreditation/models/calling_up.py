"""递补: a place of the quota that came to be free is given to the next in order, by one officer and a second."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.models.applications import Application
from accreditation.models.batches import Batch
from accreditation.models.entered_results import EnteredResult, settled_by_two
from accreditation.models.meetings import Decision
from accreditation.recommendation_words import ResultState


class CallingUp(EnteredResult):
    """An application below the quota that one officer puts forward for a free place; it moves when another confirms.

    It stands beside the frozen ranking and the minutes, which stay as they are: `decision` is what they say in favour.
    `vacated_decision` is by what its former holder had the place that it takes, known once it is confirmed; empty where
    nobody has had the place. One decision leaves one place, which is given once; whoever lost its own may be called up
    for it again, on a later decision. `document` and `dated` name what allows it where
    the letter upward had gone out before; empty where the batch's own quota is the ground.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="callings_up")
    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="callings_up")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="callings_up")
    vacated_decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, related_name="place_passed_on")
    document = models.CharField(max_length=200, blank=True)  # title and number
    dated = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            *settled_by_two("calling_up"),
            models.UniqueConstraint(name="place_is_passed_on_once", fields=["vacated_decision"]),
            models.CheckConstraint(
                name="calling_up_takes_a_place_once_confirmed",
                condition=Q(vacated_decision__isnull=True) | Q(state=ResultState.CONFIRMED.value),
            ),
            models.UniqueConstraint(
                name="one_calling_up_per_decision",
                fields=["decision"],
                condition=Q(state__in=[ResultState.WAITING.value, ResultState.CONFIRMED.value]),
            ),
            models.CheckConstraint(
                name="calling_up_takes_the_place_of_another",
                condition=Q(vacated_decision__isnull=True) | ~Q(vacated_decision=F("decision")),
            ),
            models.CheckConstraint(
                name="document_of_calling_up_has_its_day",
                condition=Q(document="", dated__isnull=True) | (~Q(document="") & Q(dated__isnull=False)),
            ),
        ]

    @property
    def vacated_by(self) -> Application | None:
        """Whose place it takes; see `vacated_decision`."""
        return self.vacated_decision.application if self.vacated_decision else None

    def __str__(self) -> str:
        return f"{self.batch_id} {self.application_id} {self.state}"
