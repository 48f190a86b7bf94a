"""What happens to titles of the city after the grant: proceedings and changes, one in each state."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Case, Enterprise, Title
from accreditation.selectors.people import active_people_of
from accreditation.services.changes import Particulars
from accreditation.services.files import take_file
from accreditation.services.titles import import_title
from workflows.demo.city.people import CityPeople
from workflows.demo.clock import DemoClock
from workflows.demo.material import sample_pdf
from workflows.demo.story import Story
from workflows.demo.telling import Teller, point_of
from workflows.opening_changes import open_change
from workflows.opening_proceedings import open_proceeding
from workflows.returnable import ANOTHER, DOCUMENT, TEXT
from workflows.succession_agreements import decline_succession

P, C = ProceedingState, ChangeState
OFFICE, PUBLISHER = "banshi", "fabu"
FOUND = "经核查，上年度报送的研究开发费用与审计报告不符，差额较大。"
DECLINED = "技术中心人员的劳动关系和在研项目的知识产权归属尚未商定，暂不同意承继。"
STATED = "经市场监督管理部门准予变更登记，技术中心的人员、场地和设备没有变化。"
STATEMENT = "差额系合并口径不同所致，已附审计机构说明，请予核实。"
# Kind of proceeding, its ground, working days since it was opened, and where it stands.
PROCEEDINGS: tuple[tuple[ProceedingState, ProceedingKind, Ground, int], ...] = (
    (P.IN_PREPARATION, ProceedingKind.WARNING, Ground.MATERIAL_OVERDUE, 2),
    (P.DEFENCE_OPEN, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, 3),
    (P.AWAITING_HEARING, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, 5),
    (P.AWAITING_ORDER, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, 8),
    (P.ORDERED, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, 10),
    (P.ORDER_RUNNING, ProceedingKind.SUSPENSION, Ground.UNDER_INVESTIGATION, 14),
    (P.CONCLUDED, ProceedingKind.REVOCATION, Ground.FALSE_MATERIAL, 20),
    (P.DROPPED, ProceedingKind.SUSPENSION, Ground.UNDER_INVESTIGATION, 9),
)
CHANGES: tuple[tuple[ChangeState, int], ...] = (
    (C.DRAFT, 1), (C.UNDER_OPINION, 3), (C.UNDER_RECEIVING_OPINION, 4), (C.RETURNED, 5), (C.UNDER_CONFIRMATION, 6),
    (C.AWAITING_SECOND, 8), (C.CONFIRMED, 12), (C.REFUSED, 11), (C.WITHDRAWN, 7),
)  # fmt: skip
KINDS = {C.UNDER_RECEIVING_OPINION: ChangeKind.RELOCATION, C.AWAITING_SECOND: ChangeKind.MERGER}
RECEIVING = ("310114", "310115")  # whoever sits in the first moves to the second, everybody else to the first


class HeldTitles:
    """Enterprises numbered from `first` that have held the municipal title for a year or more."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first
        self.tell = Teller(lambda _text: None)

    def build(self) -> int:
        """Every proceeding and every change; the number after the last enterprise."""
        for state, kind, ground, back in PROCEEDINGS:
            self._proceed(state, kind, ground, self._clock(back))
        for stands, back in CHANGES:
            self._change(stands, self._clock(back))
        return self.made

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)

    def _enterprise(self) -> str:
        username = self.people.enterprise(self.made)
        self.made += 1
        return username

    def _holder(self) -> tuple[str, Title]:
        """User name of a member and the title."""
        username, at = self._enterprise(), self.people.at
        granted = at.year - 1 - self.made % 2
        title = import_title(
            self.world.programme, self.world.enterprise_of(username), granted_on=date(granted, 9, 1),
            valid_until=date(granted + 4, 8, 31), announcement_number=f"示例市〔{granted}〕6 号",
            provenance="演示环境导入的市级名录", by=self.world.people[OFFICE], at=at,
        )  # fmt: skip
        return username, title

    def _act(self, case: Case, verb: str, by: str, clock: DemoClock, **form: Any) -> None:
        self.tell.act(case, verb, self.world.people[by], clock.minutes(20), **form)

    # --- proceedings --------------------------------------------------------------------------------------------------
    def _proceed(self, state: ProceedingState, kind: ProceedingKind, ground: Ground, clock: DemoClock) -> Case:
        holder, title = self._holder()
        office = self.world.people[OFFICE]
        case = open_proceeding(title, kind=kind, ground=ground, found_facts=FOUND, by=office, at=clock.minutes(20))
        if state == P.DROPPED:
            self._act(case, "drop_proceeding", OFFICE, clock, reason="经补充核查，差额已有合理说明，终止处理。")
        if state in (P.IN_PREPARATION, P.DROPPED):
            return case
        self._act(case, "notify_holder", OFFICE, clock)
        clock.days(1)
        if state == P.AWAITING_HEARING:
            self._act(case, "ask_for_hearing", holder, clock)
        elif state != P.DEFENCE_OPEN:
            self._act(case, "defend", holder, clock, statement=STATEMENT)
            self._act(case, "waive_rest_of_defence", holder, clock, gives_up_rest=True)
            self._order(case, state, clock)
        return case

    def _order(self, case: Case, state: ProceedingState, clock: DemoClock) -> None:
        """Made by the publisher: in effect at once, later, or for a time; nothing where the order is awaited."""
        if state == P.AWAITING_ORDER:
            return
        day, today = clock.days(2).date(), self.story.now.date()
        days = {P.ORDERED: (today + timedelta(days=9), None), P.ORDER_RUNNING: (day, today + timedelta(days=60))}
        start, until = days.get(state, (day, None))
        self._act(
            case, "make_order", PUBLISHER, clock, order_number=f"示例处〔{day.year}〕{case.pk} 号", ordered_on=day,
            effective_from=start, until=until, reasons="事实清楚，申辩理由不成立，依照有关规定处理。",
        )  # fmt: skip

    # --- changes ------------------------------------------------------------------------------------------------------
    def _change(self, state: ChangeState, clock: DemoClock) -> None:
        holder, title = self._holder()
        kind = KINDS.get(state, ChangeKind.RENAME)
        case = self._opened(holder, kind, clock)
        if state == C.DRAFT:
            return
        self._act(case, "submit_change", holder, clock)
        if state == C.WITHDRAWN:
            self._act(case, "withdraw_change", holder, clock)
        if state in (C.UNDER_OPINION, C.WITHDRAWN):
            return
        clock.days(1)
        officer = self.people.officer_of(title.holder)
        if state == C.RETURNED:
            points = [
                point_of(TEXT, "facts", "变更事实与所附文件不一致，请写明股东会决议的日期。"),
                point_of(DOCUMENT, ANOTHER, "请补充章程修正案。"),
            ]
            self._act(case, "return_change", officer, clock, points=points)
            return
        self._act(case, "give_opinion", officer, clock, is_favourable=True, opinion="登记文件已核对，同意。")
        if step := AFTER_OPINION.get(state):
            clock.days(1)
            step(self, case, title, clock)

    def _opened(self, holder: str, kind: ChangeKind, clock: DemoClock) -> Case:
        enterprise = self.world.enterprise_of(holder)
        said = Particulars(occurred_on=clock.at.date(), facts=STATED, **self._stated(enterprise, kind))
        case = open_change(enterprise, kind, said, by=self.world.people[holder], at=clock.minutes(20))
        name = "准予变更登记通知书.pdf"
        file = take_file(sample_pdf(f"{case.number} REGISTERED"), name, media_type="application/pdf", at=clock.at)
        self._act(case, "add_change_document", holder, clock, file=file, name=name, purpose="证明变更已经登记")
        return case

    def _stated(self, enterprise: Enterprise, kind: ChangeKind) -> dict[str, Any]:
        if kind == ChangeKind.MERGER:
            return {"successors": (self.world.enterprise_of(self._enterprise()),)}
        if kind == ChangeKind.RELOCATION:
            return {"new_district": next(code for code in RECEIVING if code != enterprise.district)}
        return {"new_name": enterprise.name.replace("有限公司", "集团有限公司").replace("股份集团", "集团股份")}

    def _put_forward(self, case: Case, title: Title, clock: DemoClock) -> None:
        """The plan waits for its second person; meanwhile the successor declines, so that nothing is confirmed yet."""
        row = case.changerequest.successors.get()
        outcomes = {title.number: ("passes", row.enterprise.uscc)}
        reasons = "技术中心整体并入存续公司，人员、场地和设备均已转移。"
        self._act(case, "put_succession_forward", OFFICE, clock, outcomes=outcomes, reasons=reasons)
        decline_succession(row, reason=DECLINED, by=active_people_of(row.enterprise)[0], at=clock.minutes(20))

    def _confirm(self, case: Case, title: Title, clock: DemoClock) -> None:
        day = clock.at.date()
        number = f"示例经技〔{day.year}〕{case.pk} 号"
        self._act(case, "confirm_change", OFFICE, clock, document_number=number, document_on=day)

    def _refuse(self, case: Case, title: Title, clock: DemoClock) -> None:
        self._act(case, "refuse_change", OFFICE, clock, reasons="所报名称与登记机关核准的名称不符，不予确认。")


Step = Callable[[HeldTitles, Case, Title, DemoClock], None]
AFTER_OPINION: Mapping[ChangeState, Step] = {
    C.AWAITING_SECOND: HeldTitles._put_forward,
    C.CONFIRMED: HeldTitles._confirm,
    C.REFUSED: HeldTitles._refuse,
}
