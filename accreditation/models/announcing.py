"""The part of an application that its announcement leaves: the document, and the name that the list gives."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

ANNOUNCING = (
    models.CheckConstraint(
        name="announced_application_has_name",
        condition=Q(announcement__isnull=True, announced_name="")
        | (Q(announcement__isnull=False) & ~Q(announced_name="")),
    ),
)


class Announced(models.Model):
    """An announced list is a public record: it keeps the name of that day whatever the enterprise is called later."""

    announcement = models.ForeignKey(
        "accreditation.Announcement", on_delete=models.PROTECT, null=True, related_name="+"
    )
    announced_name = models.CharField(max_length=120, blank=True)  # of the enterprise, as the announcement lists it

    class Meta:
        abstract = True
