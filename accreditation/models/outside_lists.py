"""Lists in which a national authority recognises: as one officer read them, and what the second made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.models.applications import Application
from accreditation.models.batches import Batch
from accreditation.models.outside_results import BY_A_SECOND, FOR_A_SECOND, SETTLED
from accreditation.models.people import User
from accreditation.models.recommendations import ExternalNotice
from accreditation.models.state_field import StateField
from accreditation.recommendation_words import ResultState

S = ResultState


class OutsideList(models.Model):
    """The national result of a batch as one officer entered it; cases move and titles begin when another confirms it.

    `recorded_for` and `settled_for`: whose power was lent.
    """

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="outside_lists")
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, related_name="outside_lists")
    without_public_notice = models.CharField(max_length=500, blank=True)  # why none came before, where one is asked
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)  # of the one who declined

    class Meta:
        constraints = [
            models.CheckConstraint(name="outside_list_state_known", condition=Q(state__in=S.values)),
            models.UniqueConstraint(
                name="one_waiting_outside_list", fields=["batch"], condition=Q(state=S.WAITING.value)
            ),
            models.CheckConstraint(
                name="waiting_outside_list_is_undecided",
                condition=~Q(state=S.WAITING) | Q(settled_by__isnull=True, settled_at__isnull=True, reason=""),
            ),
            models.CheckConstraint(
                name="outside_list_is_settled_in_the_place_of_another",
                condition=Q(settled_for__isnull=True) | (Q(settled_by__isnull=False) & ~Q(settled_for=F("settled_by"))),
            ),
            models.CheckConstraint(
                name="outside_list_is_decided_in_the_place_of_a_second",
                condition=Q(state__in=[S.WAITING, S.WITHDRAWN]) | FOR_A_SECOND,
            ),
            models.CheckConstraint(
                name="outside_list_is_confirmed_by_a_second_person",
                condition=~Q(state=S.CONFIRMED) | (SETTLED & BY_A_SECOND),
            ),
            models.CheckConstraint(
                name="outside_list_is_declined_by_a_second_person",
                condition=~Q(state=S.DECLINED) | (SETTLED & BY_A_SECOND & ~Q(reason="")),
            ),
            models.CheckConstraint(
                name="outside_list_is_withdrawn_by_its_recorder",
                condition=~Q(state=S.WITHDRAWN) | (SETTLED & Q(settled_by=F("recorded_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.notice_id} {self.state}"

    @transition(field=state, source=S.WAITING, target=S.CONFIRMED)
    def confirm(self) -> None:
        """It counts: the cases move with it."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by whoever entered it."""


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
