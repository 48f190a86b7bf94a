"""Two further designations set up from files: a batch of products as far as they came, and one that is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Batch, Case, Programme, RuleSetEdition
from accreditation.seeds import reference
from accreditation.services.batches import open_batch
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.products import MET, UNNOTICED, UNNOTICED_MEETINGS, ProductStory
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.designations import Preview, set_up
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

SHIPPED = Path(reference.__file__).with_name("designations") / "ip_advantage_enterprise.yaml"
OF_PRODUCT = Path(__file__).with_name("patent_new_product.yaml")
WITHOUT_NOTICE = Path(__file__).with_name("patent_new_product_unnoticed.yaml")
APPLICANT = "qiye3"
PRODUCTS = ("HN-120 型全自动生化分析仪", "HN-200 型凝血分析仪", "HN-300 型化学发光免疫分析仪")
OPEN_FOR_DAYS, SET_UP_BACK, CLOSED_AFTER = 30, 23, 10


def fill_designations(story: Story) -> Case:
    """An earlier batch as far as it has come; the open one has products at two desks."""
    story.tell.step("称号设立：由文件设立两个称号，企业以多个产品申报专利新产品")
    earlier = DemoClock(story.world.calendar, story.now, SET_UP_BACK)
    shipped, product = (set_up_from(story, earlier, path) for path in (SHIPPED, OF_PRODUCT))
    clock = DemoClock(story.world.calendar, story.now, 4)
    until = story.now + timedelta(days=OPEN_FOR_DAYS)
    open_designated(story, clock, shipped, until)
    closed = earlier.at + timedelta(days=CLOSED_AFTER)
    cases = ProductStory(story, open_designated(story, earlier, product, closed)).run()
    unnoticed = open_designated(story, earlier, set_up_from(story, earlier, WITHOUT_NOTICE), closed, ordinal=3)
    cases += ProductStory(story, unnoticed, UNNOTICED, UNNOTICED_MEETINGS).run()
    newer = _now_open(story, open_designated(story, clock, product, until, ordinal=2), clock)
    for application in Application.objects.filter(case__in=[*cases, *newer]).order_by("case_id"):
        said = f"{application.case.number} {application.product_name} {S(application.state).label}"
        story.tell.line(clock.at, "系统", said)
    return newer[0]


def _now_open(story: Story, batch: Batch, clock: DemoClock) -> list[Case]:
    """The first product waits for the committee, the second for the office, the third is begun."""
    turns = Turns(Teller(lambda _text: None), story.world, clock)
    office, person = story.world.people["banshi"], story.world.people[APPLICANT]
    enterprise = story.world.enterprise_of(APPLICANT)
    cases = [open_application(enterprise, batch, by=person, at=clock.minutes(5), product=name) for name in PRODUCTS]
    for case in cases[:2]:
        turns.upload(case, APPLICANT, workbook_for(enterprise, batch, seed=11, profile="strong"))
        turns.upload_evidence(case, APPLICANT)
        turns.tell.act(case, "submit", person, clock.minutes(20), declaration=True, insists=True)
    clock.days(1)
    for code, reason in MET.items():
        turns.tell.act(cases[0], "answer_gate", office, clock.minutes(5), gate=code, is_met=True, reason=reason)
    turns.tell.act(cases[0], "pass_completeness_check", office, clock.minutes(20), opinion="符合五项条件")
    return cases


def set_up_from(story: Story, clock: DemoClock, path: Path) -> Preview:
    """By the office, seconded by the publisher; a second time changes nothing."""
    people = story.world.people
    return set_up(path.read_text("utf-8"), path.name, by=people["banshi"], seconded_by=people["fabu"], at=clock.at)


def open_designated(story: Story, clock: DemoClock, found: Preview, closes_at: datetime, ordinal: int = 1) -> Batch:
    """A batch of a designation that was set up."""
    at, programme = clock.at, Programme.objects.get(code=found.designation.code)
    return open_batch(
        programme,
        RuleSetEdition.objects.get(checksum=found.designation.rules.checksum),
        ordinal=ordinal,
        year=at.year,
        procedure=programme.procedure,
        opens_at=at - timedelta(minutes=1),
        closes_at=closes_at,
        base_date=at.date(),
        by=story.world.people["banshi"],
        at=at,
        needs=PROCEDURES[programme.procedure].needs,
    )
