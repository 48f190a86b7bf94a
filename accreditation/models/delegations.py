"""Powers lent to a colleague of the same body for a time (授权代办)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q

from accreditation.models.people import RoleGrant, User
from accreditation.roles import DELEGABLE


@dataclass(frozen=True, slots=True)
class Lender:
    """Whose power somebody acts by: the delegation's number, the person's number and name."""

    delegation: int
    person: int
    name: str

    def plain(self) -> dict[str, object]:
        """As the audit entry keeps it."""
        return {"id": self.person, "name": self.name, "delegation": self.delegation}


class Delegation(models.Model):
    """One power of one grant, lent by its holder to a colleague; over at its end, or earlier when it is taken back.

    It rests on the grant: a grant that is revoked, or a lender whose account is closed, lends nothing any more.
    """

    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, related_name="delegations")
    delegator = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_given")
    delegate = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delegations_received")
    power = models.CharField(max_length=40, choices=[(power.value, label) for power, label in DELEGABLE.items()])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()  # the first instant at which it is over
    reason = models.CharField(max_length=300)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="delegation_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="delegated_to_another", condition=~Q(delegate=F("delegator"))),
            models.CheckConstraint(
                name="delegated_power_is_delegable", condition=Q(power__in=[power.value for power in DELEGABLE])
            ),
            models.CheckConstraint(
                name="delegation_taken_back_by_somebody",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["delegate", "ends_at"])]

    def __str__(self) -> str:
        return f"{self.power}: {self.delegator_id} -> {self.delegate_id}"
