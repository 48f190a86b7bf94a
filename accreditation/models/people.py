"""People with accounts, the bodies they work for, the roles granted to them, and what experts declare."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.enums import Level
from accreditation.roles import ROLES

if TYPE_CHECKING:
    from accreditation.models.delegations import Lender

MOBILE_DIGITS = 11


class User(AbstractUser):
    """An account. People are deactivated, never deleted: their acts stay on record."""

    name = models.CharField(_("姓名"), max_length=60)
    phone = models.CharField(_("手机"), max_length=20, blank=True)
    texts_agreed_at = models.DateTimeField(null=True, blank=True)  # when the person agreed to text messages
    is_system = models.BooleanField(default=False)  # the clock acts under this account and nobody can log in to it
    # Whose power the last check of this person rested on: set by `permissions`, written by `acts` into the entry.
    stands_in_for: Lender | None = None

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="system_account_cannot_log_in", condition=Q(is_system=False) | Q(is_active=False)
            )
        ]

    def __str__(self) -> str:
        return self.name or self.username

    @property
    def takes_texts(self) -> bool:
        """Whether text messages may be sent to the person."""
        return bool(self.phone) and self.texts_agreed_at is not None

    @property
    def masked_phone(self) -> str:
        """First three and last four digits, enough for the person to know it again; of a shorter one the last two."""
        if len(self.phone) >= MOBILE_DIGITS:
            return f"{self.phone[:3]}****{self.phone[-4:]}"
        return f"****{self.phone[-2:]}" if self.phone else ""


class Body(models.Model):
    """An authority: the municipal office, a district bureau, a zone or group that recognises, a town that forwards."""

    code = models.SlugField(max_length=40, unique=True)
    level = models.CharField(max_length=20, choices=Level)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    district = models.CharField(max_length=6, blank=True)  # GB/T 2260, or the own code of a zone, group or town
    forwards_to = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="forwarders")
    uscc = models.CharField(max_length=18, blank=True)
    contact = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name_zh


class RoleGrant(models.Model):
    """A role held by a person, proposed by a second and confirmed by a third, until revoked."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=[(role.value, entry.label) for role, entry in ROLES.items()])
    district = models.CharField(max_length=6, blank=True)
    body = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True)
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    by_one = models.BooleanField(default=False, editable=False)  # given by one officer before two were needed
    granted_at = models.DateTimeField()
    ground = models.CharField(max_length=300)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_standing_grant", fields=["user", "role", "district"], condition=Q(revoked_at__isnull=True)
            ),
            # Null stands for the installation itself, which appoints security officers only.
            models.CheckConstraint(
                name="granted_by_another", condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user"))
            ),
            models.CheckConstraint(
                name="grant_has_two_persons",
                condition=Q(granted_by__isnull=True, confirmed_by__isnull=True)
                | Q(by_one=True, confirmed_by__isnull=True)
                | (Q(granted_by__isnull=False, confirmed_by__isnull=False) & ~Q(confirmed_by=F("granted_by")))
                & ~Q(confirmed_by=F("user")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.role} {self.district}".strip()


class ExpertProfile(models.Model):
    """What an expert is asked for: field, employer, term of appointment, whether to be asked at present."""

    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="expert")
    field = models.CharField(max_length=80)  # in words
    fields = models.JSONField(default=list, blank=True)  # codes of `accreditation.trades`, by which panels are matched
    title = models.CharField(max_length=80, blank=True)
    employer = models.CharField(max_length=120)
    employer_uscc = models.CharField(max_length=18, blank=True)
    term_from = models.DateField(null=True, blank=True)
    term_until = models.DateField(null=True, blank=True)
    is_available = models.BooleanField(default=True)
    paused_until = models.DateField(null=True, blank=True)  # the last day; none: until further notice
    pause_reason = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.user)

    def why_not_asked(self, on: date) -> str:
        """Code of why the person is not to be asked on a day, empty when there is nothing against it."""
        if not self.is_available and (self.paused_until is None or on <= self.paused_until):
            return "paused"
        if self.term_from is not None and on < self.term_from:
            return "term_ahead"
        return "term_over" if self.term_until is not None and on > self.term_until else ""
