"""重新审议: facts that came to light after the minutes, what the applicant said, what a second officer answered."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.applications import Application, StoredFile
from accreditation.models.cases import Deadline
from accreditation.models.hearings import ApplicantStatement
from accreditation.models.meetings import Decision
from accreditation.models.people import User
from accreditation.models.second_answers import ANSWERED, NOT_ANSWERED, Asking, SecondAnswer


class ReopeningGround(models.TextChoices):
    """What came to light."""

    FALSE_MATERIAL = "false_material", _("申报材料不实")
    WRONG_FIGURE = "wrong_figure", _("核定数据有误")
    CONDITION_LOST = "condition_lost", _("不再符合申报条件")
    INSOLVENCY = "insolvency", _("破产、解散或者被吊销")
    OTHER = "other", _("其他影响结论的事实")


class ReopeningAnswer(models.TextChoices):
    """What became of it; empty while it waits."""

    RETURNED = "returned", _("已退回重新审议")
    DROPPED = "dropped", _("不予重新审议")
    WITHDRAWN = "withdrawn", _("提请人已撤回")
    OVERTAKEN = "overtaken", _("因本件终结而终止")


A = ReopeningAnswer
PROPOSING = Asking("proposed_by", "proposed_for")


class Reopening(SecondAnswer):
    """One proposal to put a case before the committee again; the case stays where it stands while it waits.

    `decision` is what the minutes then said; once the case is sent back it supports nothing any more and stays as
    history. `proposed_for` and `answered_for`: whose power was lent.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="reopenings")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="reopenings")
    ground = models.CharField(max_length=20, choices=ReopeningGround)
    facts = models.TextField()
    why_again = models.TextField(blank=True)  # where the same facts were proposed before and taken back
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    clock = models.OneToOneField(Deadline, on_delete=models.PROTECT, related_name="reopening")
    stated_at = models.DateTimeField(null=True, blank=True)  # the first statement
    rest_waived_at = models.DateTimeField(null=True, blank=True)  # the rest of the days given up in words
    answer = models.CharField(max_length=20, choices=ReopeningAnswer, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_reopening_per_application", fields=["application"], condition=Q(answer="")
            ),
            models.CheckConstraint(name="reopening_has_facts", condition=~Q(facts="")),
            models.CheckConstraint(
                name="reopening_answer_is_whole",
                condition=NOT_ANSWERED
                | Q(answer=A.OVERTAKEN, **ANSWERED)
                | Q(answer__in=[A.RETURNED, A.DROPPED, A.WITHDRAWN], **ANSWERED) & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="reopening_is_answered_by_a_second_person",
                condition=~Q(answer__in=[A.RETURNED, A.DROPPED]) | PROPOSING.is_of_another(),
            ),
            models.CheckConstraint(
                name="reopening_is_withdrawn_by_who_proposed",
                condition=~Q(answer=A.WITHDRAWN) | PROPOSING.is_of_the_same(),
            ),
            models.CheckConstraint(
                name="rest_of_reopening_time_is_waived_with_a_statement",
                condition=Q(rest_waived_at__isnull=True)
                | Q(stated_at__isnull=False, stated_at__lte=F("rest_waived_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id} {self.answer or '…'}"

    @property
    def proposers(self) -> set[int]:
        """Numbers of who proposed and of the one in whose place it was proposed."""
        return {one for one in (self.proposed_by_id, self.proposed_for_id) if one is not None}


class ReopeningStatement(ApplicantStatement):
    """What the applicant says to the facts."""

    reopening = models.ForeignKey(Reopening, on_delete=models.PROTECT, related_name="statements")

    class Meta(ApplicantStatement.Meta):
        constraints = [models.CheckConstraint(name="reopening_statement_has_text", condition=~Q(text=""))]

    def __str__(self) -> str:
        return f"{self.reopening_id}"
