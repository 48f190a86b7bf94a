"""What keeps an expert from a case, and the draw that chooses among the others."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accreditation.enums import LinkKind, TieKind
from accreditation.models.applications import Application
from accreditation.models.people import User


class Tie(models.Model):
    """A fact that ties an expert to an enterprise, or to a patent; never deleted, withdrawn with a reason."""

    expert = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ties")
    kind = models.CharField(max_length=20, choices=TieKind)
    enterprise_name = models.CharField(max_length=120, blank=True)
    uscc = models.CharField(max_length=18, blank=True)
    patent = models.CharField(max_length=140, blank=True)  # number in its one form, as filed applications are indexed
    since = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=300)
    is_declared = models.BooleanField(default=False)  # by the expert, not entered by the office
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_for = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="tie_names_enterprise_or_patent",
                # A former employer whose code was never entered is known by its name alone.
                condition=~Q(uscc="") | ~Q(patent="") | (Q(kind=TieKind.PAST_EMPLOYER) & ~Q(enterprise_name="")),
            ),
            models.CheckConstraint(name="tie_kind_known", condition=Q(kind__in=TieKind.values)),
            models.CheckConstraint(
                name="tie_runs_forward",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
            models.CheckConstraint(
                name="withdrawn_tie_says_why", condition=Q(withdrawn_at__isnull=True) | ~Q(withdrawn_for="")
            ),
        ]
        indexes = [models.Index(name="tie_of_enterprise", fields=["uscc"])]

    def __str__(self) -> str:
        return f"{self.expert_id} {self.kind} {self.uscc or self.patent}"


class Link(models.Model):
    """One enterprise holds shares of another or belongs to the same group; a tie to one counts for the other."""

    uscc = models.CharField(max_length=18)
    other_uscc = models.CharField(max_length=18)
    other_name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=LinkKind)  # what the other one is to this one
    source = models.CharField(max_length=300)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_for = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_joins_two", condition=~Q(uscc=F("other_uscc"))),
            models.UniqueConstraint(
                name="one_standing_link", fields=["uscc", "other_uscc", "kind"], condition=Q(withdrawn_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uscc} {self.kind} {self.other_uscc}"


class PanelDraw(models.Model):
    """The one draw of an application: the seed fixed beforehand and, once drawn, the whole record."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="draw")
    seed = models.CharField(max_length=64)  # shown to nobody before the draw
    commitment = models.CharField(max_length=64)  # its SHA-256, in the audit entry that fixed it
    fixed_at = models.DateTimeField()
    drawn_at = models.DateTimeField(null=True, blank=True)
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    record = models.TextField(blank=True)  # criteria.draw.DrawRecord

    class Meta:
        constraints = [
            models.CheckConstraint(name="drawn_panel_has_record", condition=Q(drawn_at__isnull=True) | ~Q(record=""))
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.commitment[:8]}"
