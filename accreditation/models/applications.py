"""An application for recognition: its material, its versions, its review by the district, its legal state."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState, Owner, states_where
from accreditation.models.announcing import ANNOUNCING, Announced
from accreditation.models.batches import Batch
from accreditation.models.cases import CaseSubject
from accreditation.models.enterprises import Enterprise
from accreditation.models.evaluating import EVALUATING, Evaluating
from accreditation.models.generic_route import GenericRoute
from accreditation.models.held_otherwise import HeldOtherwise
from accreditation.models.municipal_routes import MunicipalRoute
from accreditation.models.people import Body, User
from accreditation.models.recommending import RECOMMENDING, Recommending
from accreditation.models.routes import LocalRoute, at_first_authority
from accreditation.models.state_field import StateField

S = ApplicationState
DECIDED = [
    S.PROPOSED, S.UNDER_NOTICE, S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT, S.RECOGNISED, S.REFUSED, S.POSTPONED,
    S.OBJECTION_UPHELD, S.HELD_OTHERWISE, S.BARRED,
]  # fmt: skip
PUBLISHED = [S.UNDER_NOTICE, S.NOTICE_COMPLETED, S.OBJECTION_UPHELD]


class StoredFile(models.Model):
    """A file in the content-addressed store; the row is written after the file is durable."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=80)
    pages = models.PositiveIntegerField(null=True, blank=True)  # of a PDF that could be counted
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256


def _after_correction(application: Application) -> str:
    """Back to whoever asked for the correction."""
    return S.UNDER_COMPLETENESS_CHECK if application.returned_by == Owner.OFFICE else at_first_authority(application)


def _after_review(application: Application) -> str:
    """The last of the panel's reviews opens the marks and hands the case on."""
    return S.UNDER_OVERALL_REVIEW if application.panel_is_complete else S.UNDER_EXPERT_REVIEW


def _after_dismissal(application: Application, is_over: bool) -> str:
    """The notice goes on, or is over."""
    return S.NOTICE_COMPLETED if is_over else S.UNDER_NOTICE


