"""A district's batch without a public notice: one case waits to be announced, a town let its time run out twice."""

from __future__ import annotations

from datetime import timedelta

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch, Case
from accreditation.seeds.reference import DEMO_DISTRICT
from workflows.demo.city.cohorts import YESTERDAY
from workflows.demo.city.people import CityPeople
from workflows.demo.city.sessions import Bound, Session
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.district import open_district_batch
from workflows.demo.story import Story
from workflows.tick import tick

RULES = "district_centre/songjiang-unnoticed-demo"
OPENED_BACK, OPEN_FOR_DAYS, ORDINAL, FIRST_SEED = 30, 30, 3, 700
DECIDED_BACK = 20  # working days since the case that the leading group decided on was filed
CALLED_IN_BACK = 1
OFFICER = "songjiang"
CALLED_IN = "转报时限已过，街镇未转报，由认定机构直接调取。"


class UnnoticedCity:
    """Enterprises of the district, numbered from `first`."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first

    def build(self) -> int:
        """Decided, called in from the town, late with the town; the number after the last enterprise."""
        until = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        batch = open_district_batch(
            self.world, ORDINAL, opens_at=self._clock(OPENED_BACK).at, closes_at=until, rules=RULES
        )
        decided = self._walk(batch, S.UNDER_OVERALL_REVIEW, DECIDED_BACK)
        Session(self.world, batch, self._clock(YESTERDAY), ORDINAL).hold([Bound(decided, S.AWAITING_ANNOUNCEMENT)])
        called_in = self._walk(batch, S.UNDER_FORWARDING, batch.forwarding_days + 3)
        self._walk(batch, S.UNDER_FORWARDING, batch.forwarding_days + 2)
        tick(self.story.now)
        self._call_in(called_in)
        return self.made

    def _call_in(self, case: Case) -> None:
        turns = Session(self.world, case.application.batch, self._clock(CALLED_IN_BACK), ORDINAL).turns
        turns.tell.act(case, "call_in", self.world.people[OFFICER], turns.clock.minutes(30), reason=CALLED_IN)

    def _walk(self, batch: Batch, stop: S, filed: int) -> Case:
        username = self.people.enterprise(self.made, district=DEMO_DISTRICT)
        self.made += 1
        officer = self.people.officer_of(self.world.enterprise_of(username))
        seed = FIRST_SEED + batch.applications.count()
        return Walk(self.world, batch, self._clock(filed), username, officer, seed).to(stop, "strong")

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)
