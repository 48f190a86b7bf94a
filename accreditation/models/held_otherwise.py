"""The end of an application whose enterprise has come to hold what it asks for, or may not ask for it any more."""

from __future__ import annotations

from django_fsm import transition

from accreditation.enums import ApplicationState as S
from accreditation.models.reopenable import Reopenable

# The committee, or the municipality, has decided, and the grant is what is left; a public notice only delays it.
BEFORE_THE_GRANT = [
    S.PROPOSED, S.UNDER_NOTICE, S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT, S.RECOMMENDED_UPWARD,
]  # fmt: skip


class HeldOtherwise(Reopenable):
    """Where what is left leads to the grant, and it would be the second one or is barred."""

    @transition(field="state", source=BEFORE_THE_GRANT, target=S.HELD_OTHERWISE)
    def end_as_held(self) -> None:
        """The title came meanwhile, as by a succession or a list of paper certificates."""

    @transition(field="state", source=[*BEFORE_THE_GRANT[:-1]], target=S.BARRED)
    def end_as_barred(self) -> None:
        """A revocation meanwhile keeps the enterprise from this title for years."""
