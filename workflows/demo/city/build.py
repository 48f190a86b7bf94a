"""Builds the city: enterprises, officers, two batches, and every cohort of cases up to where it stops today."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import timedelta

from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Batch, Case
from accreditation.seeds.reference import DEMO_DISTRICT
from workflows.demo.city.cohorts import DISTRICT, MUNICIPAL, Cohort, local_part, sizes
from workflows.demo.city.figures import weaker_figures
from workflows.demo.city.people import CityPeople
from workflows.demo.city.sessions import Bound, Session
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.district import open_district_batch
from workflows.demo.story import Story
from workflows.demo.world import open_demo_batch
from workflows.tick import tick

OPENED_BACK, OPEN_FOR_DAYS = 50, 30
MUNICIPAL_ORDINAL, DISTRICT_ORDINAL = 37, 2
SPREAD = 3  # cases of a cohort are filed on so many different days


class City:
    """Made on top of the story: its people, its rules, its calendar; its enterprises are numbered from `first`."""

    def __init__(self, story: Story, people: CityPeople, first: int = 0) -> None:
        self.story, self.world = story, story.world
        self.start = self._clock(OPENED_BACK)
        self.people, self.made = people, first

    def build(self, size: int) -> Counter[str]:
        """So many cases in all; how many stand in each state."""
        local = local_part(size)
        self.people.experts(size)
        municipal, district = self._batches()
        self._fill(municipal, MUNICIPAL, size - local)
        if local:
            self._fill(district, DISTRICT, local)
        tick(self.story.now)
        return Counter(Application.objects.values_list("state", flat=True))

    def _batches(self) -> tuple[Batch, Batch]:
        at, until = self.start.at, self.story.now + timedelta(days=OPEN_FOR_DAYS)
        municipal = open_demo_batch(self.world, MUNICIPAL_ORDINAL, opens_at=at, closes_at=until)
        return municipal, open_district_batch(self.world, DISTRICT_ORDINAL, opens_at=at, closes_at=until)

    def _fill(self, batch: Batch, cohorts: Sequence[Cohort], size: int) -> None:
        bound: dict[int, list[Bound]] = defaultdict(list)
        for cohort, count in zip(cohorts, sizes(cohorts, size), strict=True):
            for n in range(count):
                case = self._walk(batch, cohort, n)
                if cohort.session:
                    bound[cohort.session].append(Bound(case, cohort.state))
        for days_back in sorted(bound, reverse=True):
            Session(self.world, batch, self._clock(days_back), days_back).hold(bound[days_back])

    def _walk(self, batch: Batch, cohort: Cohort, n: int) -> Case:
        is_local = batch.authority_id is not None
        username = self.people.enterprise(self.made, district=DEMO_DISTRICT if is_local else "")
        self.made += 1
        if not is_local:
            self.people.with_district_title(username)
        officer = self.people.officer_of(self.world.enterprise_of(username))
        spread = n % SPREAD if cohort.session else 0  # where a day matters all are filed on it
        clock = self._clock(cohort.filed_back(batch) + spread)
        stop = S.UNDER_OVERALL_REVIEW if cohort.session else cohort.state
        changed = weaker_figures(self.made) if cohort.profile == "strong" else {}
        return Walk(self.world, batch, clock, username, officer, self.made, **changed).to(stop, cohort.profile)

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)
