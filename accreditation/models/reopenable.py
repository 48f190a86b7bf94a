"""Ways out of an application between the minutes and the grant: back to the committee, or given up, there too."""

from __future__ import annotations

from django_fsm import transition

from accreditation.enums import ApplicationState as S

# The minutes are for it, and what is left is the public notice, the announcement or the letter upward.
OFF_NOTICE = [S.PROPOSED, S.NOTICE_COMPLETED, S.AWAITING_ANNOUNCEMENT, S.TO_BE_RECOMMENDED]
REOPENABLE = [*OFF_NOTICE, S.UNDER_NOTICE]


class Reopenable:
    """Until the grant, or until the letter upward has gone out."""

    @transition(field="state", source=[*REOPENABLE, S.UNDER_OVERALL_REVIEW], target=S.UNDER_OVERALL_REVIEW)
    def return_to_committee(self) -> None:
        """Facts that came to light since the minutes are put before the committee, which decides anew.

        What it has again already stays there when a figure is corrected once more.
        """

    @transition(field="state", source=[*OFF_NOTICE, S.UNDER_OVERALL_REVIEW], target=S.WITHDRAWN)
    def give_up(self) -> None:
        """The applicant does not want what the committee is, or was, for; under notice it asks to be off the list."""
