"""A role that one security officer proposes for a person and a second one gives or declines."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from accreditation.models.people import RoleGrant, User
from accreditation.models.state_field import StateField
from accreditation.roles import ROLES


class ProposalState(models.TextChoices):
    """What became of a proposal."""

    WAITING = "waiting", _("待第二人复核")
    CONFIRMED = "confirmed", _("已授予")
    DECLINED = "declined", _("未予授予")


S = ProposalState


class GrantProposal(models.Model):
    """Person, role and ground as proposed; nothing is held before a second security officer confirmed it."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grant_proposals")
    role = models.CharField(max_length=40, choices=[(role.value, entry.label) for role, entry in ROLES.items()])
    district = models.CharField(max_length=6, blank=True)
    ground = models.CharField(max_length=300)
    expertise = models.JSONField(null=True, blank=True)  # of an expert, as `services.grants.Expertise` names it
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    state = StateField(max_length=12, default=S.WAITING, choices=S.choices, protected=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # of the one who declined
    grant = models.OneToOneField(RoleGrant, on_delete=models.PROTECT, null=True, related_name="proposal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_grant_proposal", fields=["user", "role", "district"], condition=Q(state="waiting")
            ),
            models.CheckConstraint(
                name="grant_is_settled_by_a_second_person",
                condition=Q(settled_by__isnull=True)
                | (~Q(settled_by=F("proposed_by")) & (~Q(settled_by=F("user")) | Q(state="declined"))),
            ),
            models.CheckConstraint(
                name="grant_proposal_is_settled_whole",
                condition=Q(state="waiting", settled_by__isnull=True, settled_at__isnull=True, grant__isnull=True)
                | Q(state="confirmed", settled_by__isnull=False, settled_at__isnull=False, grant__isnull=False)
                | (Q(state="declined", settled_by__isnull=False, settled_at__isnull=False) & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.district} {self.state}"

    @transition(field=state, source=S.WAITING, target=S.CONFIRMED)
    def confirm(self) -> None:
        """The role is given."""

    @transition(field=state, source=S.WAITING, target=S.DECLINED)
    def decline(self) -> None:
        """Left without effect by the second person."""
