"""What one person puts forward and another confirms or declines: the columns of both and the conditions behind them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.batch_words import ProposalState
from accreditation.models.people import User
from accreditation.models.state_field import StateField

S = ProposalState


class TwoPersonProposal(models.Model):
    """A row that waits for a second person. What it would bring about is never changed; a mended one is another row."""

    number = models.CharField(max_length=40, unique=True)
    state = StateField(default=S.WAITING, choices=S.choices, protected=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.WAITING, target=S.CONFIRMED)
    def confirm(self) -> None:
        """It has effect."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field=state, source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by whoever put it forward."""


def conditions_of_two(name: str) -> list[models.BaseConstraint]:
    """What the database keeps apart, under names that begin with what is put forward."""
    by_a_second = Q(settled_by__isnull=False, settled_at__isnull=False) & ~Q(settled_by=F("proposed_by"))
    return [
        models.CheckConstraint(name=f"{name}_state_known", condition=Q(state__in=S.values)),
        models.CheckConstraint(
            name=f"waiting_{name}_is_unsettled",
            condition=~Q(state=S.WAITING) | Q(settled_by__isnull=True, settled_at__isnull=True),
        ),
        models.CheckConstraint(
            name=f"{name}_is_confirmed_by_a_second_person", condition=~Q(state=S.CONFIRMED) | by_a_second
        ),
        models.CheckConstraint(
            name=f"{name}_is_declined_by_a_second_person",
            condition=~Q(state=S.DECLINED) | (by_a_second & ~Q(decline_reason="")),
        ),
        models.CheckConstraint(
            name=f"{name}_is_withdrawn_by_its_proposer",
            condition=~Q(state=S.WITHDRAWN) | Q(settled_by__isnull=False, settled_by=F("proposed_by")),
        ),
    ]
