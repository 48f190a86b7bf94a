"""Two further designations set up from files; an enterprise has one product before the committee, one in draft."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from accreditation.models import Batch, Case, Programme, RuleSetEdition
from accreditation.seeds import reference
from accreditation.services.batches import open_batch
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.designations import set_up
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

SHIPPED = Path(reference.__file__).with_name("designations") / "ip_advantage_enterprise.yaml"
OF_PRODUCT = Path(__file__).with_name("patent_new_product.yaml")
APPLICANT = "qiye3"
PRODUCTS = ("HN-120 型质子交换膜燃料电池系统", "HN-300 型质子交换膜燃料电池系统")
REASONS = {
    "PN1": "专利证书的权利人为申报单位，与产品技术一致",
    "PN2": "属于规划所列新能源汽车领域",
    "PN3": "已提交新产品技术鉴定证书",
    "PN4": "鉴定结论为国内领先",
    "PN5": "已有订单，用户意见良好",
}
OPEN_FOR_DAYS = 30


def fill_designations(story: Story) -> Case:
    """The first product is found in order by the office and waits for the committee; the second is begun."""
    story.tell.step("称号设立：由文件设立两个称号，企业以两个产品申报专利新产品")
    clock = DemoClock(story.world.calendar, story.now, 4)
    turns = Turns(Teller(lambda _text: None), story.world, clock)
    people = story.world.people
    _open(story, clock, SHIPPED)
    batch = _open(story, clock, OF_PRODUCT)
    enterprise, person = story.world.enterprise_of(APPLICANT), people[APPLICANT]
    first, second = (
        open_application(enterprise, batch, by=person, at=clock.minutes(5), product=name) for name in PRODUCTS
    )
    turns.upload(first, APPLICANT, workbook_for(enterprise, batch, seed=11, profile="strong"))
    turns.upload_evidence(first, APPLICANT)
    turns.tell.act(first, "submit", person, clock.minutes(20), declaration=True, insists=True)
    clock.days(1)
    for code, reason in REASONS.items():
        form: dict[str, Any] = {"gate": code, "is_met": True, "reason": reason}
        turns.tell.act(first, "answer_gate", people["banshi"], clock.minutes(5), **form)
    turns.tell.act(first, "pass_completeness_check", people["banshi"], clock.minutes(20), opinion="符合五项条件")
    for case, name in zip((first, second), PRODUCTS, strict=True):
        story.tell.line(clock.at, "系统", f"{case.number} {name}")
    return first


def _open(story: Story, clock: DemoClock, path: Path) -> Batch:
    """Set up by the office, seconded by the publisher; its first batch."""
    people, at = story.world.people, clock.at
    found = set_up(path.read_text("utf-8"), path.name, by=people["banshi"], seconded_by=people["fabu"], at=at)
    programme = Programme.objects.get(code=found.designation.code)
    return open_batch(
        programme,
        RuleSetEdition.objects.get(checksum=found.designation.rules.checksum),
        ordinal=1,
        year=at.year,
        procedure=programme.procedure,
        opens_at=at - timedelta(minutes=1),
        closes_at=story.now + timedelta(days=OPEN_FOR_DAYS),
        base_date=at.date(),
        by=people["banshi"],
        at=at,
        needs=PROCEDURES[programme.procedure].needs,
    )
