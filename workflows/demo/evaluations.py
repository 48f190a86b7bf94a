"""A round of evaluations in the demo: frozen, called, one holder's material before the district, the others awaited."""

from __future__ import annotations

from datetime import datetime, timedelta

from accreditation.models import Batch, Case, Enterprise, Programme
from accreditation.services.batches import open_batch
from accreditation.services.evaluation_rounds import call_holders, freeze_population
from accreditation.services.rule_sets import store_edition
from workflows.demo.clock import DemoClock
from workflows.demo.material import workbook_for
from workflows.demo.national import HOLDERS
from workflows.demo.story import Story
from workflows.demo.telling import Teller
from workflows.demo.turns import Turns
from workflows.opening import open_application
from workflows.procedures import PROCEDURES

RULES = "shanghai_municipal_centre/2022-evaluation-demo"
PROCEDURE = "municipal_evaluation/2025"
OPENED_BACK, FILED_BACK, OPEN_FOR_DAYS = 28, 4, 30


def fill_evaluation(story: Story) -> Case:
    """The office freezes and calls; the first holder has sent in its material."""
    story.tell.step("两年一次的评价：固定范围、发出通知，一家已报送，待区级初审")
    opened = DemoClock(story.world.calendar, story.now, OPENED_BACK)
    batch = open_round(story, opened, year=story.now.year, closes_at=story.now + timedelta(days=OPEN_FOR_DAYS))
    clock = DemoClock(story.world.calendar, story.now, FILED_BACK)
    turns, people = Turns(Teller(lambda _text: None), story.world, clock), story.world.people
    holder, name = HOLDERS[0]  # their titles are old enough to be due
    case = open_application(Enterprise.objects.get(name=name), batch, by=people[holder], at=clock.minutes(5))
    turns.upload(case, holder, workbook_for(case.enterprise, batch, seed=12, profile="strong"))
    turns.upload_evidence(case, holder)
    turns.tell.act(case, "submit", people[holder], clock.minutes(20), declaration=True)
    story.tell.line(clock.at, "系统", f"{case.number} {case.enterprise.name}")
    return case


def open_round(story: Story, clock: DemoClock, *, year: int, closes_at: datetime) -> Batch:
    """The batch of a year's evaluations, its population frozen and every holder called."""
    office = story.world.people["banshi"]
    batch = open_batch(
        Programme.objects.get(code="shanghai_municipal_centre"),
        store_edition(RULES, at=clock.at),
        ordinal=year,
        year=year,
        procedure=PROCEDURE,
        opens_at=clock.at - timedelta(minutes=1),
        closes_at=closes_at,
        base_date=clock.at.date(),
        by=office,
        at=clock.at,
        needs=PROCEDURES[PROCEDURE].needs,
    )
    freeze_population(batch, by=office, at=clock.minutes(10))
    call_holders(batch, by=office, at=clock.minutes(10))
    return batch
