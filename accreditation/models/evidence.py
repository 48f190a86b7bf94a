"""What evidence proves, cell by cell, and what a filed application carries that should occur once in the city."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from accreditation.models.applications import Application, Evidence
from accreditation.models.people import User


class Binding(models.Model):
    """One file of evidence proves one figure, annex or line of an annex, on one page. Only the door changes it."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="bindings")
    target = models.CharField(max_length=20, choices=[("figure", "figure"), ("annex", "annex")])
    code = models.CharField(max_length=60)  # field code, or code of the annex
    year = models.PositiveIntegerField(null=True, blank=True)  # none for basics
    line = models.PositiveIntegerField(null=True, blank=True)  # of an annex, none for the whole
    page = models.PositiveIntegerField()
    bound_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    bound_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="binding_names_a_page", condition=Q(page__gte=1)),
            models.CheckConstraint(
                name="binding_names_figure_or_annex",
                condition=(Q(target="figure", line__isnull=True) | Q(target="annex", year__isnull=True))
                & ~Q(code="")
                & (Q(line__isnull=True) | Q(line__gte=1)),
            ),
            models.UniqueConstraint(
                "evidence", "target", "code", Coalesce("year", 0), Coalesce("line", 0), "page",
                name="one_binding_per_page", condition=Q(removed_at__isnull=True),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        parts = (self.target, self.code, self.year or self.line)
        return f"{'.'.join(str(part) for part in parts if part is not None)} p{self.page}"


class FiledIdentifier(models.Model):
    """A digest of evidence or a number of an annex in the version that counts; written anew at each filing.

    `key` is scheme and normalised value (`file:<sha256>`, `ip_right:201510012345`), alike wherever it is reported.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="identifiers")
    key = models.CharField(max_length=140)
    shown = models.CharField(max_length=200)  # as it was reported: number, or name of the file
    annex = models.CharField(max_length=60, blank=True)
    line = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="filed_identifier_key", fields=["key", "application"])]

    def __str__(self) -> str:
        return self.key