class Application(
    Announced, Evaluating, Recommending, LocalRoute, MunicipalRoute, GenericRoute, HeldOtherwise, CaseSubject
):
    """One enterprise's application in one batch. Only the door moves its state."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="applications")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="applications")
    state = StateField(default=S.DRAFT, choices=S.choices, protected=True)
    current = models.ForeignKey("Submission", on_delete=models.PROTECT, null=True, related_name="+")  # what counts now
    submitted_at = models.DateTimeField(null=True, blank=True)
    is_ordered_again = models.BooleanField(default=False)  # opened because a reconsideration orders a new decision
    returned_by = models.CharField(max_length=20, blank=True)
    returned_before_acceptance = models.BooleanField(default=False)
    panel_is_complete = models.BooleanField(default=False)
    declared_true_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_for = models.TextField(blank=True)  # reasons of an adverse end, as told to the applicant
    decision = models.ForeignKey("Decision", on_delete=models.PROTECT, null=True, related_name="+")
    notice = models.ForeignKey("Notice", on_delete=models.PROTECT, null=True, related_name="+")
    title = models.ForeignKey("Title", on_delete=models.PROTECT, null=True, related_name="+")
    forwarder = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, related_name="forwarded")
    has_no_notice = models.BooleanField(default=False)  # its batch announces without a public notice
    product_name = models.CharField(max_length=60, blank=True)  # where the title is a product's, else empty

    class Meta:
        constraints = [
            models.CheckConstraint(name="application_state_known", condition=Q(state__in=S.values)),
            models.CheckConstraint(
                name="filed_application_has_material",
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN])
                | (Q(submitted_at__isnull=False) & Q(current__isnull=False) & Q(declared_true_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="decided_application_has_decision",
                condition=~Q(state__in=DECIDED) | Q(decision__isnull=False),
            ),
            models.CheckConstraint(
                name="published_application_has_notice",
                condition=(~Q(state__in=PUBLISHED) & ~Q(state=S.RECOGNISED, has_no_notice=False))
                | Q(notice__isnull=False),
            ),
            models.CheckConstraint(
                name="recognised_application_has_title",
                condition=~Q(state=S.RECOGNISED) | (Q(title__isnull=False) & Q(announcement__isnull=False)),
            ),
            models.CheckConstraint(
                name="adverse_end_has_reasons",
                condition=~Q(state__in=[*states_where(is_adverse=True), S.HELD_OTHERWISE]) | ~Q(ended_for=""),
            ),
            models.UniqueConstraint(
                name="one_open_application_per_batch",
                fields=["enterprise", "batch", "product_name"],
                condition=~Q(state__in=states_where(is_closed=True)) & Q(is_ordered_again=False),
            ),
            *RECOMMENDING,
            *EVALUATING,
            *ANNOUNCING,
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @transition(field=state, source=S.DRAFT, target=S.SUBMITTED)
    def submit(self) -> None:
        """Filed with the district."""

    @transition(
        field=state,
        source=S.RETURNED,
        target=GET_STATE(_after_correction, states=[S.SUBMITTED, S.UNDER_FIRST_REVIEW, S.UNDER_COMPLETENESS_CHECK]),
    )
    def correct(self) -> None:
        """Corrected within the time limit."""

    @transition(field=state, source=[S.DRAFT, S.UNDER_FORWARDING, S.SUBMITTED, S.RETURNED], target=S.WITHDRAWN)
    def withdraw(self) -> None:
        """Taken back by the applicant."""

    @transition(field=state, source=S.SUBMITTED, target=S.UNDER_FIRST_REVIEW)
    def accept(self) -> None:
        """Accepted, by the district or by its silence; says nothing of merit."""

    @transition(field=state, source=S.SUBMITTED, target=S.DECLINED)
    def decline(self) -> None:
        """Not accepted."""

    @transition(
        field=state,
        source=[S.UNDER_FIRST_REVIEW, S.UNDER_COMPLETENESS_CHECK, S.UNDER_CONSULTATION],
        target=S.INELIGIBLE,
    )
    def find_ineligible(self) -> None:
        """An eligibility condition is not met."""

    @transition(
        field=state,
        source=[S.UNDER_FORWARDING, S.SUBMITTED, S.UNDER_FIRST_REVIEW, S.UNDER_COMPLETENESS_CHECK],
        target=S.RETURNED,
    )
    def return_for_correction(self) -> None:
        """Back to the applicant with a complete list of points."""

    @transition(field=state, source=S.RETURNED, target=S.LAPSED)
    def lapse(self) -> None:
        """The time limit for correction passed."""

    @transition(field=state, source=S.UNDER_FIRST_REVIEW, target=S.UNDER_COMPLETENESS_CHECK)
    def recommend(self) -> None:
        """Recommended to the municipality."""

    @transition(field=state, source=[S.UNDER_FIRST_REVIEW, S.UNDER_CONSULTATION], target=S.NOT_RECOMMENDED)
    def not_recommend(self) -> None:
        """Not recommended."""

    @transition(field=state, source=S.UNDER_COMPLETENESS_CHECK, target=S.AWAITING_PANEL)
    def pass_completeness_check(self) -> None:
        """Complete in form."""

    @transition(field=state, source=S.AWAITING_PANEL, target=S.UNDER_EXPERT_REVIEW)
    def appoint_panel(self) -> None:
        """Handed to a panel."""

    @transition(
        field=state,
        source=S.UNDER_EXPERT_REVIEW,
        target=GET_STATE(_after_review, states=[S.UNDER_EXPERT_REVIEW, S.UNDER_OVERALL_REVIEW]),
    )
    def submit_review(self) -> None:
        """One expert's marks are in, or stay in though they might have been set aside."""

    @transition(field=state, source=S.UNDER_OVERALL_REVIEW, target=S.PROPOSED)
    def propose(self) -> None:
        """The committee is for recognition."""

    @transition(field=state, source=S.UNDER_OVERALL_REVIEW, target=S.REFUSED)
    def refuse(self) -> None:
        """The committee is against recognition."""

    @transition(field=state, source=S.UNDER_OVERALL_REVIEW, target=S.POSTPONED)
    def postpone(self) -> None:
        """The committee wants to see the case again."""

    @transition(field=state, source=S.POSTPONED, target=S.UNDER_OVERALL_REVIEW)
    def table_again(self) -> None:
        """Put before a later meeting."""

    @transition(field=state, source=S.PROPOSED, target=S.UNDER_NOTICE)
    def publish_notice(self) -> None:
        """Listed in a public notice."""

    @transition(field=state, source=S.UNDER_NOTICE, target=S.OBJECTION_UPHELD)
    def uphold_objection(self) -> None:
        """An objection was found true."""

    @transition(
        field=state,
        source=S.UNDER_NOTICE,
        target=GET_STATE(_after_dismissal, states=[S.UNDER_NOTICE, S.NOTICE_COMPLETED]),
    )
    def dismiss_objection(self, is_over: bool) -> None:
        """An objection was found untrue; after the last day of the notice nothing else holds the case."""

    @transition(field=state, source=S.UNDER_NOTICE, target=S.NOTICE_COMPLETED)
    def complete_notice(self) -> None:
        """The notice ran its days without an open objection."""

    @transition(field=state, source=[S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT], target=S.RECOGNISED)
    def announce(self) -> None:
        """Recognised; the title has effect from the announcement."""


