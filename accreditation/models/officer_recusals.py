"""An officer who takes no part in an enterprise's matters or in one case: by own declaration or by order (回避)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.models.cases import Case
from accreditation.models.enterprises import Enterprise
from accreditation.models.people import User


class OfficerRecusal(models.Model):
    """Stands from the day it is recorded until another person lifts it; never deleted.

    Declared where the officer recorded it, ordered where a superior did. Without a case it counts for every case of the
    enterprise, also those to come.
    """

    officer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="officer_recusals")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="officer_recusals")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="officer_recusals")
    reason = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lifted_for = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_standing_recusal_of_enterprise",
                fields=["officer", "enterprise"],
                condition=Q(lifted_at__isnull=True, case__isnull=True),
            ),
            models.UniqueConstraint(
                name="one_standing_recusal_of_case",
                fields=["officer", "case"],
                condition=Q(lifted_at__isnull=True, case__isnull=False),
            ),
            models.CheckConstraint(name="officer_recusal_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="lifted_recusal_says_by_whom_and_why",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_for="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_for="")),
            ),
            models.CheckConstraint(
                name="recusal_is_lifted_by_a_second_person",
                condition=Q(lifted_by__isnull=True) | ~Q(lifted_by=F("officer")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.officer_id} {self.case_id or self.enterprise_id}"

    @property
    def is_declared(self) -> bool:
        """Whether the officer declared it."""
        return self.recorded_by_id == self.officer_id
