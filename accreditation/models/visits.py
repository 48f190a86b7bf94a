"""On the way to a local decision: what the forwarding body said, and what experts found on the spot."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.models.applications import Application, StoredFile, Submission
from accreditation.models.people import Body, User


class Forwarding(models.Model):
    """转报: a town or park has checked a version of the application and passes it on."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="forwardings")
    body = models.ForeignKey(Body, on_delete=models.PROTECT)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT)
    opinion = models.TextField()
    forwarded_by = models.ForeignKey(User, on_delete=models.PROTECT)
    forwarded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="forwarding_has_opinion", condition=~Q(opinion=""))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.body_id}"


class SiteVisit(models.Model):
    """实地核查: when, where, which experts, what they found, whether the material is true."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="site_visit")
    visited_on = models.DateField()
    place = models.CharField(max_length=200)
    visitors = models.ManyToManyField(User, related_name="+")
    findings = models.TextField()
    is_confirmed = models.BooleanField()  # whether what was reported was found to be so
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="site_visit_has_findings", condition=~Q(findings=""))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.visited_on}"


class SiteVisitDocument(models.Model):
    """A photograph, a list or a signed record from the visit."""

    visit = models.ForeignKey(SiteVisit, on_delete=models.PROTECT, related_name="documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