class WorkbookUpload(models.Model):
    """One reading of an uploaded workbook: facts, or every fault, never a mixture."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="uploads")
    number = models.PositiveIntegerField()
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, null=True)  # kept only when accepted
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    facts = models.TextField(blank=True)
    faults = models.TextField(blank=True)
    is_accepted = models.BooleanField()
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT)
    uploaded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_upload_per_number", fields=["application", "number"]),
            models.CheckConstraint(
                name="facts_or_faults",
                condition=(Q(is_accepted=True) & ~Q(facts="") & Q(file__isnull=False))
                | (Q(is_accepted=False) & Q(facts="") & ~Q(faults="") & Q(file__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"


class Evidence(models.Model):
    """One file of one kind; what it proves is in its bindings."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=60)  # code of the rule set's evidence list
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    added_by = models.ForeignKey(User, on_delete=models.PROTECT)
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Submission(models.Model):
    """A version of the application as filed: facts, evidence list, evaluation, content hash."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="submissions")
    number = models.PositiveIntegerField()
    upload = models.ForeignKey(WorkbookUpload, on_delete=models.PROTECT)
    evidence = models.JSONField()  # [{kind, name, sha256, bindings: [{target, code, year, line, page}]}]
    evaluation = models.TextField()  # of the reported figures
    content_sha256 = models.CharField(max_length=64)
    filed_at = models.DateTimeField()
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(name="one_submission_per_number", fields=["application", "number"])]

    def __str__(self) -> str:
        return f"{self.application_id} v{self.number}"


class VerifiedValue(models.Model):
    """The figure that counts instead of the reported one, with reason and person; a proposal until adopted."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="verified_values")
    code = models.CharField(max_length=60)
    year = models.PositiveIntegerField(null=True)
    value = models.CharField(max_length=60)  # exact number as text, in the field's unit
    reason = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    adopted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True, blank=True)
    is_current = models.BooleanField(default=True)
    # the version that corrected the reported figure, where that is why it counts no longer
    ended_with = models.ForeignKey(Submission, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="verified_value_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="ended_value_counts_no_longer", condition=Q(ended_with__isnull=True) | Q(is_current=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.year}"


class GateAnswer(models.Model):
    """A condition that a person answers: list membership, registration, quality; with reason."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="gate_answers")
    gate = models.CharField(max_length=40)
    is_met = models.BooleanField()
    reason = models.TextField()
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="one_answer_per_gate", fields=["application", "gate"])]

    def __str__(self) -> str:
        return f"{self.gate} {self.is_met}"


class CorrectionRequest(models.Model):
    """One return for correction: every point at once, with the day it is due."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="corrections")
    number = models.PositiveIntegerField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT)
    requested_at = models.DateTimeField()
    by_owner = models.CharField(max_length=20)  # the level: forwarder, district or office
    turn = models.PositiveIntegerField()  # which return of that level it is
    free = models.PositiveIntegerField()  # how many the level may make without a superior's written consent
    permission = models.OneToOneField(
        "FurtherReturn", on_delete=models.PROTECT, null=True, related_name="correction"
    )  # what a superior allowed, spent with this return
    general_remark = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_correction_per_number", fields=["application", "number"]),
            models.UniqueConstraint(name="one_correction_per_turn", fields=["application", "by_owner", "turn"]),
            models.CheckConstraint(
                name="further_correction_is_countersigned",
                condition=Q(turn__lte=F("free")) | Q(permission__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} #{self.number}"


class CorrectionPoint(models.Model):
    """One point to correct: a figure, an annex or a kind of evidence, with the remark."""

    request = models.ForeignKey(CorrectionRequest, on_delete=models.PROTECT, related_name="points")
    target = models.CharField(
        max_length=20, choices=[("figure", "figure"), ("annex", "annex"), ("evidence", "evidence")]
    )
    code = models.CharField(max_length=60)
    year = models.PositiveIntegerField(null=True, blank=True)
    remark = models.TextField()
    clause = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="point_has_remark", condition=~Q(remark=""))]

    def __str__(self) -> str:
        return f"{self.code} {self.year or ''}".strip()


class FirstReview(models.Model):
    """The district's opinion on a version of the application."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="first_reviews")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT)
    recommends = models.BooleanField()
    opinion = models.TextField()
    evaluation = models.TextField()  # of the verified figures
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT)
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="first_review_has_opinion", condition=~Q(opinion=""))]

    def __str__(self) -> str:
        return f"{self.application_id} {self.recommends}"
