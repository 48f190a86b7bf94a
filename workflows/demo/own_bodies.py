"""A development zone and a group that recognise by themselves: one case before the vote, one at the first check."""

from __future__ import annotations

from datetime import timedelta

from accreditation.enums import ApplicationState as S
from accreditation.models import Case
from accreditation.seeds.reference import DEMO_GROUP, DEMO_ZONE
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.district import OPEN_FOR_DAYS, open_district_batch
from workflows.demo.story import Story

FIRST_SEED = 900
# Code of the body, its officer, the applicant, working days since it filed, and where the case stands.
CASES = (
    (DEMO_ZONE.district, "xinpian", "qiye5", 12, S.UNDER_OVERALL_REVIEW),
    (DEMO_GROUP.district, "jituan", "qiye6", 4, S.UNDER_FIRST_REVIEW),
)


def fill_own_bodies(story: Story) -> list[Case]:
    """The officer of the zone can call the leading group, the officer of the group can check the material."""
    story.tell.step("开发区、集团认定：各有一件，分别待审议和待材料审核")
    return [_walk(story, seed, *line) for seed, line in enumerate(CASES, FIRST_SEED)]


def _walk(story: Story, seed: int, authority: str, officer: str, applicant: str, back: int, state: S) -> Case:
    clock = DemoClock(story.world.calendar, story.now, back)
    until = story.now + timedelta(days=OPEN_FOR_DAYS)
    batch = open_district_batch(story.world, 1, opens_at=clock.at, closes_at=until, authority=authority)
    case = Walk(story.world, batch, clock, applicant, officer, seed).to(state, "strong")
    story.tell.line(clock.at, "系统", f"{case.number} {case.enterprise.name}")
    return case
