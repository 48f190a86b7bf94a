"""Recommendations of national centres in the demo: one batch with the national authority, one in consultation."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from accreditation.enums import Choice, Level, MemberState
from accreditation.models import Application, Batch, Body, Case, Enterprise, Member, Programme
from accreditation.recommendation_words import Department, TieRule
from accreditation.services import rankings
from accreditation.services.batches import open_batch
from accreditation.services.files import take_file
from accreditation.services.rule_sets import store_edition
from accreditation.services.titles import import_title
from criteria.workbook.samples import sample_credit_code
from workflows import recommendation_acts
from workflows.demo.clock import DemoClock
from workflows.demo.material import Key, sample_pdf, workbook_for
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.opening import open_application
from workflows.procedures import PROCEDURES
from workflows.tick import tick

CENTRE, DEMONSTRATION = "national_centre", "demonstration_national"
EDITIONS = {
    CENTRE: ("national_centre/2016-demo", "national_recommendation/2016"),
    DEMONSTRATION: ("demonstration_national/2010-demo", "demonstration_recommendation/2010"),
}
DAYS_BACK, OPEN_FOR_DAYS = 30, 30
HOLDERS = (("qiye", "上海示例重型装备集团有限公司"), ("qiye2", "上海示例先进材料集团有限公司"))
FIGURES = {
    "rd_expenditure": 86000, "rd_staff": 260, "employees": 1500, "equipment_original_value": 91000, "doctors": 22,
    "senior_experts": 16, "external_expert_months": 60, "rd_projects": 60, "rd_projects_basic_applied": 6,
    "platforms_national": 2, "platforms_provincial": 3, "certified_labs": 2, "invention_patents_valid": 48,
    "patents_applied_year": 60, "invention_patents_applied_year": 34, "standards_3y": 9, "national_awards": 1,
    "revenue_main": 1100000, "new_product_revenue": 520000, "profit_total": 98000, "new_product_profit": 46000,
    "product_sales_profit": 98000,
}  # fmt: skip


def open_national_batch(
    story: Story, programme: str, ordinal: int, opens_at: datetime, closes_at: datetime, quota: int
) -> Batch:
    """A batch of recommendations with its quota, under the demo's rules of that programme."""
    office, (rules, procedure) = story.world.people["banshi"], EDITIONS[programme]
    Body.objects.filter(level=Level.NATIONAL).update(name_zh="示例国家主管部门", name_en="Example Ministry")
    batch = open_batch(
        Programme.objects.select_related("granted_by").get(code=programme),
        store_edition(rules, at=opens_at), ordinal=ordinal, year=opens_at.year, procedure=procedure,
        opens_at=opens_at - timedelta(minutes=1), closes_at=closes_at, base_date=opens_at.date(), by=office,
        at=opens_at, needs=PROCEDURES[procedure].needs,
    )  # fmt: skip
    return rankings.set_quota(batch, quota=quota, ground="示例年度通知", by=office, at=opens_at)


def department_letter(case: Case, department: str, at: datetime) -> dict[str, Any]:
    """File and name of a department's letter, as the form of its answer takes them."""
    name = f"{Department(department).label}复函.pdf"
    content = sample_pdf(f"{case.number} {department.upper()}")
    return {"file": take_file(content, name, media_type="application/pdf", at=at), "name": name}


