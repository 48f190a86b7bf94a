"""Goals that are drawn up for a change of edition: sound for every pair of editions that the page offers."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

from accreditation.clocks import DeadlineKind
from tests.attacks.municipal_states import MunicipalStates2026
from tests.clock import Clock
from tests.factories.editions import NEW, OLD
from workflows import door
from workflows.edition_goals import Choice, choices, draw_up, siblings
from workflows.edition_mapping import read_mapping
from workflows.edition_proposals import preview


@pytest.mark.parametrize("pair", siblings())
def test_every_goal_that_is_offered_makes_a_sound_mapping(pair: tuple[str, str]) -> None:
    rows = choices(*pair)
    assert all(row.goals for row in rows)
    for place in range(max(len(row.goals) for row in rows)):
        goals = {row.state: row.goals[min(place, len(row.goals) - 1)] for row in rows}
        mapping = read_mapping(draw_up(pair[1], "管理办法修订", goals), *pair)
        assert {state: goal.state for state, goal in mapping.states.items()} == goals


def test_state_stays_where_it_can_and_goes_back_to_the_nearest_where_not() -> None:
    assert siblings() == [(OLD, NEW), (NEW, OLD)]
    rows = {row.state: row for row in choices(NEW, OLD)}
    assert rows["submitted"].goals[0] == "submitted"
    assert rows["under_consultation"].goals[0] == "under_completeness_check"
    assert rows["draft"] == Choice("draft", ("draft",))


@pytest.mark.django_db
@pytest.mark.slow
def test_case_that_goes_back_starts_the_clock_of_its_new_state(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = MunicipalStates2026(clock.at)
    case = world.case_in("under_consultation")
    office = world.people["office"]
    door.perform(case, "call_off_figure_check", by=office, at=clock.at, form={"reason": "更换办理程序"})
    text = draw_up(OLD, "管理办法废止", {row.state: row.goals[0] for row in choices(NEW, OLD)})
    mapping = read_mapping(text, NEW, OLD)
    assert [clock.kind for clock in mapping.states["under_consultation"].starts] == [DeadlineKind.COMPLETENESS_CHECK]
    found = preview(mapping, [case.number], by=office, at=clock.at)
    assert [(line["after"], line["reasons"]) for line in found.lines] == [("under_completeness_check", [])]
