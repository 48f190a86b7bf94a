"""An evaluation of titles: the round with its frozen population, and one call for each title in it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.evaluation_words import EXEMPT, CallReason
from accreditation.models.applications import Application
from accreditation.models.batches import Batch, Programme
from accreditation.models.cases import Case
from accreditation.models.enterprises import Enterprise
from accreditation.models.notices import Announcement
from accreditation.models.people import Body, User
from accreditation.models.titles import Title


class EvaluationRound(models.Model):
    """One round over the titles of a programme, frozen once; one from before this system names its document alone.

    Over what a district, a zone or a group granted, it is that body's; without one it is the municipal office's.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="evaluation_rounds")
    authority = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="evaluation_rounds")
    year = models.PositiveIntegerField()
    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, null=True, related_name="evaluation_round")
    document_number = models.CharField(max_length=60, blank=True)  # of the announcement of an earlier round
    granted_until = models.DateField(null=True)  # titles granted later are not due yet
    list_sha256 = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField()
    frozen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True, blank=True)
    late_listed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_evaluation_round_per_year", fields=["programme", "year"], condition=Q(authority__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_evaluation_round_per_year_and_authority", fields=["programme", "authority", "year"]
            ),
            models.CheckConstraint(
                name="evaluation_round_has_batch_or_document",
                condition=(Q(batch__isnull=False) & ~Q(list_sha256="") & Q(granted_until__isnull=False))
                | (Q(batch__isnull=True) & ~Q(document_number="")),
            ),
            models.CheckConstraint(
                name="late_are_listed_after_the_call",
                condition=Q(late_listed_at__isnull=True) | Q(called_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}"


class EvaluationCall(models.Model):
    """One title of a frozen population: why it is called or left out, what was handed in, the result."""

    round = models.ForeignKey(EvaluationRound, on_delete=models.PROTECT, related_name="calls")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="evaluation_calls")
    position = models.PositiveIntegerField()
    reason = models.CharField(max_length=20, choices=CallReason)
    application = models.OneToOneField(Application, on_delete=models.PROTECT, null=True, related_name="evaluation_call")
    late_at = models.DateTimeField(null=True, blank=True)  # entered in the list of those who handed in nothing in time
    score = models.CharField(max_length=60, blank=True)  # exact
    band = models.CharField(max_length=40, blank=True)  # code of the rules
    band_zh = models.CharField(max_length=40, blank=True)
    band_en = models.CharField(max_length=60, blank=True)
    consequence = models.CharField(max_length=40, blank=True)
    override = models.TextField(blank=True)  # the rule that beat the score, as the rules put it in Chinese
    announcement = models.ForeignKey(Announcement, on_delete=models.PROTECT, null=True, related_name="evaluation_calls")
    # who held the title on the day of the announcement, and the name under which the announcement lists it
    announced_holder = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="+")
    announced_name = models.CharField(max_length=120, blank=True)
    published_on = models.DateField(null=True, blank=True)
    proposal = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="evaluation_calls")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(name="one_evaluation_call_per_title", fields=["round", "title"]),
            models.CheckConstraint(
                name="exempt_title_is_not_evaluated",
                condition=~Q(reason__in=sorted(EXEMPT))
                | (Q(application__isnull=True) & Q(late_at__isnull=True) & Q(band="")),
            ),
            models.CheckConstraint(
                name="published_evaluation_has_result_or_is_late",
                condition=Q(published_on__isnull=True) | ~Q(band="") | Q(late_at__isnull=False),
            ),
            models.CheckConstraint(
                name="announced_result_names_holder",
                condition=Q(announcement__isnull=True, announced_holder__isnull=True, announced_name="")
                | (Q(announcement__isnull=False, announced_holder__isnull=False) & ~Q(announced_name="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.title_id}"
