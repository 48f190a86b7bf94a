"""Requests to set a sealed score sheet aside, each with the second officer's answer or that it was taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accreditation.models.panels import Seat
from accreditation.models.people import User
from accreditation.models.second_answers import ANSWERED, NOT_ANSWERED, Asking, SecondAnswer


class SheetAnswer(models.TextChoices):
    """What became of a request; empty while it waits."""

    AGREED = "agreed", _("同意搁置")
    DECLINED = "declined", _("不同意搁置")
    WITHDRAWN = "withdrawn", _("提请已撤回")


A = SheetAnswer
ASKING = Asking("asked_by", "asked_for")


class SheetRequest(SecondAnswer):
    """One request; the sheet counts while it waits, when it is declined and when it is taken back."""

    seat = models.ForeignKey(Seat, on_delete=models.PROTECT, related_name="sheet_requests")
    reason = models.TextField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")  # whose power was lent
    asked_at = models.DateTimeField()
    answer = models.CharField(max_length=20, choices=SheetAnswer, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="one_waiting_request_per_sheet", fields=["seat"], condition=Q(answer="")),
            models.CheckConstraint(name="sheet_request_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="sheet_request_answer_is_whole",
                condition=NOT_ANSWERED
                | Q(answer=A.AGREED, **ANSWERED)
                | Q(answer__in=[A.DECLINED, A.WITHDRAWN], **ANSWERED) & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="sheet_request_is_answered_by_a_second_person",
                condition=~Q(answer__in=[A.AGREED, A.DECLINED]) | ASKING.is_of_another(),
            ),
            models.CheckConstraint(
                name="sheet_request_is_taken_back_by_who_asked",
                condition=~Q(answer=A.WITHDRAWN) | ASKING.is_of_the_same(),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seat_id} {self.answer or '…'}"

    @property
    def askers(self) -> set[int]:
        """Numbers of who asked and of the one in whose place it was asked."""
        return {one for one in (self.asked_by_id, self.asked_for_id) if one is not None}
