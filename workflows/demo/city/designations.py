"""The designation of the enterprise strong in intellectual property: cases at the desks that the products pass by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from accreditation.enums import ApplicationState as S
from accreditation.models import Batch
from workflows.demo.city.people import CityPeople
from workflows.demo.city.walks import Walk
from workflows.demo.clock import DemoClock
from workflows.demo.designated import SHIPPED, open_designated, set_up_from
from workflows.demo.story import Story
from workflows.tick import tick

OPENED_BACK, OPEN_FOR_DAYS, ORDINAL, FIRST_SEED = 30, 30, 2, 600
# Where each case stops and working days since it was filed.
STOPS: Sequence[tuple[S, int]] = (
    (S.SUBMITTED, 3),
    (S.UNDER_FIRST_REVIEW, 5),
    (S.DECLINED, 14),
    (S.NOT_RECOMMENDED, 16),
    (S.AWAITING_PANEL, 10),
    (S.UNDER_EXPERT_REVIEW, 12),
)
PROFILES: Mapping[S, str] = dict.fromkeys((S.DECLINED, S.NOT_RECOMMENDED), "weak")


class DesignatedCity:
    """Enterprises numbered from `first`, reviewed by their districts, then by the city's office and its experts."""

    def __init__(self, story: Story, people: CityPeople, first: int) -> None:
        self.story, self.world, self.people, self.made = story, story.world, people, first

    def build(self) -> int:
        """One case at each desk; the number after the last enterprise."""
        opened = self._clock(OPENED_BACK)
        found = set_up_from(self.story, opened, SHIPPED)
        until = self.story.now + timedelta(days=OPEN_FOR_DAYS)
        batch = open_designated(self.story, opened, found, until, ordinal=ORDINAL)
        for state, filed in STOPS:
            self._walk(batch, state, self._clock(filed))
        tick(self.story.now)
        return self.made

    def _walk(self, batch: Batch, state: S, clock: DemoClock) -> None:
        username = self.people.enterprise(self.made)
        self.made += 1
        officer = self.people.officer_of(self.world.enterprise_of(username))
        seed = FIRST_SEED + batch.applications.count()
        Walk(self.world, batch, clock, username, officer, seed).to(state, PROFILES.get(state, "strong"))

    def _clock(self, days_back: int) -> DemoClock:
        return DemoClock(self.world.calendar, self.story.now, days_back)
