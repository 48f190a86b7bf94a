"""第三方数据核查: which cases of a batch are verified, the check of one case, what was found of each figure."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accreditation.figure_check_words import HANDED_IN, UNSETTLED, CheckScope, CheckState, FindingResult
from accreditation.models.applications import Application, Evidence, StoredFile, Submission, VerifiedValue
from accreditation.models.batches import Batch
from accreditation.models.people import Body, User


class FigureCheckPlan(models.Model):
    """Which cases of a batch are verified and in how many working days; of a sample the seed and what was drawn."""

    batch = models.OneToOneField(Batch, on_delete=models.PROTECT, related_name="figure_check_plan")
    scope = models.CharField(max_length=20, choices=CheckScope)
    check_days = models.PositiveIntegerField()
    answer_days = models.PositiveIntegerField()
    ground = models.CharField(max_length=200)  # the document that orders it
    sample_size = models.PositiveIntegerField(null=True, blank=True)
    seed = models.CharField(max_length=64)
    commitment = models.CharField(max_length=64)  # SHA-256 of the seed, written down when the plan was set
    candidates = models.JSONField(default=list)  # case numbers drawn from
    drawn = models.JSONField(default=list)  # case numbers drawn
    drawn_at = models.DateTimeField(null=True, blank=True)
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="figure_check_plan_has_days", condition=Q(check_days__gte=1, answer_days__gte=1)
            ),
            models.CheckConstraint(name="figure_check_plan_has_ground", condition=~Q(ground="")),
            models.CheckConstraint(
                name="figure_check_sample_has_size",
                condition=~Q(scope=CheckScope.SAMPLE) | Q(sample_size__isnull=False, sample_size__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.scope}"


class FigureCheck(models.Model):
    """The check of the figures of one version of an application by one verifying body, to its frozen report."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="figure_checks")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="figure_checks")
    state = models.CharField(max_length=30, choices=CheckState, default=CheckState.COMMISSIONED)
    commissioned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    commissioned_at = models.DateTimeField()
    remark = models.TextField(blank=True)
    cleared_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # declared no tie
    cleared_at = models.DateTimeField(null=True, blank=True)
    ended_for = models.TextField(blank=True)  # the tie, or why the commission was called off
    report = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True, related_name="+")
    report_name = models.CharField(max_length=200, blank=True)
    report_number = models.CharField(max_length=60, blank=True)
    report_dated = models.DateField(null=True, blank=True)
    conclusion = models.TextField(blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)  # of the findings together with the report
    handed_in_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_figure_check_under_way", fields=["application"], condition=Q(state__in=UNSETTLED)
            ),
            models.CheckConstraint(
                name="reported_figure_check_is_frozen",
                condition=~Q(state__in=HANDED_IN)
                | (
                    Q(report__isnull=False, cleared_by__isnull=False, handed_in_at__isnull=False)
                    & ~Q(content_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="ended_figure_check_says_why",
                condition=~Q(state__in=[CheckState.REFUSED, CheckState.CALLED_OFF]) | ~Q(ended_for=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.body_id}"


class FigureFinding(models.Model):
    """What was found of one figure, what the applicant answers, whether the office adopts the difference."""

    # `check` is a method of every model
    figure_check = models.ForeignKey(FigureCheck, on_delete=models.PROTECT, related_name="findings")
    code = models.CharField(max_length=60)
    year = models.PositiveIntegerField(null=True)
    reported = models.CharField(max_length=60)  # exact number as text, in the field's unit
    result = models.CharField(max_length=20, choices=FindingResult)
    value = models.CharField(max_length=60, blank=True)  # the same, where it differs
    remark = models.TextField(blank=True)
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reference = models.CharField(max_length=200, blank=True)  # voucher, ledger, page
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    is_adopted = models.BooleanField(null=True)
    decision_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    verified = models.OneToOneField(
        VerifiedValue, on_delete=models.PROTECT, null=True, related_name="finding"
    )  # the value that counts since it was adopted

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_finding_per_figure", fields=["figure_check", "code", "year"]),
            models.CheckConstraint(
                name="difference_has_value_and_reference",
                condition=~Q(result=FindingResult.DIFFERS) | (~Q(value="") & ~Q(remark="") & ~Q(reference="")),
            ),
            models.CheckConstraint(
                name="unverifiable_figure_has_remark", condition=~Q(result=FindingResult.UNVERIFIABLE) | ~Q(remark="")
            ),
            models.CheckConstraint(
                name="decided_difference_has_reason",
                condition=Q(is_adopted__isnull=True)
                | (~Q(decision_reason="") & Q(decided_by__isnull=False, result=FindingResult.DIFFERS)),
            ),
            models.CheckConstraint(
                name="adopted_difference_has_verified_value",
                condition=Q(is_adopted__isnull=False, is_adopted=True, verified__isnull=False)
                | ((Q(is_adopted__isnull=True) | Q(is_adopted=False)) & Q(verified__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year} {self.result}"
