"""A matter of a title that waits for a second word: an order whose execution is stayed."""

from __future__ import annotations

from accreditation.enums import LetterKind, ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Case, Letter
from workflows.demo.city.held import HeldTitles
from workflows.demo.reconsidered import CLAIM, REASONS
from workflows.opening_reconsiderations import open_reconsideration

PUDONG = "310115"  # whose superior has an account on the log-in page
RECONSIDERER = "fuyi1"
ORDERED_BACK, CHALLENGED_BACK, STAYED_BACK = 18, 6, 3
WHY_STAYED = "暂停称号将使申请人失去在投项目的申报资格，停止执行不损害公共利益。"


class WaitingMatters(HeldTitles):
    """Holders in the district whose superior can answer, numbered from `first`."""

    def build(self) -> int:
        """One order; the number after the last enterprise."""
        self._stay_an_order()
        return self.made

    def _enterprise(self) -> str:
        username = self.people.enterprise(self.made, district=PUDONG)
        self.made += 1
        return username

    def _stay_an_order(self) -> Case:
        """A suspension in effect is challenged, and not carried out until the reconsideration is decided."""
        self._proceed(
            ProceedingState.ORDER_RUNNING, ProceedingKind.SUSPENSION, Ground.UNDER_INVESTIGATION,
            self._clock(ORDERED_BACK),
        )  # fmt: skip
        letter = Letter.objects.filter(kind=LetterKind.ORDER).select_related("case__enterprise").latest("pk")
        clock, holder = self._clock(CHALLENGED_BACK), letter.case.enterprise.members.select_related("user").get().user
        case = open_reconsideration(
            letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=holder, at=clock.minutes(40)
        )
        clock.days(1)
        self._act(case, "accept_reconsideration", RECONSIDERER, clock)
        self._act(case, "stay_execution", RECONSIDERER, self._clock(STAYED_BACK), reason=WHY_STAYED)
        return case
