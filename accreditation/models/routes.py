"""Ways of an application through the recognition by a district, zone or group; each is a transition of its state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState as S
from accreditation.enums import Owner


def _after_filing(application: LocalRoute) -> str:
    """Through the town or park that was named, or straight to the authority."""
    return S.UNDER_FORWARDING if application.forwarder_id else S.SUBMITTED


def _after_local_correction(application: LocalRoute) -> str:
    """Back to whoever asked for the correction."""
    return S.UNDER_FORWARDING if application.returned_by == Owner.FORWARDER else at_first_authority(application)


def at_first_authority(application: LocalRoute) -> str:
    """Under its review; what it had not accepted when it asked for the correction counts as received anew."""
    return S.SUBMITTED if application.returned_before_acceptance else S.UNDER_FIRST_REVIEW


def _after_decision(application: LocalRoute) -> str:
    """To the public notice where the batch has one, else to the announcement."""
    return S.PROPOSED if application.batch.notice_days else S.AWAITING_ANNOUNCEMENT


class LocalRoute:
    """The steps that only such an authority has; the others are those of every application."""

    if TYPE_CHECKING:
        batch: Any
        forwarder_id: Any
        returned_by: Any
        returned_before_acceptance: Any

    @transition(
        field="state", source=S.DRAFT, target=GET_STATE(_after_filing, states=[S.UNDER_FORWARDING, S.SUBMITTED])
    )
    def submit_locally(self) -> None:
        """Filed, through a forwarder where one was named."""

    @transition(field="state", source=S.UNDER_FORWARDING, target=S.SUBMITTED)
    def forward(self) -> None:
        """Checked by the town or park and passed on."""

    @transition(field="state", source=S.UNDER_FORWARDING, target=S.SUBMITTED)
    def call_in(self) -> None:
        """Taken over by the authority although the town or park has not passed it on."""

    @transition(
        field="state",
        source=S.RETURNED,
        target=GET_STATE(_after_local_correction, states=[S.UNDER_FORWARDING, S.SUBMITTED, S.UNDER_FIRST_REVIEW]),
    )
    def correct_locally(self) -> None:
        """Corrected within the time limit."""

    @transition(
        field="state",
        source=S.RETURNED,
        target=GET_STATE(at_first_authority, states=[S.SUBMITTED, S.UNDER_FIRST_REVIEW]),
    )
    def correct_evaluation(self) -> None:
        """Corrected within the time limit, in an evaluation, which no town or park passes on."""

    @transition(field="state", source=S.UNDER_FIRST_REVIEW, target=S.UNDER_OVERALL_REVIEW)
    def fix_local_result(self) -> None:
        """Score and band of an evaluation stand and go before the leading group."""

    @transition(field="state", source=S.UNDER_OVERALL_REVIEW, target=S.UNDER_FIRST_REVIEW)
    def check_local_result_again(self) -> None:
        """The leading group has figures and result checked again."""

    @transition(field="state", source=S.UNDER_NOTICE, target=S.UNDER_FIRST_REVIEW)
    def reopen_local_result(self) -> None:
        """An objection was found true; the authority checks figures and result again."""

    @transition(field="state", source=S.UNDER_FIRST_REVIEW, target=S.AWAITING_PANEL)
    def pass_material_check(self) -> None:
        """The authority finds the material in order."""

    @transition(field="state", source=S.AWAITING_PANEL, target=S.UNDER_SITE_VISIT)
    def appoint_visitors(self) -> None:
        """Handed to the experts who visit first and review then."""

    @transition(field="state", source=S.UNDER_SITE_VISIT, target=S.UNDER_EXPERT_REVIEW)
    def record_site_visit(self) -> None:
        """What was found on the spot is on record."""

    @transition(
        field="state",
        source=S.UNDER_OVERALL_REVIEW,
        target=GET_STATE(_after_decision, states=[S.PROPOSED, S.AWAITING_ANNOUNCEMENT]),
    )
    def propose_locally(self) -> None:
        """The leading group is for recognition."""
