"""A batch of patented new products of some weeks ago: its cases stand between the draft and the certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Case
from accreditation.services.titles import import_title
from workflows import door
from workflows.demo.city.sessions import Bound, Session
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.opening import open_application

MET = {
    "PN1": "专利证书的权利人为申报单位，与产品技术一致",
    "PN2": "属于规划所列产业领域",
    "PN3": "已提交新产品技术鉴定证书",
    "PN4": "鉴定结论为国内领先",
    "PN5": "已有订单，用户意见良好",
}
YEARS = 3
UNMET = "鉴定证书未对技术水平作出结论"
RETURNED = [{"target": "evidence", "code": "appraisal", "remark": "鉴定证书缺盖章页，请重新上传"}]
# Working days before today: when all was filed, and the meetings with the states that their cases are to come to.
FILED, LAPSED, RETURNED_ON = 22, 19, 3
MEETINGS: Mapping[int, tuple[S, ...]] = {
    15: (S.RECOGNISED, S.RECOGNISED, S.REFUSED, S.OBJECTION_UPHELD, S.HELD_OTHERWISE, S.BARRED),
    10: (S.NOTICE_COMPLETED, S.POSTPONED),
    5: (S.UNDER_NOTICE, S.PROPOSED),
}


@dataclass(frozen=True, slots=True)
class Product:
    """Whose product, its name, the state its case is to come to; of a renewal the last day of its title, from today."""

    applicant: str
    name: str
    goal: S
    title_ends_in: int | None = None


PRODUCTS: Sequence[Product] = (
    Product("qiye", "DX-5 型多轴协同装配机器人", S.RECOGNISED),
    Product("qiye2", "GT-80 型高导热陶瓷基板", S.RECOGNISED, title_ends_in=40),
    Product("qiye4", "JM-3 型在线粒度分析仪", S.REFUSED),
    Product("qiye", "DX-3 型气动夹爪", S.OBJECTION_UPHELD),
    Product("qiye4", "JM-5 型振动测量仪", S.HELD_OTHERWISE),
    Product("qiye5", "HK-6 型轻量化襟翼作动器", S.BARRED),
    Product("qiye2", "GT-95 型高导热陶瓷封装件", S.NOTICE_COMPLETED),
    Product("qiye4", "JM-7 型微量水分测定仪", S.POSTPONED),
    Product("qiye", "DX-7 型柔性夹持装置", S.UNDER_NOTICE, title_ends_in=-2),
    Product("qiye4", "JM-9 型激光测厚仪", S.PROPOSED),
    Product("qiye2", "GT-60 型耐磨陶瓷衬板", S.INELIGIBLE),
    Product("qiye", "DX-2 型重载转台", S.RETURNED),
    Product("qiye4", "JM-1 型浊度计", S.LAPSED),
    Product("qiye2", "GT-30 型陶瓷过滤片", S.WITHDRAWN),
)
# Of an edition that knows no public notice.
UNNOTICED: Sequence[Product] = (Product("qiye2", "GT-40 型陶瓷轴承", S.AWAITING_ANNOUNCEMENT),)
UNNOTICED_MEETINGS: Mapping[int, tuple[S, ...]] = {4: (S.AWAITING_ANNOUNCEMENT,)}


class ProductStory:
    """One method per stage; the later ones only touch the cases that came that far."""

    def __init__(
        self,
        story: Story,
        batch: Batch,
        products: Sequence[Product] = PRODUCTS,
        meetings: Mapping[int, tuple[S, ...]] = MEETINGS,
    ) -> None:
        self.story, self.batch, self.world = story, batch, story.world
        self.products, self.meetings = products, meetings
        self.office = story.world.people["banshi"]

    def run(self) -> list[Case]:
        """All cases, in the order of the products."""
        made = [(one, self._filed(one)) for one in self.products]
        for one, case in made:
            self._checked(one, case)
        for days_back, states in self.meetings.items():
            bound = [Bound(case, one.goal) for one, case in made if one.goal in states]
            Session(self.world, self.batch, self._clock(days_back), days_back).hold(bound)
        return [case for _one, case in made]

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)

    def _filed(self, one: Product) -> Case:
        clock = self._clock(FILED)
        turns = Turns(Teller(lambda _text: None), self.world, clock)
        person, enterprise = self.world.people[one.applicant], self.world.enterprise_of(one.applicant)
        if one.title_ends_in is not None:
            self._enter_title(one, self.story.now.date() + timedelta(days=one.title_ends_in), clock.at)
        case = open_application(enterprise, self.batch, by=person, at=clock.minutes(5), product=one.name)
        turns.upload(case, one.applicant, workbook_for(enterprise, self.batch, seed=11, profile="strong"))
        turns.upload_evidence(case, one.applicant)
        door.perform(case, "submit", by=person, at=clock.minutes(20), form={"declaration": True, "insists": True})
        if one.goal == S.WITHDRAWN:
            door.perform(case, "withdraw", by=person, at=clock.days(1))
        return case

    def _enter_title(self, one: Product, last: date, at: datetime) -> None:
        """The title that the product has, from an older list."""
        granted = last.replace(year=last.year - YEARS, day=1)
        import_title(
            self.batch.programme, self.world.enterprise_of(one.applicant), product=one.name, granted_on=granted,
            valid_until=last, announcement_number=f"示例〔{granted.year}〕新产品 1 号",
            provenance="演示环境导入的专利新产品名录", by=self.office, at=at,
        )  # fmt: skip

    def _checked(self, one: Product, case: Case) -> None:
        if one.goal == S.WITHDRAWN:
            return
        clock = self._clock({S.RETURNED: RETURNED_ON}.get(one.goal, LAPSED))
        if one.goal in (S.RETURNED, S.LAPSED):
            self._act(case, "return_for_correction", clock, points=RETURNED, remark="")
            return
        for gate, reason in MET.items():
            is_met = not (one.goal == S.INELIGIBLE and gate == "PN4")
            self._act(case, "answer_gate", clock, gate=gate, is_met=is_met, reason=reason if is_met else UNMET)
        if one.goal == S.INELIGIBLE:
            self._act(case, "find_ineligible", clock)
        else:
            self._act(case, "pass_completeness_check", clock, opinion="符合五项条件")

    def _act(self, case: Case, verb: str, clock: DemoClock, **form: Any) -> None:
        door.perform(case, verb, by=self.office, at=clock.minutes(5), form=form)
