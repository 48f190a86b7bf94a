"""The end of an application whose enterprise has come to hold what it asks for; every procedure has it."""

from __future__ import annotations

from django_fsm import transition

from accreditation.enums import ApplicationState as S

BEFORE_THE_GRANT = [S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT, S.RECOMMENDED_UPWARD]


class HeldOtherwise:
    """Where only the grant is left, and it would be the second one."""

    @transition(field="state", source=BEFORE_THE_GRANT, target=S.HELD_OTHERWISE)
    def end_as_held(self) -> None:
        """The title came meanwhile, as by a succession or a list of paper certificates."""
