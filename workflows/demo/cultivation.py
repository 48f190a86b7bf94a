"""The demo's cultivation list with reports and a release, and a holder of the national title called for its report."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from accreditation.models import Cultivation, Enterprise, Programme, User
from accreditation.selectors.cultivation import rules_for_readiness
from accreditation.services.cultivation import ask_for_cultivation, put_on_list, release_list
from accreditation.services.gap_reports import fields_to_state, make_report, state_figures, work_out
from accreditation.services.rule_sets import rules_of_edition
from accreditation.services.titles import import_title
from accreditation.yearly_report_words import DueMove
from criteria.fields import Kind
from workflows.demo.clock import DemoClock
from workflows.demo.national import DEMONSTRATION, HOLDERS
from workflows.demo.story import Story
from workflows.opening_yearly_reports import DAY, MONTH, open_call

SOURCE = "示例市技术创新示范企业培育工作方案"
STATEMENT = "已连续三年加大研发投入，建有市级企业技术中心，计划两年内申报国家技术创新示范企业。"
DAYS_BACK = 12
STATED = {"employees": 1500, "assets_total": 96000, "taxes_paid": 31000}


class CultivationStory:
    """Played after the national recommendation, whose demonstration candidate has filed its figures."""

    def __init__(self, story: Story) -> None:
        self.story, self.people = story, story.world.people
        self.clock = DemoClock(story.world.calendar, story.now, DAYS_BACK)

    def run(self) -> list[Cultivation]:
        """The list with its first reports, released to the public."""
        self.story.tell.step("示范企业培育库：入库、差距报告、名单公布")
        office = self.people["banshi"]
        rows = [self._put_on(HOLDERS[0][1], "selection"), self._put_on(HOLDERS[1][1], "district")]
        for row in rows:
            make_report(row, by=office, at=self.clock.minutes(10))
        self._state(rows[1], self.people[HOLDERS[1][0]])
        self.clock.days(2)
        make_report(rows[1], by=self.people[HOLDERS[1][0]], at=self.clock.minutes(5))
        release_list(document="示例经技〔2026〕21号", by=self.people["fabu"], at=self.clock.minutes(30))
        enterprise = self.story.world.enterprise_of("qiye3")
        asked = ask_for_cultivation(
            enterprise, statement=STATEMENT, industry="biology", by=self.people["qiye3"], at=self.clock.minutes(20)
        )
        self._call_for_reports()
        for row in (*rows, asked):
            said = f"{row.number} {row.enterprise.name}"
            self.story.tell.line(self.clock.at, "系统", said)
        return [*rows, asked]

    def _put_on(self, name: str, ground: str) -> Cultivation:
        at = self.clock.minutes(15)
        return put_on_list(
            Enterprise.objects.get(name=name), ground=ground, source=SOURCE, listed_from=at.date() - timedelta(days=1),
            industry="equipment", by=self.people["banshi"], at=at,
        )  # fmt: skip

    def _call_for_reports(self) -> None:
        """A holder of the national title owes its yearly report."""
        office, at = self.people["banshi"], self.clock.minutes(20)
        import_title(
            Programme.objects.get(code=DEMONSTRATION), self.story.cases["qiye"].enterprise,
            granted_on=date(at.year - 3, 1, 10), valid_until=date(at.year + 1, 1, 9),
            announcement_number=f"示例工信〔{at.year - 3}〕7号", provenance="演示环境导入的国家名单", by=office, at=at,
        )  # fmt: skip
        call = open_call(
            year=year_of_call(at), document=f"示例经技〔{at.year}〕30号", moves=DueMove.NEXT_WORKING_DAY,
            return_days=10, by=office, at=self.clock.minutes(15),
        )  # fmt: skip
        self.story.tell.line(self.clock.at, office, f"部署 {call.reporting_year} 年度报告，{call.due_on} 前报送")

    def _state(self, row: Cultivation, by: User) -> None:
        """Figures that no filing has, as the enterprise states them."""
        edition, at = rules_for_readiness(), self.clock.minutes(40)
        assert edition is not None
        rules = rules_of_edition(edition)
        known, _found = work_out(row.enterprise, edition, at)
        said = {
            (spec.code, year): "true" if spec.kind is Kind.BOOLEAN else str(STATED.get(spec.code, 6))
            for spec, year in fields_to_state(known, rules)
        }
        state_figures(row, said, by=by, at=at)


def year_of_call(at: datetime) -> int:
    """The year whose due day is the next one."""
    return at.year if at.date() <= date(at.year, MONTH, DAY) else at.year + 1
