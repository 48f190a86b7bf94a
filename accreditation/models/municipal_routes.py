"""Ways of an application that only later editions of the municipal recognition have; each is a transition."""

from __future__ import annotations

from django_fsm import GET_STATE, transition

from accreditation.enums import ApplicationState as S


def _after_proposal(application: MunicipalRoute, is_within: bool) -> str:
    """For recognition by the committee: within the quota of the batch by score, or below it."""
    return S.PROPOSED if is_within else S.NOT_IN_QUOTA


class MunicipalRoute:
    """The steps of edition 2026; the others are those of every application."""

    @transition(field="state", source=S.UNDER_CONSULTATION, target=S.AWAITING_PANEL)
    def conclude_consultation(self) -> None:
        """The other departments were heard; complete in form."""

    @transition(field="state", source=S.UNDER_NOTICE, target=S.WITHDRAWN)
    def take_off_notice(self) -> None:
        """Taken back by the applicant during the public notice, off the list by an adjustment notice."""

    @transition(
        field="state",
        source=S.UNDER_OVERALL_REVIEW,
        target=GET_STATE(_after_proposal, states=[S.PROPOSED, S.NOT_IN_QUOTA]),
    )
    def propose_within_quota(self, is_within: bool) -> None:
        """The committee is for recognition; the place by score tells whether the quota reaches it."""

    @transition(field="state", source=S.NOT_IN_QUOTA, target=S.PROPOSED)
    def call_up_to_be_proposed(self) -> None:
        """The next in order takes a place that came to be free; the committee was in favour of it."""
