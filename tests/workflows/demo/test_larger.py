"""A city larger than the usual one, in small: what its size repeats is asked for twice on one database."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import LetterKind
from accreditation.models import (
    Application,
    Enterprise,
    Letter,
    Meeting,
    OutsideList,
    Reconsideration,
    ResultProposal,
    RoleGrant,
    SheetRequest,
    Title,
)
from accreditation.models.sheet_requests import SheetAnswer
from accreditation.recommendation_words import ResultState
from accreditation.reconsideration_words import ReconsiderationState as Way
from accreditation.roles import Role
from accreditation.seeds.accounts import FIELDS
from workflows.consistency import check_all
from workflows.demo import reconsidered
from workflows.demo.city import build, people, sessions
from workflows.demo.city.build import City
from workflows.demo.city.cohorts import LONG_AGO, Cohort
from workflows.demo.city.earlier import PART, enter_earlier_titles
from workflows.demo.city.national_results import NationalResults
from workflows.demo.city.people import COLLEAGUE, CityPeople
from workflows.demo.city.recommended import recommend_from
from workflows.demo.city.standing_still import StandingStill
from workflows.demo.clock import DemoClock
from workflows.demo.national import DEMONSTRATION
from workflows.demo.story import Story
from workflows.selectors.outside_lists import lists_for
from workflows.selectors.outside_results import results_for
from workflows.workdays import SHANGHAI

NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)  # a Wednesday
LARGE = 132  # more experts than fields, and every end of the titles of earlier years
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]


@pytest.fixture
def story(settings: LazySettings, var_dir: Path) -> Story:
    """Its people and its rules; nothing has been played yet."""
    settings.ACCREDITATION_DEMO = True
    return Story(lambda _text: None, NOW)


@pytest.fixture
def city_people(story: Story) -> CityPeople:
    return CityPeople(story.world, DemoClock(story.world.calendar, NOW, build.OPENED_BACK).at)


def test_whoever_is_needed_again_is_entered_once(story: Story, city_people: CityPeople) -> None:
    officers = set(city_people.officers.values())
    again = CityPeople(story.world, city_people.at)  # as the parts of the demo would make it anew
    assert set(again.officers.values()) == officers
    assert RoleGrant.objects.filter(user__username=COLLEAGUE, role=Role.MUNICIPAL_OFFICER).count() == 1


def test_large_city_has_experts_enough_and_titles_of_earlier_years(story: Story, city_people: CityPeople) -> None:
    experts = RoleGrant.objects.filter(role=Role.EXPERT).count()
    city_people.experts(LARGE)
    made = RoleGrant.objects.filter(role=Role.EXPERT).count() - experts
    assert made == LARGE // people.EXPERTS_PER > len(FIELDS)
    entered, titles = Enterprise.objects.count(), Title.objects.count()
    assert enter_earlier_titles(story, city_people, 7, LARGE) == 7 + LARGE // PART
    assert Enterprise.objects.count() - entered == Title.objects.count() - titles == LARGE // PART
    assert {*Title.objects.values_list("state", flat=True)} >= {"in_force", "expired", "revoked"}


def test_cohorts_of_several_cases_meet_in_parts_and_two_sheets_are_asked_for(
    story: Story, city_people: CityPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohorts = (Cohort(S.UNDER_EXPERT_REVIEW, 50, 14), Cohort(S.RECOGNISED, 50, 45, session=LONG_AGO))
    for name, value in (("MUNICIPAL", cohorts), ("local_part", lambda size: 0)):
        monkeypatch.setattr(build, name, value)
    monkeypatch.setattr(sessions, "MOST_ITEMS", 1)  # so that a day has two meetings
    monkeypatch.setattr(people, "EXPERTS_PER", 1)
    city = City(story, city_people)
    assert city.build(4) == {S.UNDER_EXPERT_REVIEW: 2, S.RECOGNISED: 2}
    assert [meeting.items.count() for meeting in Meeting.objects.all()] == [1, 1]
    assert StandingStill(story, city_people, city.made).build() > city.made
    asked = SheetRequest.objects.order_by("asked_at")
    assert [row.answer for row in asked] == [SheetAnswer.DECLINED, ""]
    assert len({row.seat_id for row in asked}) == 2
    assert {row.asked_by.username for row in asked} == {COLLEAGUE}
    assert [fault.what for fault in check_all()] == []


def test_one_national_result_waits_and_one_was_declined(story: Story, city_people: CityPeople) -> None:
    first = 7
    assert NationalResults(story, city_people, first).build() == first + 2
    rows = ResultProposal.objects.order_by("recorded_at")
    assert [row.state for row in rows] == [ResultState.DECLINED, ResultState.WAITING]
    assert {(row.title.state, row.title.evaluations.count()) for row in rows} == {("in_force", 0)}
    assert [row.recorded_by.username for row in rows] == [COLLEAGUE] * 2
    assert results_for(story.world.people["banshi"]) == [rows[1]]
    assert [fault.what for fault in check_all()] == []


def test_one_national_list_waits_and_one_was_declined(story: Story, city_people: CityPeople) -> None:
    recommend_from(story, city_people, 7, [DEMONSTRATION])
    rows = OutsideList.objects.order_by("recorded_at")
    assert [row.state for row in rows] == [ResultState.CONFIRMED, ResultState.DECLINED, ResultState.WAITING]
    assert all(row.settled_by != row.recorded_by for row in rows)
    assert lists_for(story.world.people["banshi"]) == [rows[2]]
    assert Application.objects.get(outside_lines__entry=rows[2]).state == S.RECOMMENDED_UPWARD
    assert [fault.what for fault in check_all()] == []


@pytest.mark.parametrize("later", [0, 1], ids=["the_very_day", "the_day_after"])
def test_decision_is_challenged_in_the_small_hours(
    story: Story, city_people: CityPeople, monkeypatch: pytest.MonkeyPatch, later: int
) -> None:
    monkeypatch.setattr(build, "MUNICIPAL", (Cohort(S.NOT_RECOMMENDED, 50, 16, "weak"),))
    monkeypatch.setattr(build, "local_part", lambda size: 0)
    monkeypatch.setattr(reconsidered, "WAYS", [way for way in reconsidered.WAYS if way[0] == Way.DECIDED])
    City(story, city_people).build(1)
    letter = Letter.objects.get(kind=LetterKind.NOT_RECOMMENDED)
    story.now = datetime.combine(letter.dated + timedelta(days=later), time(0, 20), SHANGHAI)
    reconsidered.challenge_decisions(story)
    row = Reconsideration.objects.get(letter=letter)
    assert (row.state, row.case.opened_at.astimezone(SHANGHAI).date()) == (Way.DECIDED, letter.dated)
    assert [fault.what for fault in check_all()] == []
