"""The part of an application that only an evaluation of a title needs: its title and its transitions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState

S = ApplicationState
OF_EVALUATIONS = [S.RESULT_ADOPTED, S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED, S.EVALUATED]
PUBLISHED_RESULT = [S.UNDER_RECTIFICATION, S.RECTIFICATION_REPORTED, S.EVALUATED]

EVALUATING = (
    models.CheckConstraint(
        name="evaluation_has_title_and_decision",
        condition=~Q(state__in=OF_EVALUATIONS) | (Q(evaluated_title__isnull=False) & Q(decision__isnull=False)),
    ),
    models.CheckConstraint(
        name="published_result_has_announcement",
        condition=~Q(state__in=PUBLISHED_RESULT) | (Q(announcement__isnull=False) & Q(notice__isnull=False)),
    ),
)


def _after_result(application: Evaluating, must_rectify: bool) -> str:
    """A warning opens a time for rectification."""
    return S.UNDER_RECTIFICATION if must_rectify else S.EVALUATED


class Evaluating(models.Model):
    """Title and transitions of an evaluation; `state` is the column of the application itself."""

    evaluated_title = models.ForeignKey(
        "accreditation.Title", on_delete=models.PROTECT, null=True, related_name="evaluation_cases"
    )

    class Meta:
        abstract = True

    @transition(field="state", source=S.DRAFT, target=S.WITHDRAWN)
    def discard(self) -> None:
        """The holder's draft is given up; the call stands."""

    @transition(field="state", source=S.UNDER_COMPLETENESS_CHECK, target=S.UNDER_OVERALL_REVIEW)
    def fix_result(self) -> None:
        """Score and band stand and go before the committee."""

    @transition(field="state", source=S.UNDER_OVERALL_REVIEW, target=S.RESULT_ADOPTED)
    def adopt_result(self) -> None:
        """The committee adopts the result."""

    @transition(field="state", source=S.UNDER_OVERALL_REVIEW, target=S.UNDER_COMPLETENESS_CHECK)
    def check_result_again(self) -> None:
        """The committee has figures and result checked again."""

    @transition(field="state", source=S.RESULT_ADOPTED, target=S.UNDER_NOTICE)
    def publish_result(self) -> None:
        """Listed in a public notice of results."""

    @transition(field="state", source=S.UNDER_NOTICE, target=S.UNDER_COMPLETENESS_CHECK)
    def reopen_result(self) -> None:
        """An objection was found true; figures and result are checked again."""

    @transition(
        field="state",
        source=S.NOTICE_COMPLETED,
        target=GET_STATE(_after_result, states=[S.EVALUATED, S.UNDER_RECTIFICATION]),
    )
    def announce_result(self, must_rectify: bool) -> None:
        """The result is announced, with what follows from it."""

    @transition(field="state", source=S.UNDER_RECTIFICATION, target=S.RECTIFICATION_REPORTED)
    def report_rectification(self) -> None:
        """The holder reports what it put right."""

    @transition(field="state", source=S.UNDER_RECTIFICATION, target=S.EVALUATED)
    def miss_rectification(self) -> None:
        """The time ran out without a report; the warning stands."""

    @transition(field="state", source=S.RECTIFICATION_REPORTED, target=S.EVALUATED)
    def close_rectification(self) -> None:
        """The office found it put right, or not."""

    @transition(field="state", source=PUBLISHED_RESULT, target=S.EVALUATED)
    def set_result_aside(self) -> None:
        """The result or the finding on the rectification was set aside; nothing is to be put right any more."""
