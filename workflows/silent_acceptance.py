"""Acceptance by silence: what nobody answers in five working days counts as accepted from the day on which it came.

行政许可法第三十二条 (by analogy): the authority tells everything that lacks, at once or within five days; where it says
nothing in that time, the application is accepted from its receipt. What comes again after a return made before the
acceptance is received anew. These days run beside those of the review, which they neither shorten nor prolong.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.enums import LetterKind
from accreditation.services import letters
from workflows import audiences, guards, who
from workflows.doing import Clock, Doing, Verb

DAYS_TO_ACCEPT = 5  # working days
ACCEPTANCE = Clock(DeadlineKind.ACCEPTANCE, DAYS_TO_ACCEPT, fires="let_acceptance_pass")


def _let_pass(doing: Doing) -> None:
    """The letter says from which day it is accepted and why; nobody has the case in hand by it."""
    clock = doing.case.deadlines.get(kind=DeadlineKind.ACCEPTANCE, state=DeadlineState.RUNNING)
    body = letters.issuing_body(doing.application, is_district=True)
    letter = letters.write_letter(
        doing.application, kind=LetterKind.ACCEPTANCE, issued_by=body, at=doing.at, received=clock.started_at,
        days=DAYS_TO_ACCEPT,
    )  # fmt: skip
    doing.act.note(accepted_from=clock.started_at.isoformat(), letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


LET_ACCEPTANCE_PASS = Verb(
    "let_acceptance_pass", _("逾期未答复，视为受理"), who.CLOCK, ("first_review",), "行政许可法第三十二条（参照）",
    transition="accept", guards=(guards.clock_has_run(DeadlineKind.ACCEPTANCE),), record=_let_pass,
    tells=(audiences.applicants, audiences.district), for_page=False,
)  # fmt: skip
