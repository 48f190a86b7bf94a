"""The part of an application that only a recommendation for a national title needs: its links and its transitions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState

S = ApplicationState
RANKED = [S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA, S.RECOMMENDED_UPWARD, S.RECOGNISED_ABOVE, S.NOT_RECOGNISED_ABOVE]
SENT = [S.RECOMMENDED_UPWARD, S.RECOGNISED_ABOVE, S.NOT_RECOGNISED_ABOVE]
ANSWERED = [S.RECOGNISED_ABOVE, S.NOT_RECOGNISED_ABOVE]
BEFORE_RANKING = [S.DRAFT, S.RETURNED, S.UNDER_COMPLETENESS_CHECK, S.UNDER_CONSULTATION, S.AWAITING_RANKING]

RECOMMENDING = (
    models.CheckConstraint(
        name="ranked_application_has_decision", condition=~Q(state__in=RANKED) | Q(decision__isnull=False)
    ),
    models.CheckConstraint(
        name="sent_application_has_recommendation", condition=~Q(state__in=SENT) | Q(recommendation__isnull=False)
    ),
    models.CheckConstraint(
        name="answered_application_has_notice_from_above",
        condition=~Q(state__in=ANSWERED) | Q(external_notice__isnull=False),
    ),
    models.CheckConstraint(
        name="application_recognised_above_has_title", condition=~Q(state=S.RECOGNISED_ABOVE) | Q(title__isnull=False)
    ),
)


def _after_approval(application: Recommending, is_within: bool) -> str:
    """Approved by the committee: within the quota by place, or below it."""
    return S.TO_BE_RECOMMENDED if is_within else S.NOT_IN_QUOTA


class Recommending(models.Model):
    """Links and transitions of a recommendation; `state` is the column of the application itself."""

    # of the enterprise under whose national centre a branch centre applies
    parent_title = models.ForeignKey(
        "accreditation.Title", on_delete=models.PROTECT, null=True, related_name="branch_applications"
    )
    recommendation = models.ForeignKey(
        "accreditation.Recommendation", on_delete=models.PROTECT, null=True, related_name="listed"
    )
    external_notice = models.ForeignKey(
        "accreditation.ExternalNotice", on_delete=models.PROTECT, null=True, related_name="answered"
    )

    class Meta:
        abstract = True

    @transition(field="state", source=S.DRAFT, target=S.UNDER_COMPLETENESS_CHECK)
    def file_with_office(self) -> None:
        """Filed with the municipal office, no district in between."""

    @transition(field="state", source=S.RETURNED, target=S.UNDER_COMPLETENESS_CHECK)
    def correct_with_office(self) -> None:
        """Corrected within the time limit, back to the municipal office."""

    @transition(field="state", source=BEFORE_RANKING, target=S.WITHDRAWN)
    def withdraw_before_ranking(self) -> None:
        """Taken back by the applicant while nothing is ranked."""

    @transition(field="state", source=S.UNDER_COMPLETENESS_CHECK, target=S.UNDER_CONSULTATION)
    def ask_departments(self) -> None:
        """Put before the other departments."""

    @transition(field="state", source=S.UNDER_CONSULTATION, target=S.AWAITING_RANKING)
    def adopt_initial_score(self) -> None:
        """The initial score stands and reaches the limit."""

    @transition(field="state", source=S.UNDER_COMPLETENESS_CHECK, target=S.AWAITING_RANKING)
    def score_at_check(self) -> None:
        """The same where no other department is asked."""

    @transition(field="state", source=S.AWAITING_RANKING, target=S.UNDER_OVERALL_REVIEW)
    def enter_ranking(self) -> None:
        """A line of the frozen ranking that the committee decides on."""

    @transition(
        field="state",
        source=S.UNDER_OVERALL_REVIEW,
        target=GET_STATE(_after_approval, states=[S.TO_BE_RECOMMENDED, S.NOT_IN_QUOTA]),
    )
    def approve_recommendation(self, is_within: bool) -> None:
        """The committee is for the recommendation; the place in the ranking tells whether the quota reaches it."""

    @transition(field="state", source=S.NOT_IN_QUOTA, target=S.TO_BE_RECOMMENDED)
    def call_up_to_be_recommended(self) -> None:
        """The next in order takes a place that came to be free; the committee was in favour of it."""

    @transition(field="state", source=S.UNDER_OVERALL_REVIEW, target=S.NOT_RECOMMENDED)
    def refuse_recommendation(self) -> None:
        """The committee is against the recommendation."""

    @transition(field="state", source=S.TO_BE_RECOMMENDED, target=S.RECOMMENDED_UPWARD)
    def recommend_upward(self) -> None:
        """Listed in the municipality's letter to the national authority."""

    @transition(field="state", source=S.RECOMMENDED_UPWARD, target=S.RECOGNISED_ABOVE)
    def recognise_above(self) -> None:
        """Listed in the national authority's notice, from whose day the title has effect."""

    @transition(field="state", source=S.RECOMMENDED_UPWARD, target=S.NOT_RECOGNISED_ABOVE)
    def pass_over_above(self) -> None:
        """Not listed in the national authority's notice."""

    @transition(field="state", source=S.NOT_RECOGNISED_ABOVE, target=S.RECOGNISED_ABOVE)
    def correct_to_recognised(self) -> None:
        """In the national authority's list after all: the entry of the result was wrong."""

    @transition(field="state", source=S.RECOGNISED_ABOVE, target=S.NOT_RECOGNISED_ABOVE)
    def correct_to_passed_over(self) -> None:
        """Not in the national authority's list: the entry of the result was wrong."""
