"""Programmes, stored rule set editions, batches and gapless counters."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.functional import Promise
from django_fsm import transition

from accreditation.batch_words import BatchState
from accreditation.choice_words import EVALUATING, RECOGNISING, RECOMMENDING
from accreditation.enums import Choice, Level
from accreditation.meeting_words import BallotKind, DeadlockRule
from accreditation.models.audit import Chained
from accreditation.models.people import Body, User
from accreditation.models.state_field import StateField
from accreditation.recommendation_words import Department, TieRule


class Programme(models.Model):
    """A title that can be granted and the body that grants it."""

    code = models.SlugField(max_length=60, primary_key=True)
    level = models.CharField(max_length=20, choices=Level)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    granted_by = models.ForeignKey(Body, on_delete=models.PROTECT)
    number_prefix = models.CharField(max_length=20)
    # serial of the type code, GB/T 36904; empty where no certificate is made out
    certificate_kind = models.CharField(max_length=3, default="001", blank=True)
    ground_zh = models.CharField(max_length=120, blank=True)  # the measures that certificates cite
    ground_en = models.CharField(max_length=200, blank=True)  # as their English editions cite them

    procedure = models.CharField(max_length=60, blank=True)  # the only edition it runs under; empty where any may be
    is_of_product = models.BooleanField(default=False)  # granted to a product of the holder, not to the holder

    # a branch centre is granted under a standing title of this programme; empty for all others
    branch_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="branches")

    def __str__(self) -> str:
        return self.name_zh


class RuleSetEdition(models.Model):
    """The immutable text of a rule set as it stood when it was taken into use."""

    reference = models.CharField(max_length=80)  # programme/edition, e.g. shanghai_municipal_centre/2022-demo
    checksum = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    live_faults = models.PositiveIntegerField()  # figures that a live batch may not rest on
    stored_at = models.DateTimeField()
    cases = models.TextField(blank=True)  # its boundary cases, worked out by hand
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)  # null: shipped with the product

    def __str__(self) -> str:
        return f"{self.reference} {self.checksum[:8]}"


class Batch(Chained):
    """One round of a programme: window, pinned rule set and procedure editions, time limits."""

    code = models.SlugField(max_length=40, unique=True)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT)
    ordinal = models.PositiveIntegerField()  # 第 34 批
    year = models.PositiveIntegerField()
    reporting_year = models.PositiveIntegerField()
    rule_set = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT)
    procedure = models.CharField(max_length=60)  # procedure edition, e.g. municipal_recognition/2022
    # A district, zone or group that recognises by itself; null where the municipal office does.
    authority = models.ForeignKey(Body, on_delete=models.PROTECT, null=True, blank=True, related_name="batches")
    base_date = models.DateField()  # the day whose rules apply
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    forwarding_days = models.PositiveIntegerField(default=0)  # of the town or park; zero where the rules set none
    first_review_days = models.PositiveIntegerField()
    correction_days = models.PositiveIntegerField()
    check_days = models.PositiveIntegerField()
    expert_days = models.PositiveIntegerField()
    notice_days = models.PositiveIntegerField()
    panel_size = models.PositiveIntegerField()
    returns_allowed = models.PositiveIntegerField()
    tie_years = models.PositiveIntegerField(default=3)  # an ended tie of an expert counts for so many years more
    # most working days by which the handling of an objection extends the notice of its case; dismissed in time: early
    objection_extension_days = models.PositiveIntegerField(default=0)
    early_objection_extension_days = models.PositiveIntegerField(default=0)
    quorum_numerator = models.PositiveIntegerField(default=2)
    quorum_denominator = models.PositiveIntegerField(default=3)
    quorum_ground = models.CharField(max_length=200, blank=True)  # where it was read; empty: the rules set none
    ballot = models.CharField(max_length=10, choices=BallotKind, default=BallotKind.NAMED)
    deadlock_rule = models.CharField(max_length=10, choices=DeadlockRule, default=DeadlockRule.POSTPONE)
    ballot_ground = models.CharField(max_length=200, blank=True)  # likewise
    deadlock_ground = models.CharField(max_length=200, blank=True)  # likewise
    consultation_days = models.PositiveIntegerField(default=0)
    # departments that a consultation must ask, all four where the rules do not say otherwise
    asks_science = models.BooleanField(default=True)
    asks_finance = models.BooleanField(default=True)
    asks_customs = models.BooleanField(default=True)
    asks_tax = models.BooleanField(default=True)
    silence_counts = models.BooleanField(default=False)  # a department that lets its time pass has no objection
    adjustment_restarts = models.BooleanField(default=False)  # the notice days run anew for a corrected entry
    # of recommendations, or of proposals for recognition; null until the office enters it
    quota = models.PositiveIntegerField(null=True, blank=True)
    tie_rule = models.CharField(max_length=40, choices=TieRule, blank=True)  # of a quota of proposals
    rectification_days = models.PositiveIntegerField(default=0)  # after a warning by an evaluation
    issues_certificate = models.BooleanField(default=True)  # whether a certificate follows the announcement
    quota_ground = models.CharField(max_length=200, blank=True)  # the document that sets it
    is_demo = models.BooleanField()
    state = StateField(default=BatchState.PREPARED, choices=BatchState.choices, protected=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    template_checksum = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_batch_per_ordinal", fields=["programme", "ordinal"], condition=Q(authority__isnull=True)
            ),
            models.UniqueConstraint(
                name="one_batch_per_ordinal_and_authority", fields=["programme", "authority", "ordinal"]
            ),
            models.CheckConstraint(name="batch_window_runs_forward", condition=Q(closes_at__gt=F("opens_at"))),
            models.CheckConstraint(name="batch_state_known", condition=Q(state__in=BatchState.values)),
            models.CheckConstraint(  # zero: a procedure without a panel
                name="panel_is_odd_and_large_enough", condition=Q(panel_size__gte=3) | Q(panel_size=0)
            ),
            models.CheckConstraint(
                name="quorum_is_a_part",
                condition=Q(quorum_numerator__gte=1, quorum_numerator__lte=F("quorum_denominator")),
            ),
            models.CheckConstraint(name="quota_has_ground", condition=Q(quota__isnull=True) | ~Q(quota_ground="")),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def granting_body(self) -> Body:
        """The body that recognises in it: the district, zone or group that does so by itself, or the programme's."""
        return self.authority or self.programme.granted_by

    def is_offered_in(self, district: str) -> bool:
        """Whether an enterprise registered there may enter: a district takes its own, everybody else all."""
        body = self.authority
        return body is None or body.level != Level.DISTRICT or body.district == district

    @property
    def deciding_group_zh(self) -> str:
        """Who decides on its applications, as letters and minutes name it."""
        return "认定领导小组" if self.authority_id else "评审委员会"

    @property
    def is_recommendation(self) -> bool:
        """Whether it leads to a recommendation, because a national authority grants the title."""
        return self.programme.level == Level.NATIONAL

    @property
    def is_evaluation(self) -> bool:
        """Whether it evaluates titles that are held; the name of its procedure says so."""
        return is_evaluation(self.procedure)

    @property
    def departments(self) -> list[Department]:
        """Whom its consultation asks."""
        return [department for department in Department if getattr(self, f"asks_{department}")]

    @property
    def choice_words(self) -> dict[Choice, str | Promise]:
        """What the outcomes of a meeting over it are called."""
        if self.is_evaluation:
            return EVALUATING
        return RECOMMENDING if self.is_recommendation else RECOGNISING

    @transition(field=state, source=BatchState.PREPARED, target=BatchState.OPEN)
    def open(self) -> None:
        """The window opens."""

    @transition(field=state, source=BatchState.OPEN, target=BatchState.CLOSED)
    def close(self) -> None:
        """No further applications."""

    @transition(field=state, source=[BatchState.OPEN, BatchState.CLOSED], target=BatchState.OPEN)
    def prolong(self) -> None:
        """The window ends later; one that was over opens again."""

    @transition(field=state, source=[BatchState.OPEN, BatchState.CLOSED], target=BatchState.CALLED_OFF)
    def call_off(self) -> None:
        """It was opened wrongly, and nothing was filed in it that stands."""

    @transition(field=state, source=[BatchState.OPEN, BatchState.CLOSED], target=BatchState.ANNOUNCED)
    def announce(self) -> None:
        """The result is announced."""


def is_evaluation(procedure: str) -> bool:
    """Whether a procedure edition evaluates titles that are held, such as municipal_evaluation/2025."""
    return procedure.partition("/")[0].endswith("_evaluation")


class Counter(models.Model):
    """A gapless number, incremented under its row lock in the transaction that uses it."""

    key = models.CharField(max_length=80, primary_key=True)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
