"""A district that recognises by itself, left with a case on the way to the site visit."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accreditation.models import Batch, Body, Case, Programme
from accreditation.seeds.reference import DEMO_DISTRICT, DEMO_TOWN
from accreditation.services.batches import open_batch
from accreditation.services.rule_sets import store_edition
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.demo.world import World
from workflows.opening import open_application

RULES = "district_centre/songjiang-demo"
PROCEDURE = "district_recognition/2022"
OPEN_FOR_DAYS = 30
APPLICANT = "qiye4"


def fill_district(story: Story) -> Case:
    """Forwarded by the town, material in order, experts appointed; the visit is due."""
    story.tell.step("区级认定：街镇转报、材料审核、组成评审组，待实地核查")
    clock = DemoClock(story.world.calendar, story.now, 6)
    turns = Turns(Teller(lambda _text: None), story.world, clock)
    people = story.world.people
    until = story.now + timedelta(days=OPEN_FOR_DAYS)
    batch = open_district_batch(story.world, 1, opens_at=clock.at, closes_at=until)
    case = open_application(story.world.enterprise_of(APPLICANT), batch, by=people[APPLICANT], at=clock.minutes(5))
    year = batch.reporting_year
    changed: dict[tuple[str, int | None], int] = {("revenue_main", year): 400000, ("st_funds", year): 20000}
    turns.upload(case, APPLICANT, workbook_for(case.enterprise, batch, seed=9, profile="strong", changed=changed))
    turns.upload_evidence(case, APPLICANT)
    said: dict[str, Any] = {"declaration": True, "insists": True, "forwarder": Body.objects.get(code=DEMO_TOWN.code)}
    turns.tell.act(case, "submit", people[APPLICANT], clock.minutes(20), **said)
    turns.tell.act(case, "forward", people["zhenban"], clock.days(1), opinion="材料齐全，情况属实，同意转报。")
    officer = people["songjiang"]
    turns.tell.act(case, "accept", officer, clock.minutes(30))
    turns.answer_gates(case, officer)
    turns.tell.act(case, "pass_material_check", officer, clock.days(1), opinion="材料齐全，符合申报条件。")
    turns.draw_and_appoint(case, by="songjiang")
    story.tell.line(clock.at, "系统", f"{case.number} {case.enterprise.name}")
    return case


def open_district_batch(
    world: World, ordinal: int, *, opens_at: datetime, closes_at: datetime, rules: str = RULES,
    authority: str = DEMO_DISTRICT,
) -> Batch:  # fmt: skip
    """A batch of the district that recognises by itself, or of the zone or group of that code."""
    return open_batch(
        Programme.objects.get(code="district_centre"),
        store_edition(rules, at=opens_at),
        ordinal=ordinal,
        year=opens_at.year,
        procedure=PROCEDURE,
        authority=Body.objects.get(district=authority),
        opens_at=opens_at - timedelta(minutes=1),
        closes_at=closes_at,
        base_date=opens_at.date(),
        by=world.people["banshi"],
        at=opens_at,
    )
