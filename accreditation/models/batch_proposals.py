"""Batches opened, prolonged or called off by two officers: what one puts forward, and what the other made of it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.batch_words import BatchAct, ProposalState
from accreditation.models.batches import Batch, Programme
from accreditation.models.two_persons import TwoPersonProposal, conditions_of_two


class BatchProposal(TwoPersonProposal):
    """One act over a batch; of an opening everything that the batch would pin, its rules by their checksum."""

    kind = models.CharField(max_length=10, choices=BatchAct)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="batch_proposals")
    subject = models.CharField(max_length=40)  # code of the batch, also of the one that would be opened
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, related_name="proposals")
    opening = models.JSONField(default=dict, blank=True)  # of an opening: field and value, moments as ISO 8601
    closes_before = models.DateTimeField(null=True, blank=True)  # of a longer window: its end as it was
    closes_at = models.DateTimeField(null=True, blank=True)  # and as it would be
    reason = models.CharField(max_length=300, blank=True)
    document = models.CharField(max_length=200, blank=True)  # of a longer window: title and number

    class Meta:
        constraints = [
            *conditions_of_two("batch_act"),
            models.CheckConstraint(name="batch_act_known", condition=Q(kind__in=BatchAct.values)),
            models.UniqueConstraint(
                name="one_waiting_act_per_batch", fields=["subject"], condition=Q(state=ProposalState.WAITING.value)
            ),
            models.CheckConstraint(
                name="batch_act_is_about_a_batch",
                condition=Q(kind=BatchAct.OPEN) & ~Q(opening={}) | Q(batch__isnull=False),
            ),
            models.CheckConstraint(
                name="confirmed_opening_has_its_batch",
                condition=~Q(state=ProposalState.CONFIRMED) | Q(batch__isnull=False),
            ),
            models.CheckConstraint(
                name="window_becomes_longer_for_a_reason",
                condition=~Q(kind=BatchAct.PROLONG)
                | (Q(closes_before__isnull=False, closes_at__gt=F("closes_before")) & ~Q(reason="") & ~Q(document="")),
            ),
            models.CheckConstraint(
                name="batch_is_called_off_for_a_reason", condition=~Q(kind=BatchAct.CALL_OFF) | ~Q(reason="")
            ),
        ]
