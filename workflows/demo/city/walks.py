"""One case of the city from its draft to where it stops, each step by whoever takes it, through the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Body, Case, Seat
from accreditation.seeds.reference import DEMO_TOWN
from accreditation.services.rule_sets import rules_of
from workflows.demo.clock import DemoClock
from workflows.demo.material import Key, workbook_for
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.demo.world import World
from workflows.opening import open_application

DISTRICT_FIGURES = {"revenue_main": 400000, "st_funds": 20000}
OPINION = "材料齐全，数据与凭证一致。"


class Walk:
    """A case with its people and its own clock; `changed` figures of the newest year replace the sample's."""

    def __init__(
        self, world: World, batch: Batch, clock: DemoClock, username: str, officer: str, n: int, **changed: int
    ) -> None:
        self.world, self.batch, self.clock, self.n = world, batch, clock, n
        self.username, self.officer = username, world.people[officer]
        self.turns = Turns(Teller(lambda _text: None), world, clock)
        self.case: Case
        self.is_local = batch.authority_id is not None
        self.changed = {**(DISTRICT_FIGURES if self.is_local else {}), **changed}

    def to(self, state: S, profile: str) -> Case:
        """Take the steps in order until the case has come to that state, or waits for the meeting that leads there."""
        self._draft(profile)
        if state == S.DRAFT:
            return self.case
        self._submit(by_town=state == S.UNDER_FORWARDING)
        ending = ENDINGS.get(state)
        if ending is not None:
            ending(self)
            return self.case
        for reached, step in self.steps():
            if reached == state:
                break
            step()
        if state == S.UNDER_EXPERT_REVIEW:
            self._review(of=self.n % self.batch.panel_size)
        return self.case

    def steps(self) -> list[tuple[S, Callable[[], None]]]:
        """The steps of the procedure in their order, each taken by a case that goes beyond the state beside it."""
        return [(state, partial(step, self)) for state, step in (LOCAL_STEPS if self.is_local else STEPS)]

    def _act(self, verb: str, by: Any = None, minutes: int = 15, **form: Any) -> None:
        self.turns.tell.act(self.case, verb, by or self.officer, self.clock.minutes(minutes), **form)

    def _draft(self, profile: str) -> None:
        person = self.world.people[self.username]
        enterprise = self.world.enterprise_of(self.username)
        self.case = open_application(enterprise, self.batch, by=person, at=self.clock.minutes(5))
        year = self.batch.reporting_year
        changed: dict[Key, int] = {(code, year): value for code, value in self.changed.items()}
        book = workbook_for(enterprise, self.batch, seed=self.n, profile=profile, changed=changed)
        self.turns.upload(self.case, self.username, book)

    def _submit(self, *, by_town: bool = False) -> None:
        self.turns.upload_evidence(self.case, self.username)
        form: dict[str, Any] = {"declaration": True, "insists": True}
        if by_town:
            form["forwarder"] = Body.objects.get(code=DEMO_TOWN.code)
        self._act("submit", self.world.people[self.username], **form)

    def _accept(self) -> None:
        self.clock.days(1)
        self._act("accept")

    def _recommend(self) -> None:
        self.clock.days(1)
        self.turns.answer_gates(self.case, self.officer)
        self._act("recommend", opinion=f"{OPINION}同意推荐。")

    def _check(self) -> None:
        self.clock.days(1)
        self._act("pass_completeness_check", self.world.people["banshi"])

    def _material_check(self) -> None:
        self.clock.days(1)
        self.turns.answer_gates(self.case, self.officer)
        self._act("pass_material_check", opinion=f"{OPINION}符合申报条件。")

    def _seat(self) -> None:
        self.turns.draw_and_appoint(self.case, by=self.officer.username if self.is_local else "banshi")

    def _visit(self) -> None:
        at = self.clock.days(1)
        seats = Seat.objects.filter(panel__application__case=self.case).order_by("place").select_related("expert")
        self._act(
            "record_site_visit", visited_on=at.date(), place=f"示例路 {self.n + 1} 号", is_confirmed=True,
            visitors=[seat.expert for seat in seats[:2]], has_no_ties=True, findings="场所、设备、人员与申报材料一致。",
        )  # fmt: skip

    def _review(self, of: int | None = None) -> None:
        """The panel's reviews, or only the first of them; the marks differ from case to case."""
        self.clock.days(2)
        self.turns.review_all(self.case, Fraction(62 + self.n * 7 % 33, 100), of)

    def _return(self) -> None:
        self._accept()
        point = {
            "target": "evidence", "code": next(kind.code for kind in rules_of(self.batch).evidence if kind.required),
            "remark": "扫描不清、缺少骑缝章，请重新上传", "clause": "申报材料要求",
        }  # fmt: skip
        self._act("return_for_correction", points=[point], remark="请一次补齐。")

    def _find_ineligible(self) -> None:
        self._accept()
        self._deny_gate()
        self._act("find_ineligible", reasons="经查询，主营产品列入当年度限制类目录。")

    def _deny_gate(self) -> None:
        gate = next(gate for gate in rules_of(self.batch).gates if gate.is_answered and gate.is_binding)
        self._act("answer_gate", gate=gate.code, is_met=False, reason="经查询当年度目录，主营产品列入限制类")

    def _not_recommend(self) -> None:
        self._accept()
        self._act("not_recommend", opinion="研发机构尚未独立运行，数据与凭证不符之处较多，建议完善后再行申报。")

    def _decline(self) -> None:
        self._act("decline", reasons="申报单位注册地不在本区，请向注册地所在区主管部门申报。")

    def _withdraw(self) -> None:
        self._act("withdraw", self.world.people[self.username], minutes=60)


Step = Callable[[Walk], None]
STEPS: tuple[tuple[S, Step], ...] = (
    (S.SUBMITTED, Walk._accept),
    (S.UNDER_FIRST_REVIEW, Walk._recommend),
    (S.UNDER_COMPLETENESS_CHECK, Walk._check),
    (S.AWAITING_PANEL, Walk._seat),
    (S.UNDER_EXPERT_REVIEW, Walk._review),
)
LOCAL_STEPS: tuple[tuple[S, Step], ...] = (
    (S.UNDER_FORWARDING, lambda walk: None),
    (S.SUBMITTED, Walk._accept),
    (S.UNDER_FIRST_REVIEW, Walk._material_check),
    (S.AWAITING_PANEL, Walk._seat),
    (S.UNDER_SITE_VISIT, Walk._visit),
    (S.UNDER_EXPERT_REVIEW, Walk._review),
)
ENDINGS: Mapping[S, Step] = {
    S.RETURNED: Walk._return,
    S.LAPSED: Walk._return,
    S.INELIGIBLE: Walk._find_ineligible,
    S.NOT_RECOMMENDED: Walk._not_recommend,
    S.DECLINED: Walk._decline,
    S.WITHDRAWN: Walk._withdraw,
}
