"""Matters of titles that wait for a second word: an order that is stayed, changes that are to be returned again."""

from __future__ import annotations

from typing import Any

from accreditation.change_words import ChangeKind
from accreditation.enums import LetterKind, ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Case, FurtherReturn, Letter
from accreditation.services.files import take_file
from workflows import further_returns
from workflows.demo.city.held import HeldTitles
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf
from workflows.demo.reconsidered import CLAIM, REASONS
from workflows.demo.telling import point_of
from workflows.opening_reconsiderations import open_reconsideration
from workflows.returnable import ANOTHER, DOCUMENT

PUDONG = "310115"  # whose superior has an account on the log-in page
RECONSIDERER = "fuyi1"
ORDERED_BACK, CHALLENGED_BACK, STAYED_BACK = 18, 6, 3
WHY_STAYED = "暂停称号将使申请人失去在投项目的申报资格，停止执行不损害公共利益。"
OFFICER, SUPERIOR = "pudong", "puchang"
# Working days from one to the next: filed, returned, filed again, consent asked for, answered, returned again.
TO_RETURN, TO_CORRECT, TO_ASK, TO_ANSWER, TO_RETURN_AGAIN = 1, 2, 1, 1, 1
ASKED_FILED_BACK, AGREED_FILED_BACK = 6, 9
FIRST, SECOND = "请补充公司章程修正案。", "章程修正案载明的股东与股东会决议不一致，请补充全体股东签字的决议。"
WHY_AGAIN = "首次退回时章程修正案尚未提交，其中与决议不一致之处无从发现。"
WHY_AGREED = "所述属实，该决议是核对股东的必要文件，同意再次退回一次。"


class WaitingMatters(HeldTitles):
    """Holders in the district whose superior can answer, numbered from `first`."""

    def build(self) -> int:
        """One order, two changes; the number after the last enterprise."""
        self._stay_an_order()
        self._ask_to_return_again(self._clock(ASKED_FILED_BACK))
        self._return_again(self._clock(AGREED_FILED_BACK))
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

    def _ask_to_return_again(self, clock: DemoClock) -> tuple[Case, dict[str, Any]]:
        """A change, returned once and corrected, of which the officer asks for a second return."""
        holder, _title = self._holder()
        case = self._opened(holder, ChangeKind.RENAME, clock)
        self._act(case, "submit_change", holder, clock)
        clock.days(TO_RETURN)
        self._act(case, "return_change", OFFICER, clock, points=[point_of(DOCUMENT, ANOTHER, FIRST)])
        clock.days(TO_CORRECT)
        name = "章程修正案.pdf"
        file = take_file(sample_pdf(f"{case.number} ARTICLES"), name, media_type="application/pdf", at=clock.at)
        self._act(case, "add_change_document", holder, clock, file=file, name=name, purpose="证明章程已经修正")
        self._act(case, "submit_change", holder, clock)
        clock.days(TO_ASK)
        said: dict[str, Any] = {"points": [point_of(DOCUMENT, ANOTHER, SECOND)], "remark": ""}
        further_returns.ask(case, **said, reason=WHY_AGAIN, by=self.world.people[OFFICER], at=clock.minutes(30))
        return case, said

    def _return_again(self, clock: DemoClock) -> None:
        """The superior agreed, and the change is with its holder for the second time."""
        case, said = self._ask_to_return_again(clock)
        row, chief = FurtherReturn.objects.get(matter=case), self.world.people[SUPERIOR]
        at = clock.days(TO_ANSWER)
        further_returns.answer(case, row.pk, is_allowed=True, reason=WHY_AGREED, by=chief, at=at)
        clock.days(TO_RETURN_AGAIN)
        self._act(case, "return_change", OFFICER, clock, **said)
