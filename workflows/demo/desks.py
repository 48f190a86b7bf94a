"""A second batch left in the middle of its work, so that every desk of the demo has something on it."""

from __future__ import annotations

from datetime import timedelta

from accreditation.models import Case
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.demo.world import open_demo_batch
from workflows.opening import open_application

OPEN_FOR_DAYS = 30


def fill_desks(story: Story) -> list[Case]:
    """One case returned for correction, one waiting for the district, one fresh draft."""
    story.tell.step("再开启一批，留在办理中：退回补正一件、待初审一件、草稿一件")
    clock = DemoClock(story.world.calendar, story.now, 6)
    turns = Turns(Teller(lambda _text: None), story.world, clock)
    batch = open_demo_batch(story.world, 35, opens_at=clock.at, closes_at=story.now + timedelta(days=OPEN_FOR_DAYS))
    cases = {}
    for username in ("qiye", "qiye2", "qiye4"):
        enterprise = story.world.enterprise_of(username)
        cases[username] = open_application(enterprise, batch, by=story.world.people[username], at=clock.minutes(5))
    for seed, (username, profile) in enumerate((("qiye", "strong"), ("qiye2", "middling")), 7):
        case = cases[username]
        turns.upload(case, username, workbook_for(case.enterprise, batch, seed=seed, profile=profile))
        turns.upload_evidence(case, username)
        turns.bind(case, username)
        at = clock.minutes(20)
        turns.tell.act(case, "submit", story.world.people[username], at, declaration=True, insists=True)
    _return(turns, cases["qiye"], batch.reporting_year, clock)
    for case in cases.values():
        story.tell.line(clock.at, "系统", f"{case.number} {case.enterprise.name}")
    return list(cases.values())


def _return(turns: Turns, case: Case, year: int, clock: DemoClock) -> None:
    officer = turns.world.people["pudong"]
    clock.days(2)
    turns.tell.act(case, "accept", officer, clock.minutes(5))
    figure = {
        "target": "figure",
        "code": "rd_staff",
        "year": year,
        "remark": "与 107-2 表研究开发人员数不一致，请核对后填报",
        "clause": "评价数据表填报说明",
    }
    evidence = {"target": "evidence", "code": "audit_report", "remark": "缺少审计报告的主营业务附注页"}
    turns.tell.act(
        case, "return_for_correction", officer, clock.minutes(30), points=[figure, evidence], remark="请一次补齐。"
    )
