"""One act on several cases: who, when, what, and what became of each case."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.bulk_words import BulkState, LineOutcome
from accreditation.models.cases import Case
from accreditation.models.people import User


class BulkAct(models.Model):
    """The order to do one thing to several cases; each of them goes through the door by itself."""

    number = models.CharField(max_length=40, unique=True)
    desk = models.CharField(max_length=20)  # district or office
    kind = models.CharField(max_length=40)  # code of `workflows.bulk_kinds`
    power = models.CharField(max_length=40)  # of whoever may read and confirm it
    words = models.TextField(blank=True)  # reason or opinion that all cases share
    to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # of a handing over
    state = models.CharField(max_length=20, choices=BulkState)
    needs_second = models.BooleanField()  # a decision on merit: one proposes, another confirms and so decides
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )  # whose power was lent
    proposed_at = models.DateTimeField()
    second = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    second_reason = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="bulk_act_state_known", condition=Q(state__in=BulkState.values)),
            models.CheckConstraint(
                name="bulk_decision_is_answered_by_a_second_person",
                condition=Q(needs_second=False, second__isnull=True)
                | Q(needs_second=True, state=BulkState.PROPOSED, second__isnull=True)
                | Q(needs_second=True, second__isnull=False)
                & ~Q(second=F("proposed_by"))
                & (Q(proposed_for__isnull=True) | ~Q(second=F("proposed_for"))),
            ),
            models.CheckConstraint(
                name="declined_bulk_act_has_reason", condition=~Q(state=BulkState.DECLINED) | ~Q(second_reason="")
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BulkLine(models.Model):
    """One case of a bulk act. `asked` is the number as it was sent; a case that the sender may not know has no row."""

    bulk = models.ForeignKey(BulkAct, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    asked = models.CharField(max_length=40)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")
    seen = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # who held it when chosen
    outcome = models.CharField(max_length=20, choices=LineOutcome)
    reasons = models.JSONField(default=list)  # code and sentence of each
    at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_line_per_bulk_place", fields=["bulk", "position"]),
            models.UniqueConstraint(name="case_once_per_bulk_act", fields=["bulk", "asked"]),
            models.CheckConstraint(
                name="bulk_line_has_case_or_is_not_found", condition=Q(case__isnull=False) | Q(outcome="not_found")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bulk_id} {self.position}"
