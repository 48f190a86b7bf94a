"""Enterprises, the people who act for them, and what is known of them from outside their own forms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.enums import DISTRICTS, MemberState
from accreditation.models.people import User


class Enterprise(models.Model):
    """A legal person, known by its unified social credit code (GB 32100)."""

    uscc = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200, blank=True)
    district = models.CharField(max_length=6, choices=list(DISTRICTS.items()))  # registered in
    registered_at = models.DateTimeField()
    uscc_override = models.CharField(max_length=300, blank=True)  # why a code that fails the check is genuine

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person who acts for an enterprise, with proof of authority checked by an officer."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    is_administrator = models.BooleanField(default=False)
    state = models.CharField(max_length=20, choices=MemberState, default=MemberState.REQUESTED)
    proof = models.ForeignKey("StoredFile", on_delete=models.PROTECT, null=True, blank=True)
    proof_name = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    acts_from = models.DateTimeField(null=True, blank=True)  # when the authority was found proven; kept once it ended
    remark = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="only_proven_membership_acts",
                condition=Q(acts_from__isnull=True) | Q(state__in=[MemberState.ACTIVE, MemberState.ENDED]),
            ),
            models.UniqueConstraint(
                name="one_standing_membership",
                fields=["enterprise", "user"],
                condition=Q(state__in=[MemberState.REQUESTED, MemberState.ACTIVE]),
            ),
            models.CheckConstraint(
                name="settled_membership_names_who",
                condition=Q(state=MemberState.REQUESTED) | Q(settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} / {self.enterprise}"


class HolderRecord(models.Model):
    """A fact about an enterprise from another register: a penalty, a list entry, a status, with its source."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="records")
    kind = models.CharField(max_length=60)  # names used by the rule sets: tax, customs, credit, negative_list ...
    happened_on = models.DateField()
    note = models.CharField(max_length=300)
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_on}"
