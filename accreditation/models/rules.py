"""Editions of rules in the making: drafted figure by figure, tried on the past, published by a second person."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import transition

from accreditation.enums import RuleDraftState
from accreditation.models.applications import StoredFile
from accreditation.models.audit import Chained
from accreditation.models.batches import Programme, RuleSetEdition
from accreditation.models.people import User
from accreditation.models.state_field import StateField

S = RuleDraftState


class RuleDraft(Chained):
    """A new edition before it is published. Its text may be unsound for a while; who changed it may not publish it."""

    number = models.CharField(max_length=40, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    base = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT, related_name="+")  # what it is compared with
    text = models.TextField()  # canonical, self-contained
    cases = models.TextField(blank=True)  # boundary cases as YAML
    version = models.PositiveIntegerField(default=1)  # rises with every change and every hand-over
    state = StateField(default=S.DRAFTING, choices=S.choices, protected=True)
    editors = models.ManyToManyField(User, related_name="+")
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(blank=True)  # why it was sent back or dropped
    edition = models.OneToOneField(RuleSetEdition, on_delete=models.PROTECT, null=True, related_name="draft")

    class Meta:
        constraints = [
            models.CheckConstraint(name="rule_draft_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="rules_are_published_by_a_second_person",
                condition=~Q(state=S.PUBLISHED)
                | (
                    Q(edition__isnull=False, decided_by__isnull=False, submitted_by__isnull=False)
                    & ~Q(decided_by=F("submitted_by"))
                    & ~Q(decided_by=F("created_by"))
                    & ~Q(decided_by=F("changed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=S.DRAFTING, target=S.SUBMITTED)
    def submit(self) -> None:
        """Put before a second person."""

    @transition(field=state, source=S.SUBMITTED, target=S.DRAFTING)
    def send_back(self) -> None:
        """To be worked over."""

    @transition(field=state, source=S.SUBMITTED, target=S.PUBLISHED)
    def publish(self) -> None:
        """An edition that batches may pin."""

    @transition(field=state, source=[S.DRAFTING, S.SUBMITTED], target=S.DROPPED)
    def drop(self) -> None:
        """Given up."""


class RuleTrial(models.Model):
    """What a draft's text would have done to past applications: figures for the page, all rows as a workbook."""

    draft = models.ForeignKey(RuleDraft, on_delete=models.PROTECT, related_name="trials")
    checksum = models.CharField(max_length=64)  # of the text that was tried
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done = models.PositiveIntegerField(default=0)  # applications scored so far
    expected = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    figures = models.JSONField(null=True)
    workbook = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_trial_per_text", fields=["draft", "checksum"]),
            models.CheckConstraint(
                name="finished_trial_has_figures", condition=Q(finished_at__isnull=True) | Q(figures__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.draft_id} {self.checksum[:8]}"
