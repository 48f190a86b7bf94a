"""The yearly report that a holder of the national demonstration title owes by 30 April, and the call for a year."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import transition

from accreditation.models.batches import RuleSetEdition
from accreditation.models.cases import CaseSubject
from accreditation.models.people import User
from accreditation.models.state_field import StateField
from accreditation.models.titles import Title
from accreditation.yearly_report_words import DueMove, YearlyReportState

R = YearlyReportState


class YearlyReportCall(models.Model):
    """What the office asks in a year: of whom (one case for each title then standing), by when, in which figures."""

    year = models.PositiveIntegerField(unique=True)  # in which the report is due; it tells of the year before
    document = models.CharField(max_length=80)  # number of the notice that asks for it
    moves = models.CharField(max_length=20, choices=DueMove)
    due_on = models.DateField()
    is_provisional = models.BooleanField()  # the calendar of that year was not published
    return_days = models.PositiveIntegerField()  # working days for a report that is sent back; no text sets them
    rule_set = models.ForeignKey(RuleSetEdition, on_delete=models.PROTECT, related_name="+")
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(name="call_names_document", condition=~Q(document="")),
            models.CheckConstraint(name="call_move_known", condition=Q(moves__in=DueMove.values)),
        ]

    def __str__(self) -> str:
        return str(self.year)

    @property
    def reporting_year(self) -> int:
        """The year that the figures are of."""
        return self.year - 1


class YearlyReport(CaseSubject):
    """One holder's report under one call: figures by field and year, what it says, when it came."""

    call = models.ForeignKey(YearlyReportCall, on_delete=models.PROTECT, related_name="reports")
    title = models.ForeignKey(Title, on_delete=models.PROTECT, related_name="yearly_reports")
    state = StateField(default=R.AWAITED, choices=R.choices, protected=True)
    figures = models.JSONField(default=dict)  # "code-year" -> exact number as text, true or false
    summary = models.TextField(blank=True)
    handed_in_at = models.DateTimeField(null=True, blank=True)  # the first time
    late_days = models.PositiveIntegerField(default=0)  # days between the due day and the first handing in
    remark = models.TextField(blank=True)  # of the office, when it took note, sent back or dropped

    class Meta:
        constraints = [
            models.CheckConstraint(name="yearly_report_state_known", condition=Q(state__in=R.values)),
            models.UniqueConstraint(name="one_yearly_report_per_title_and_call", fields=["call", "title"]),
            models.CheckConstraint(
                name="noted_yearly_report_was_handed_in",
                condition=~Q(state__in=[R.HANDED_IN, R.SENT_BACK, R.NOTED])
                | (Q(handed_in_at__isnull=False) & ~Q(summary="")),
            ),
            models.CheckConstraint(
                name="dropped_yearly_report_has_reason", condition=~Q(state=R.DROPPED) | ~Q(remark="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.case_id)

    @transition(field=state, source=[R.AWAITED, R.OVERDUE, R.SENT_BACK], target=R.HANDED_IN)
    def hand_in(self) -> None:
        """Put before the office."""

    @transition(field=state, source=[R.AWAITED, R.SENT_BACK], target=R.OVERDUE)
    def pass_due(self) -> None:
        """The day is over without it; it is still owed."""

    @transition(field=state, source=R.HANDED_IN, target=R.NOTED)
    def take_note(self) -> None:
        """On file; the year is done."""

    @transition(field=state, source=R.HANDED_IN, target=R.SENT_BACK)
    def send_back(self) -> None:
        """To be worked over."""

    @transition(field=state, source=[R.AWAITED, R.OVERDUE, R.HANDED_IN, R.SENT_BACK], target=R.DROPPED)
    def drop(self) -> None:
        """No longer owed: the title does not stand any more."""
