"""Ways of an application through the generic recognition; its batch tells which stages there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState as S


def _after_generic_filing(application: GenericRoute) -> str:
    """To the district where the batch gives it days for a review, else straight to the granting office."""
    return S.SUBMITTED if application.batch.first_review_days else S.UNDER_COMPLETENESS_CHECK


def _after_generic_check(application: GenericRoute) -> str:
    """To experts where the batch has a panel, else to the committee."""
    return S.AWAITING_PANEL if application.batch.panel_size else S.UNDER_OVERALL_REVIEW


class GenericRoute:
    """The forks that the parameters of a batch decide; the other steps are those of every application."""

    if TYPE_CHECKING:
        batch: Any

    @transition(
        field="state",
        source=S.DRAFT,
        target=GET_STATE(_after_generic_filing, states=[S.SUBMITTED, S.UNDER_COMPLETENESS_CHECK]),
    )
    def submit_generically(self) -> None:
        """Filed with the district or with the granting office."""

    @transition(
        field="state",
        source=S.UNDER_COMPLETENESS_CHECK,
        target=GET_STATE(_after_generic_check, states=[S.AWAITING_PANEL, S.UNDER_OVERALL_REVIEW]),
    )
    def pass_generic_check(self) -> None:
        """The granting office finds form and conditions in order."""

    @transition(
        field="state",
        source=[S.DRAFT, S.SUBMITTED, S.RETURNED, S.UNDER_COMPLETENESS_CHECK],
        target=S.WITHDRAWN,
    )
    def withdraw_generically(self) -> None:
        """The applicant takes it back before whoever has it first has begun."""
