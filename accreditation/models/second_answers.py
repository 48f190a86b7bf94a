"""What one officer puts forward and a second one answers: the columns of the answer and the conditions behind them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q

from accreditation.models.people import User


class SecondAnswer(models.Model):
    """The answer, one of the choices of the model, empty while the row waits; `answered_for`: whose power was lent."""

    answer = models.CharField(max_length=20, blank=True)
    answer_reason = models.TextField(blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_for = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Asking:
    """The columns of who put it forward and of the one in whose place that was done."""

    by: str
    lender: str

    def is_of_another(self) -> Q:
        """Who answered, and in whose place, is neither of them."""
        return self._is_another("answered_by") & self._is_another("answered_for")

    def is_of_the_same(self) -> Q:
        """Who answered, or in whose place, is one of them."""
        return self._is_same("answered_by") | self._is_same("answered_for")

    def _is_another(self, name: str) -> Q:
        return Q(**{f"{name}__isnull": True}) | (
            ~Q(**{name: F(self.by)}) & (Q(**{f"{self.lender}__isnull": True}) | ~Q(**{name: F(self.lender)}))
        )

    def _is_same(self, name: str) -> Q:
        asked = Q(**{name: F(self.by)}) | Q(**{f"{self.lender}__isnull": False}, **{name: F(self.lender)})
        return Q(**{f"{name}__isnull": False}) & asked


NOT_ANSWERED = Q(
    answer="", answer_reason="", answered_by__isnull=True, answered_for__isnull=True, answered_at__isnull=True
)
ANSWERED = {"answered_by__isnull": False, "answered_at__isnull": False}
