"""The three-yearly re-examination of demonstration titles: the round with its frozen list, and one case for each."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import transition

from accreditation.models.batches import RuleSetEdition
from accreditation.models.cases import Case, CaseSubject
from accreditation.models.people import User
from accreditation.models.recommendations import ExternalNotice
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title
from accreditation.reexamination_words import OPEN, Advice, ReexaminationState

R = ReexaminationState
HANDED_IN = [R.UNDER_REVIEW, R.SENT_BACK, R.REVIEWED, R.FORWARDED, R.PASSED, R.FAILED]
SENT_UP = [R.FORWARDED, R.PASSED, R.FAILED]


class ReexaminationRound(models.Model):
    """One round: whom the query named on the day of the call, by when material is due, which days the notice sets."""

    year = models.PositiveIntegerField(unique=True)
    document = models.CharField(max_length=80)  # number of the notice that calls
    due_on = models.DateField()
    every_years = models.PositiveIntegerField()  # of the rules
    return_days = models.PositiveIntegerField()  # working days for material that is sent back; no text sets them
    review_days = models.PositiveIntegerField()  # working days of the municipal review; no text sets them
    rule_set = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT, related_name="+")
    list_sha256 = models.CharField(max_length=64)  # of the frozen list, one line a title
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="reexamination_round_names_document", condition=~Q(document="") & ~Q(list_sha256="")
            ),
            models.CheckConstraint(
                name="reexamination_round_has_days",
                condition=Q(every_years__gte=1, return_days__gte=1, review_days__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def reporting_year(self) -> int:
        """Figures go to the end of the year before."""
        return self.year - 1


class ReexaminationReport(models.Model):
    """The municipality's letter that takes its opinions to the ministry; the cases in it point here."""

    round = models.ForeignKey(ReexaminationRound, on_delete=models.PROTECT, related_name="reports")
    number = models.CharField(max_length=60, unique=True)
    dated = models.DateField()
    addressed_to = models.CharField(max_length=120)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class Reexamination(CaseSubject):
    """One title in one round: the holder's material, the office's opinion, the ministry's result, what follows."""

    round = models.ForeignKey(ReexaminationRound, on_delete=models.PROTECT, related_name="cases")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="reexaminations")
    state = StateField(default=R.CALLED, choices=R.choices, protected=True)
    due_since = models.DateField()  # the grant, or the last result that was passed: where the years are counted from
    figures = models.JSONField(default=dict)  # "code-year" -> exact number as text, true or false
    summary = models.TextField(blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)  # the first time
    late_at = models.DateTimeField(null=True, blank=True)  # entered in the late list
    position = models.CharField(max_length=20, choices=Advice, blank=True)
    opinion = models.TextField(blank=True)
    reviewed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.ForeignKey(ReexaminationReport, on_delete=models.PROTECT, null=True, related_name="cases")
    notice = models.ForeignKey(ExternalNotice, on_delete=models.PROTECT, null=True, related_name="reexaminations")
    renewed_until = models.DateField(null=True, blank=True)
    remark = models.TextField(blank=True)  # why it was sent back, refused, closed or failed
    proposal = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")  # to withdraw the title

    class Meta:
        constraints = [
            models.CheckConstraint(name="reexamination_state_known", condition=Q(state__in=R.values)),
            models.UniqueConstraint(name="one_reexamination_per_title_and_round", fields=["round", "title"]),
            models.UniqueConstraint(
                name="one_open_reexamination", fields=["title"], condition=Q(state__in=sorted(OPEN))
            ),
            models.CheckConstraint(
                name="reexamined_material_was_handed_in",
                condition=~Q(state__in=HANDED_IN) | (Q(handed_in_at__isnull=False) & ~Q(summary="")),
            ),
            models.CheckConstraint(
                name="reviewed_reexamination_has_opinion",
                condition=~Q(state__in=[R.REVIEWED, *SENT_UP])
                | (~Q(position="") & ~Q(opinion="") & Q(reviewed_by__isnull=False)),
            ),
            models.CheckConstraint(
                name="forwarded_reexamination_has_letter", condition=~Q(state__in=SENT_UP) | Q(report__isnull=False)
            ),
            models.CheckConstraint(
                name="reexamination_result_has_notice",
                condition=Q(state__in=[R.PASSED, R.FAILED], notice__isnull=False)
                | ~Q(state__in=[R.PASSED, R.FAILED]) & Q(notice__isnull=True),
            ),
            models.CheckConstraint(
                name="only_passed_reexamination_renews", condition=Q(renewed_until__isnull=False) | ~Q(state=R.PASSED)
            ),
            models.CheckConstraint(
                name="only_lost_reexamination_proposes",
                condition=Q(proposal__isnull=True) | Q(state__in=[R.FAILED, R.REFUSED, R.UNANSWERED]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @transition(field=state, source=[R.CALLED, R.SENT_BACK, R.LATE], target=R.UNDER_REVIEW)
    def hand_in(self) -> None:
        """Material put before the office, be it late."""

    @transition(field=state, source=[R.CALLED, R.SENT_BACK, R.LATE], target=R.REFUSED)
    def refuse(self) -> None:
        """The holder declares that it takes no part."""

    @transition(field=state, source=[R.CALLED, R.SENT_BACK], target=R.LATE)
    def pass_due(self) -> None:
        """The day is over without material."""

    @transition(field=state, source=R.LATE, target=R.UNANSWERED)
    def close_unanswered(self) -> None:
        """The office takes silence for what it is."""

    @transition(field=state, source=[R.REFUSED, R.UNANSWERED], target=R.CALLED)
    def reopen(self) -> None:
        """That it took no part was set aside; its material is awaited anew."""

    @transition(field=state, source=R.UNDER_REVIEW, target=R.SENT_BACK)
    def send_back(self) -> None:
        """To be completed."""

    @transition(field=state, source=R.UNDER_REVIEW, target=R.REVIEWED)
    def review(self) -> None:
        """The office has its opinion."""

    @transition(field=state, source=R.REVIEWED, target=R.UNDER_REVIEW)
    def review_again(self) -> None:
        """The publisher does not send it up as it is."""

    @transition(field=state, source=R.REVIEWED, target=R.FORWARDED)
    def forward(self) -> None:
        """With the ministry."""

    @transition(field=state, source=R.FORWARDED, target=R.PASSED)
    def pass_above(self) -> None:
        """The ministry keeps the title."""

    @transition(field=state, source=R.FORWARDED, target=R.FAILED)
    def fail_above(self) -> None:
        """The ministry finds that it does not meet the conditions any more."""

    @transition(field=state, source=list(OPEN), target=R.DROPPED)
    def drop(self) -> None:
        """No longer asked for: the title does not stand any more."""
