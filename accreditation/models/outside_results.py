"""Results from above that would warn a title or lift its warning: entered by one officer, confirmed by another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.models.enterprises import Enterprise
from accreditation.models.people import User
from accreditation.models.recommendations import ExternalNotice, TitleEvaluation
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title
from accreditation.recommendation_words import OutsideBand, ResultState

S = ResultState
SETTLED = Q(settled_by__isnull=False, settled_at__isnull=False)
WITHOUT_EFFECT = Q(evaluation__isnull=True)
BY_A_SECOND = ~Q(settled_by=F("recorded_by")) & (Q(recorded_for__isnull=True) | ~Q(settled_by=F("recorded_for")))
FOR_A_SECOND = Q(settled_for__isnull=True) | (
    ~Q(settled_for=F("recorded_by")) & (Q(recorded_for__isnull=True) | ~Q(settled_for=F("recorded_for")))
)


class ResultProposal(models.Model):
    """A result as one officer read it in the document; the evaluation itself is made when another confirms it."""

    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="result_proposals")
    holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")  # as it was entered
    year = models.PositiveIntegerField()
    band = models.CharField(max_length=20, choices=OutsideBand)
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="result_proposals")
    consequence = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)  # of the one who declined
    evaluation = models.OneToOneField(TitleEvaluation, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            models.CheckConstraint(name="result_state_known", condition=Q(state__in=S.values)),
            models.UniqueConstraint(name="one_waiting_result", fields=["title"], condition=Q(state=S.WAITING.value)),
            models.CheckConstraint(
                name="waiting_result_is_undecided",
                condition=~Q(state=S.WAITING)
                | Q(settled_by__isnull=True, settled_at__isnull=True, evaluation__isnull=True, reason=""),
            ),
            models.CheckConstraint(
                name="result_is_settled_in_the_place_of_another",
                condition=Q(settled_for__isnull=True) | (Q(settled_by__isnull=False) & ~Q(settled_for=F("settled_by"))),
            ),
            models.CheckConstraint(
                name="result_is_decided_in_the_place_of_a_second",
                condition=Q(state__in=[S.WAITING, S.WITHDRAWN]) | FOR_A_SECOND,
            ),
            models.CheckConstraint(
                name="result_is_confirmed_by_a_second_person",
                condition=~Q(state=S.CONFIRMED) | (SETTLED & BY_A_SECOND & Q(evaluation__isnull=False)),
            ),
            models.CheckConstraint(
                name="result_is_declined_by_a_second_person",
                condition=~Q(state=S.DECLINED) | (SETTLED & BY_A_SECOND & WITHOUT_EFFECT & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="result_is_withdrawn_by_its_recorder",
                condition=~Q(state=S.WITHDRAWN) | (SETTLED & WITHOUT_EFFECT & Q(settled_by=F("recorded_by"))),
            ),
            # A loss has a second person of its own, the one who registers it.
            models.CheckConstraint(name="waiting_result_is_no_loss", condition=~Q(band=OutsideBand.FAIL.value)),
        ]

    def __str__(self) -> str:
        return f"{self.title_id} {self.year} {self.band} {self.state}"

    @transition(field=state, source=S.WAITING, target=S.CONFIRMED)
    def confirm(self) -> None:
        """The result counts and the title follows it."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by whoever entered it."""
