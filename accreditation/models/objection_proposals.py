"""Proposals to uphold an objection, each with the second officer's answer or that it was taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.notices import Objection
from accreditation.models.people import User


class UpholdingAnswer(models.TextChoices):
    """What became of a proposal; empty while it waits."""

    CONFIRMED = "confirmed", _("已确认异议成立")
    DECLINED = "declined", _("未予确认")
    WITHDRAWN = "withdrawn", _("提请已撤回")
    OVERTAKEN = "overtaken", _("因另一异议成立而终结")


A = UpholdingAnswer
PROPOSER = (F("proposed_by"), F("proposed_for"))


def _is_of_the_proposer(name: str) -> Q:
    """Whether the person of that column proposed, or is the one in whose place it was proposed; never with nobody."""
    proposed = Q(**{name: PROPOSER[0]}) | Q(proposed_for__isnull=False, **{name: PROPOSER[1]})
    return Q(**{f"{name}__isnull": False}) & proposed


def _is_of_another(name: str) -> Q:
    return Q(**{f"{name}__isnull": True}) | (
        ~Q(**{name: PROPOSER[0]}) & (Q(proposed_for__isnull=True) | ~Q(**{name: PROPOSER[1]}))
    )


class ObjectionProposal(models.Model):
    """One proposal; the objection stays open while it waits, when it is declined and when it is taken back.

    `proposed_for` and `answered_for`: whose power was lent.
    """

    objection = models.ForeignKey(Objection, on_delete=models.PROTECT, related_name="proposals")
    reasons = models.TextField()
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=UpholdingAnswer, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="one_waiting_proposal_per_objection", fields=["objection"], condition=Q(answer="")
            ),
            models.CheckConstraint(name="objection_proposal_has_reasons", condition=~Q(reasons="")),
            models.CheckConstraint(
                name="objection_proposal_answer_is_whole",
                condition=Q(
                    answer="", answer_reason="", answered_by__isnull=True, answered_for__isnull=True,
                    answered_at__isnull=True,
                )
                | Q(answer__in=[A.CONFIRMED, A.OVERTAKEN], answered_by__isnull=False, answered_at__isnull=False)
                | Q(answer__in=[A.DECLINED, A.WITHDRAWN], answered_by__isnull=False, answered_at__isnull=False)
                & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="objection_proposal_is_answered_by_a_second_person",
                condition=~Q(answer__in=[A.CONFIRMED, A.DECLINED])
                | (_is_of_another("answered_by") & _is_of_another("answered_for")),
            ),
            models.CheckConstraint(
                name="objection_proposal_is_taken_back_by_who_proposed",
                condition=~Q(answer=A.WITHDRAWN)
                | _is_of_the_proposer("answered_by")
                | _is_of_the_proposer("answered_for"),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.objection_id} {self.answer or '…'}"

    @property
    def proposers(self) -> set[int]:
        """Numbers of who proposed and of the one in whose place it was proposed."""
        return {one for one in (self.proposed_by_id, self.proposed_for_id) if one is not None}
