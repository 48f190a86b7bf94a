"""What one officer reads in a document from outside and enters, and another confirms, declines or sees taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.recommendation_words import ResultState

S = ResultState
SETTLED = Q(settled_by__isnull=False, settled_at__isnull=False)
BY_A_SECOND = ~Q(settled_by=F("recorded_by")) & (Q(recorded_for__isnull=True) | ~Q(settled_by=F("recorded_for")))
FOR_A_SECOND = Q(settled_for__isnull=True) | (
    ~Q(settled_for=F("recorded_by")) & (Q(recorded_for__isnull=True) | ~Q(settled_for=F("recorded_for")))
)


class EnteredResult(models.Model):
    """Who entered it, what became of it; `recorded_for` and `settled_for`: whose power was lent."""

    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)  # of the one who declined

    class Meta:
        abstract = True

    @transition(field="state", source=S.WAITING, target=S.CONFIRMED)
    def confirm(self) -> None:
        """It counts, with what follows from it."""

    @transition(field="state", source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""

    @transition(field="state", source=S.WAITING, target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by whoever entered it."""


def settled_by_two(name: str, brings_about: str = "") -> list[models.CheckConstraint]:
    """Conditions of such rows, named after `name`; `brings_about` is the column of what one that counts has made."""
    made = f"{brings_about}__isnull"
    counts, idle = (Q(**{made: False}), Q(**{made: True})) if brings_about else (Q(), Q())
    nothing = {made: True} if brings_about else {}
    undecided = Q(settled_by__isnull=True, settled_at__isnull=True, reason="", **nothing)
    said = {
        f"{name}_state_known": Q(state__in=S.values),
        f"waiting_{name}_is_undecided": ~Q(state=S.WAITING) | undecided,
        f"{name}_is_settled_in_the_place_of_another": Q(settled_for__isnull=True)
        | (Q(settled_by__isnull=False) & ~Q(settled_for=F("settled_by"))),
        f"{name}_is_decided_in_the_place_of_a_second": Q(state__in=[S.WAITING, S.WITHDRAWN]) | FOR_A_SECOND,
        f"{name}_is_confirmed_by_a_second_person": ~Q(state=S.CONFIRMED) | (SETTLED & BY_A_SECOND & counts),
        f"{name}_is_declined_by_a_second_person": ~Q(state=S.DECLINED) | (SETTLED & BY_A_SECOND & idle & ~Q(reason="")),
        f"{name}_is_withdrawn_by_its_recorder": ~Q(state=S.WITHDRAWN)
        | (SETTLED & idle & Q(settled_by=F("recorded_by"))),
    }
    return [models.CheckConstraint(name=key, condition=condition) for key, condition in said.items()]