class NationalStory:
    """Plays the recommendation through the same services that the pages call."""

    def __init__(self, story: Story) -> None:
        self.story, self.people = story, story.world.people
        self.clock = DemoClock(story.world.calendar, story.now, DAYS_BACK)
        self.turns = Turns(Teller(lambda _text: None), story.world, self.clock)
        self.holders = [self._holder(n, username, name) for n, (username, name) in enumerate(HOLDERS)]

    def run(self) -> list[Case]:
        """A batch recommended within its quota, then one that is open."""
        self.story.tell.step("国家企业技术中心推荐：一批已行文待国家结果，一批正在部门会商；技术创新示范企业一件待核查")
        first = self._recommended_batch()
        open_cases = [self._open_batch(), self._demonstration()]
        for case in (*first, *open_cases):
            row = Case.objects.select_related("enterprise").get(pk=case.pk)
            said = f"{row.number} {row.enterprise.name}"
            self.story.tell.line(self.clock.at, "系统", said)
        return [*first, *open_cases]

    def _holder(self, n: int, username: str, name: str) -> Enterprise:
        """A fictional group that has held the municipal title for years; the demo's applicant acts for it too."""
        at = self.clock.at
        enterprise = Enterprise.objects.create(
            uscc=sample_credit_code(700 + n), name=name, district="310115", registered_at=at
        )
        Member.objects.create(
            enterprise=enterprise, user=self.people[username], is_administrator=True, state=MemberState.ACTIVE,
            requested_at=at, settled_at=at,
        )  # fmt: skip
        import_title(
            self.story.world.programme, enterprise, granted_on=date(at.year - 4, 6, 1),
            valid_until=date(at.year + 2, 5, 31), announcement_number=f"示例市〔{at.year - 4}〕3 号",
            provenance="演示环境导入的市级名录", by=self.people["banshi"], at=at,
        )  # fmt: skip
        return enterprise

    def _file(self, batch: Batch, n: int, **changed: int) -> Case:
        username, enterprise = HOLDERS[n][0], self.holders[n]
        person = self.people[username]
        case = open_application(enterprise, batch, by=person, at=self.clock.minutes(5))
        figures: dict[Key, int] = {
            (code, batch.reporting_year): value for code, value in {**FIGURES, **changed}.items()
        }
        book = workbook_for(enterprise, batch, seed=20 + n, profile="strong", changed=figures)
        self.turns.upload(case, username, book)
        self.turns.upload_evidence(case, username)
        at = self.clock.minutes(20)
        self.turns.tell.act(case, "submit", person, at, declaration=True, insists=True)
        return case

    def _consult(self, case: Case, answered: int) -> None:
        office, act = self.people["banshi"], self.turns.tell.act
        self.turns.answer_gates(case, office)
        asked = list(Department.values)
        act(case, "ask_departments", office, self.clock.minutes(10), departments=asked, opinion="材料真实，领域相符。")
        for number, department in enumerate(asked[:answered], start=1):
            at = self.clock.days(1)
            letter = department_letter(case, department, at) if number == 1 else {}
            act(
                case, "record_answer", office, at, department=department, position="no_objection",
                text="经核查，近三年无违法违规记录，无不同意见。",
                document_number=f"示例函〔{at.year}〕{number} 号", dated=at.date(), **letter,
            )  # fmt: skip

    def _recommended_batch(self) -> list[Case]:
        clock, office = self.clock, self.people["banshi"]
        closes = (clock.at + timedelta(days=2)).replace(hour=17, minute=0)
        batch = open_national_batch(self.story, CENTRE, 30, clock.at, closes, quota=1)
        cases = [self._file(batch, 0), self._file(batch, 1, doctors=9, invention_patents_valid=14)]
        clock.days(3)
        for case in cases:
            self._consult(case, answered=4)
            opinion = {"opinion": "数据已核实，同意初评得分。"}
            self.turns.tell.act(case, "adopt_initial_score", office, clock.minutes(20), **opinion)
        tick(clock.at)
        recommendation_acts.freeze_ranking(batch, tie_rule=TieRule.RD_EXPENDITURE, by=office, at=clock.days(1))
        clock.days(2)
        self.turns.hold_meeting(batch, {case.number: Choice.RECOGNISE for case in cases})
        at = clock.days(1)
        listed = Application.objects.filter(batch=batch, state="to_be_recommended")
        recommendation_acts.send_recommendation(
            Batch.objects.get(pk=batch.pk), listed, number=f"示例推荐〔{at.year}〕5 号", dated=at.date(),
            addressed_to="示例国家主管部门", by=self.people["fabu"], at=at,
        )  # fmt: skip
        return cases

    def _open_batch(self) -> Case:
        batch = open_national_batch(
            self.story, CENTRE, 31, self.clock.at, self.story.now + timedelta(days=OPEN_FOR_DAYS), quota=2
        )
        case = self._file(batch, 1)
        self._consult(case, answered=2)
        return case

    def _demonstration(self) -> Case:
        """A candidate for the title of demonstration enterprise that waits for the municipal check."""
        closes = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        return self._file(
            open_national_batch(self.story, DEMONSTRATION, 15, self.clock.days(1), closes, quota=4),
            0,
            assets_total=90000,
        )
