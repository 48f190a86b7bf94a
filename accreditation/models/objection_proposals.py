"""Proposals to uphold an objection, each with the second officer's answer or that it was taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.notices import Objection
from accreditation.models.people import User
from accreditation.models.second_answers import ANSWERED, NOT_ANSWERED, Asking, SecondAnswer


class UpholdingAnswer(models.TextChoices):
    """What became of a proposal; empty while it waits."""

    CONFIRMED = "confirmed", _("已确认异议成立")
    DECLINED = "declined", _("未予确认")
    WITHDRAWN = "withdrawn", _("提请已撤回")
    OVERTAKEN = "overtaken", _("因另一异议成立而终结")


A = UpholdingAnswer
PROPOSING = Asking("proposed_by", "proposed_for")


class ObjectionProposal(SecondAnswer):
    """One proposal; the objection stays open while it waits, when it is declined and when it is taken back.

    `proposed_for` and `answered_for`: whose power was lent.
    """

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="proposals")
    reasons = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=UpholdingAnswer, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_proposal_per_objection", fields=["objection"], condition=Q(answer="")
            ),
            models.CheckConstraint(name="objection_proposal_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="objection_proposal_answer_is_whole",
                condition=NOT_ANSWERED
                | Q(answer__in=[A.CONFIRMED, A.OVERTAKEN], **ANSWERED)
                | Q(answer__in=[A.DECLINED, A.WITHDRAWN], **ANSWERED) & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="objection_proposal_is_answered_by_a_second_person",
                condition=~Q(answer__in=[A.CONFIRMED, A.DECLINED]) | PROPOSING.is_of_another(),
            ),
            models.CheckConstraint(
                name="objection_proposal_is_taken_back_by_who_proposed",
                condition=~Q(answer=A.WITHDRAWN) | PROPOSING.is_of_the_same(),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.objection_id} {self.answer or '…'}"

    @property
    def proposers(self) -> set[int]:
        """Numbers of who proposed and of the one in whose place it was proposed."""
        return {one for one in (self.proposed_by_id, self.proposed_for_id) if one is not None}
