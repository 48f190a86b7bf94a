"""The municipal recognition under its edition of 2026, left with a case before departments and a verifying firm."""

from __future__ import annotations

from datetime import datetime, timedelta

from accreditation.figure_check_words import CheckScope
from accreditation.models import Batch, Body, Case
from accreditation.recommendation_words import Department, TieRule
from accreditation.seeds.reference import DEMO_FIRM
from accreditation.services import figure_plans
from accreditation.services.batches import open_batch
from accreditation.services.recognition_quota import set_proposal_quota
from accreditation.services.rule_sets import store_edition
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.national import department_letter
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

RULES = "shanghai_municipal_centre/2026-demo"
PROCEDURE = "municipal_recognition/2026"
ORDINAL, QUOTA, OPEN_FOR_DAYS, ANSWERED = 36, 2, 30, 2
APPLICANT, DISTRICT = "qiye2", "jiading"


def fill_renewed(story: Story) -> Case:
    """Filed, recommended by the district; four departments asked, two have answered; a firm verifies the figures."""
    story.tell.step("市级认定 2026 年版：登记认定名额，区级推荐后正在部门会商，并委托第三方核查数据")
    clock = DemoClock(story.world.calendar, story.now, 9)
    turns = Turns(Teller(lambda _text: None), story.world, clock)
    people, act = story.world.people, turns.tell.act
    until = story.now + timedelta(days=OPEN_FOR_DAYS)
    batch = open_renewed_batch(story, clock, ordinal=ORDINAL, quota=QUOTA, closes_at=until)
    case = open_application(story.world.enterprise_of(APPLICANT), batch, by=people[APPLICANT], at=clock.minutes(5))
    turns.upload(case, APPLICANT, workbook_for(case.enterprise, batch, seed=11, profile="strong"))
    turns.upload_evidence(case, APPLICANT)
    act(case, "submit", people[APPLICANT], clock.minutes(20), declaration=True, insists=True)
    officer, office = people[DISTRICT], people["banshi"]
    act(case, "accept", officer, clock.days(1))
    turns.answer_gates(case, officer)
    act(case, "recommend", officer, clock.minutes(30), opinion="材料齐全，数据与凭证一致，同意推荐。")
    asked = list(Department.values)
    act(case, "ask_departments", office, clock.days(1), departments=asked, opinion="材料齐全，数据已核。")
    for number, department in enumerate(asked[:ANSWERED], start=1):
        at = clock.days(1)
        letter = department_letter(case, department, at) if number == 1 else {}
        act(
            case, "record_answer", office, at, department=department, position="no_objection",
            text="经核查，无不同意见。", document_number=f"示例函〔{at.year}〕{10 + number} 号", dated=at.date(),
            **letter,
        )  # fmt: skip
    figure_plans.set_plan(
        batch, scope=CheckScope.NAMED, sample_size=None, check_days=10, answer_days=3, ground="示例委托书〔2026〕1 号",
        by=office, at=clock.minutes(20),
    )  # fmt: skip
    firm = Body.objects.get(code=DEMO_FIRM.code)
    act(case, "commission_figure_check", office, clock.minutes(10), body=firm, remark="请重点核对研发费用和研发人员。")
    story.tell.line(clock.at, "系统", f"{case.number} {case.enterprise.name}")
    return case


def open_renewed_batch(story: Story, clock: DemoClock, *, ordinal: int, quota: int, closes_at: datetime) -> Batch:
    """A batch under the edition of 2026, opened at the clock's instant, with the most proposals that it allows."""
    procedure, office = PROCEDURES[PROCEDURE], story.world.people["banshi"]
    batch = open_batch(
        story.world.programme, store_edition(RULES, at=clock.at), ordinal=ordinal, year=clock.at.year,
        procedure=PROCEDURE, opens_at=clock.at - timedelta(minutes=1),
        closes_at=closes_at, base_date=clock.at.date(), by=office, at=clock.at,
        needs=procedure.needs, options=procedure.options,
    )  # fmt: skip
    return set_proposal_quota(
        batch, quota=quota, ground="示例市〔2026〕6 号", tie_rule=TieRule.RD_EXPENDITURE, by=office, at=clock.at
    )
