"""A return beyond the first: asked for by an officer with its points and reason, countersigned by a superior."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.applications import Application
from accreditation.models.cases import Case
from accreditation.models.people import User


class FurtherAnswer(models.TextChoices):
    """What the superior answered; empty while nobody has."""

    ALLOWED = "allowed", _("同意再次退回")
    REFUSED = "refused", _("不同意再次退回")


class FurtherReturn(models.Model):
    """One request to return a case once more at the same level; allowed, it is carried out as it stands and once.

    It is of an application, which keeps its returns as rows of their own, or of another case, which has only its trail.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, null=True, related_name="further_returns")
    matter = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="further_returns")
    by_owner = models.CharField(max_length=20)  # the level: forwarder, district or office
    state = models.CharField(max_length=50)  # legal state in which it was asked for; in another one it has lapsed
    points = models.JSONField()  # target, code, year, remark, clause of each
    remark = models.TextField(blank=True)
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # whose power was lent
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=FurtherAnswer, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)  # of a matter: when it was carried out

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_further_return", fields=["application", "by_owner", "state"], condition=Q(answer="")
            ),
            models.UniqueConstraint(
                name="one_waiting_further_return_of_a_matter", fields=["matter", "state"], condition=Q(answer="")
            ),
            models.CheckConstraint(
                name="further_return_is_of_one_case",
                condition=Q(application__isnull=False, matter__isnull=True)
                | Q(application__isnull=True, matter__isnull=False),
            ),
            models.CheckConstraint(
                name="spent_further_return_was_allowed",
                condition=Q(spent_at__isnull=True) | Q(matter__isnull=False, answer="allowed"),
            ),
            models.CheckConstraint(name="further_return_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="further_return_answer_is_reasoned",
                condition=Q(answer="", answered_by__isnull=True, answered_at__isnull=True)
                | Q(answer__in=["allowed", "refused"], answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="further_return_is_answered_by_a_second_person",
                condition=Q(answered_by__isnull=True)
                | ~Q(answered_by=F("asked_by")) & (Q(asked_for__isnull=True) | ~Q(answered_by=F("asked_for"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id or self.matter_id} {self.by_owner} {self.answer or '…'}"

    @property
    def case(self) -> Case:
        """The case that is to be returned."""
        found: Case | None = self.application.case if self.application is not None else self.matter
        assert found is not None
        return found
