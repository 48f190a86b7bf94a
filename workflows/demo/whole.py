"""Everything that the demo plays after the main job: further programmes, matters of titles, the city around them."""

from __future__ import annotations

from collections.abc import Callable

from workflows.demo.batch_acts import change_batches
from workflows.demo.changes import report_changes
from workflows.demo.city.asked_aside import ask_aside
from workflows.demo.city.build import City
from workflows.demo.city.demonstrations import Demonstrations
from workflows.demo.city.designations import DesignatedCity
from workflows.demo.city.district_rounds import DistrictRounds
from workflows.demo.city.earlier import enter_earlier_titles
from workflows.demo.city.evaluated import OPENED_BACK, Evaluations
from workflows.demo.city.held import HeldTitles
from workflows.demo.city.matters import WaitingMatters
from workflows.demo.city.national_results import NationalResults
from workflows.demo.city.people import CityPeople
from workflows.demo.city.recommended import recommend_from
from workflows.demo.city.renewed import RenewedCity
from workflows.demo.city.standing_still import StandingStill
from workflows.demo.city.unnoticed import UnnoticedCity
from workflows.demo.clock import DemoClock
from workflows.demo.cultivation import CultivationStory
from workflows.demo.designated import fill_designations
from workflows.demo.desks import fill_desks
from workflows.demo.district import fill_district
from workflows.demo.editions import propose_change
from workflows.demo.evaluations import fill_evaluation
from workflows.demo.matters import deal_with_titles
from workflows.demo.national import NationalStory
from workflows.demo.own_bodies import fill_own_bodies
from workflows.demo.reconsidered import challenge_decisions
from workflows.demo.reexaminations import ReexaminationStory
from workflows.demo.renewed import fill_renewed
from workflows.demo.served import serve_letters
from workflows.demo.story import Story
from workflows.tick import tick

PARTS = (
    HeldTitles,
    WaitingMatters,
    StandingStill,
    RenewedCity,
    DesignatedCity,
    UnnoticedCity,
    DistrictRounds,
    NationalResults,
)


def play_on(story: Story, size: int, sign: Callable[[], None]) -> None:
    """Go on from the story that has run, with so many cases of the city; `sign` issues the certificates asked for."""
    deal_with_titles(story.tell, story.world, story.clock)
    report_changes(story.tell, story.world, story.clock)
    fill_desks(story)
    fill_district(story)
    fill_own_bodies(story)
    fill_renewed(story)
    propose_change(story)
    fill_designations(story)
    evaluations = _evaluate(story) if size > 0 else None
    demonstrations = None
    NationalStory(story).run()
    case = fill_evaluation(story)
    if evaluations is not None:
        evaluations.report_to(case.application.batch)
        demonstrations = _build_city(story, evaluations, size)
        sign()
    challenge_decisions(story)
    serve_letters(story)
    CultivationStory(story).run()
    ReexaminationStory(story).run()
    change_batches(story)
    if demonstrations is not None:
        demonstrations.answer_call()
        tick(story.now)


def _evaluate(story: Story) -> Evaluations:
    """The round of evaluations before this year's: it is over before the others get their titles."""
    story.tell.step("上一年度评价：结果已公布，限期整改、逾期未报送、撤销前告知和听证")
    people = CityPeople(story.world, DemoClock(story.world.calendar, story.now, OPENED_BACK).at)
    evaluations = Evaluations(story, people, 0)
    evaluations.prepare()
    return evaluations


def _build_city(story: Story, evaluations: Evaluations, size: int) -> Demonstrations:
    """Further enterprises whose cases stand in every state today."""
    story.tell.step(f"示例城市：另有 {size} 家企业申报，分布于各个环节")
    city = City(story, evaluations.people, evaluations.made)
    city.build(size)
    first = recommend_from(story, evaluations.people, city.made)
    first = enter_earlier_titles(story, evaluations.people, first, size)
    for part in PARTS:
        first = part(story, evaluations.people, first).build()
    ask_aside(story)
    demonstrations = Demonstrations(story, evaluations.people, first)
    demonstrations.prepare()
    tick(story.now)
    return demonstrations
