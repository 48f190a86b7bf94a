"""Clocks of the city that stand still on a ground that is named, and a sealed sheet that is to be set aside."""

from __future__ import annotations

from typing import Any

from accreditation.clocks import PauseGround
from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind, ProceedingKind, ProceedingState, SeatState
from accreditation.grounds import Ground
from accreditation.models import Case, Letter, Seat
from workflows.demo.city.build import MUNICIPAL_ORDINAL
from workflows.demo.city.held import OFFICE, PUBLISHER, HeldTitles
from workflows.demo.city.people import COLLEAGUE
from workflows.demo.city.sessions import member_of
from workflows.demo.clock import DemoClock
from workflows.demo.reconsidered import CLAIM, REASONS
from workflows.opening_reconsiderations import open_reconsideration

RECONSIDERER = "fuyi1"
HEARD_BACK, PAUSED_BACK = 8, 3
DECLINED_BACK, ASIDE_BACK = 2, 1
ORDERED_BACK, CHALLENGED_BACK, SUSPENDED_BACK = 16, 5, 2
WHY_PAUSED = "研究开发费用的归集口径须委托会计师事务所专项鉴定，鉴定期间不计入办理期限。"
WHY_SUSPENDED = "申请人与被申请人同意就数据核对进行调解，调解期间中止复议。"
WHY_DOUBTED = "有人反映该专家曾为申报单位的关联企业提供咨询，评分未经公开，提请搁置后依次递补。"
WHY_NOT_ASIDE = "经核实，受聘的并非本次申报单位，专家与本件没有利害关系，评分表照常计入。"
WHY_ASIDE = "该专家提交后告知，其配偶上月受聘于申报单位，评分未经公开，提请搁置后依次递补。"


class StandingStill(HeldTitles):
    """Two holders, numbered from `first`, and a panel of the city."""

    def build(self) -> int:
        """An order, a reconsideration, a sheet; the number after the last enterprise."""
        self._pause_an_order()
        self._suspend_a_reconsideration()
        self._ask_to_set_a_sheet_aside()
        return self.made

    def _pause_an_order(self) -> None:
        """The holder has been heard; whoever decides waits for an appraisal."""
        case = self._proceed(
            ProceedingState.AWAITING_ORDER, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, self._clock(HEARD_BACK)
        )
        said = {"ground": PauseGround.APPRAISAL, "remark": WHY_PAUSED}
        self._act(case, "pause_order", PUBLISHER, self._clock(PAUSED_BACK), **said)

    def _suspend_a_reconsideration(self) -> None:
        """A suspension of the title is challenged, and both sides are settling."""
        challenged = self._proceed(
            ProceedingState.ORDER_RUNNING, ProceedingKind.SUSPENSION, Ground.UNDER_INVESTIGATION,
            self._clock(ORDERED_BACK),
        )  # fmt: skip
        letter, clock = Letter.objects.get(case=challenged, kind=LetterKind.ORDER), self._clock(CHALLENGED_BACK)
        case = open_reconsideration(
            letter, known_on=letter.dated, claim=CLAIM, reasons=REASONS, by=member_of(challenged), at=clock.minutes(40)
        )
        clock.days(1)
        self._act(case, "accept_reconsideration", RECONSIDERER, clock)
        said = {"ground": PauseGround.SETTLING, "remark": WHY_SUSPENDED}
        self._act(case, "suspend_reconsideration", RECONSIDERER, self._clock(SUSPENDED_BACK), **said)

    def _ask_to_set_a_sheet_aside(self) -> None:
        """Of panels that are still marking: one request was declined, another waits for whoever looks at the demo.

        A small city has one sheet for both: declined once, it is asked for again on another ground.
        """
        seats = Seat.objects.filter(
            state=SeatState.SUBMITTED, panel__opened_at__isnull=True, panel__application__state=S.UNDER_EXPERT_REVIEW,
            panel__application__batch__ordinal=MUNICIPAL_ORDINAL, panel__application__batch__authority=None,
        ).select_related("panel__application__case").order_by("pk")  # fmt: skip
        sheets = list(seats[:2])
        if not sheets:  # only in a city without a panel
            return
        case, form, clock = self._ask_for(sheets[-1], WHY_DOUBTED, DECLINED_BACK)
        self._act(case, "decline_sheet_aside", OFFICE, clock, place=form["place"], reason=WHY_NOT_ASIDE)
        self._ask_for(sheets[0], WHY_ASIDE, ASIDE_BACK)

    def _ask_for(self, seat: Seat, reason: str, days_back: int) -> tuple[Case, dict[str, Any], DemoClock]:
        """By a colleague, so that the office can answer."""
        case: Case = seat.panel.application.case
        form, clock = {"place": seat.place, "reason": reason}, self._clock(days_back)
        self._act(case, "ask_sheet_aside", COLLEAGUE, clock, **form)
        return case, form, clock
