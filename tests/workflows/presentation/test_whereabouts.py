"""Where a case stands as each reader is told: holder, since, until, what comes next, and the forecast of its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils.translation import override

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, ProceedingKind, ProceedingState
from accreditation.grounds import Ground
from accreditation.models import Application, AuditEvent, Case, Proceeding
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import hold_meeting, publish, recommend, seat_panel, to_committee
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.calendar import current_calendar
from workflows.opening import open_application
from workflows.opening_proceedings import open_proceeding
from workflows.presentation.whereabouts import whereabouts
from workflows.presentation.words import Words
from workflows.selectors.whereabouts import finished_visits, since
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=hour), SHANGHAI)


def place(case: Case, view: View = View.APPLICANT, *, when: datetime) -> Words:
    return whereabouts(Case.objects.get(pk=case.pk), Application.objects.get(case=case), view=view, at=when)


def finished(cast: Cast, number: int, lengths: dict[str, int]) -> Case:
    """A recognised case of which the trail alone is there: calendar days in each state, from Monday 5 January."""
    begun = at("2026-01-05")
    case = Case.objects.create(
        number=f"OLD-{number}", procedure="municipal_recognition/2022", enterprise=cast.enterprises[0],
        district="310115", batch=cast.batch, state=S.RECOGNISED, opened_at=begun, moved_at=begun,
    )  # fmt: skip
    when, before = begun, ""
    for seq, (state, days) in enumerate(lengths.items(), start=1):
        AuditEvent.objects.create(
            chain=f"case:{case.number}", seq=seq, at=when, verb="x", by_id=1, by_name="x", acting_as="x",
            state_before=before, state_after=state, content={}, code_revision="x", previous_hash=f"{number}-{seq}",
            hash=f"{number}-{seq}",
        )  # fmt: skip
        when, before = when + timedelta(days=days), state
    Case.objects.filter(pk=case.pk).update(closed_at=when)
    return case


def test_filed_case_waits_with_its_district_until_it_is_accepted_and_then_reviewed(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    found = place(case, when=clock.at)
    assert (found["holder"], found["task"], found["people"]) == ("示例310115", "区级初审", [])
    assert (found["since"], found["days"]) == (clock.at, 0)
    assert (found["clock"]["left"], found["clock"]["label"]) == (5, "受理期限")
    assert {move["verb"] for group in found["next"] for move in group["moves"]} == {
        "受理", "逾期未答复，视为受理", "不予受理", "退回补正", "撤回申报",
    }  # fmt: skip
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    assert place(case, when=clock.at)["clock"]["left"] == cast.batch.first_review_days


def test_since_is_the_entry_into_the_stage_whatever_was_done_in_it(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=at("2026-03-04"))  # another state, the same hands
    moved = Case.objects.get(pk=case.pk)
    assert moved.moved_at == at("2026-03-04")
    assert since(moved) == clock.at
    assert place(case, when=at("2026-03-06"))["days"] == 4


def test_staff_reads_who_has_the_case_in_hand_and_the_applicant_does_not(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    assert place(case, View.DISTRICT, when=clock.at)["people"] == []
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    for view in (View.DISTRICT, View.OFFICE, View.AUDITOR):
        assert place(case, view, when=clock.at)["people"] == [cast.pudong.name]
    assert place(case, when=clock.at)["people"] == []


def test_names_of_experts_reach_the_office_and_the_auditor_alone(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    names = sorted(expert.name for expert in cast.experts[:5])
    assert sorted(place(case, View.OFFICE, when=clock.at)["people"]) == names
    assert sorted(place(case, View.AUDITOR, when=clock.at)["people"]) == names
    for view in (View.APPLICANT, View.DISTRICT, View.EXPERT, View.COMMITTEE, View.FORWARDER):
        assert place(case, view, when=clock.at)["people"] == []
    assert place(case, when=clock.at)["holder"] == "评审专家"


def test_draft_runs_to_the_end_of_the_window_and_is_not_forecast(cast: Cast, clock: Clock) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    found = place(case, when=clock.at)
    assert (found["clock"]["label"], found["clock"]["due"]) == ("申报受理截止", cast.batch.closes_at)
    assert (found["forecast"], found["unforeseen"]) == (None, "提交或告知以后才能估计。")


def test_stage_without_limit_says_why(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    found = place(case, when=clock.at)
    assert found["clock"] is None
    assert found["no_limit"] == "没有时限：以召开会议为准，办法没有规定天数。"


def test_postponed_case_says_who_goes_on_and_that_the_applicant_can_do_nothing(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at, {case.number: Choice.POSTPONE})
    assert str(Case.objects.get(pk=case.pk).state) == S.POSTPONED
    assert door.possible_verbs(case, by=cast.member0, at=clock.at) == []
    found = place(case, when=clock.at)
    assert (found["clock"], found["holder"]) == (None, "市认定办公室")
    assert "以召开会议为准" in found["no_limit"]
    assert "不能修改材料或者撤回" in found["no_limit"]


def test_clock_that_ran_out_is_named_with_its_day(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    clocks = Case.objects.get(pk=case.pk).deadlines.filter(kind="notice")
    clocks.update(state="fired", settled_at=clock.at)
    found = place(case, when=clock.at + timedelta(days=30))
    assert "公示期已于" in found["no_limit"]
    assert "届满" in found["forecast"]["stages"][0]["limit"]


def test_paused_clock_says_since_when_and_why_and_gives_no_latest_day(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=at("2026-03-03"))
    habits(cast)
    before = place(case, when=at("2026-03-05"))["forecast"]["latest"]["on"]
    form = {"ground": "testing", "remark": "委托检测机构复核样机。"}
    door.perform(case, "pause_clock", by=cast.pudong, at=at("2026-03-05"), form=form)
    found = place(case, when=at("2026-03-10"))
    assert (found["clock"], found["no_limit"]) == (None, "")
    assert "检验、检测" in found["paused"][0]
    assert found["forecast"]["latest"] is None
    assert found["forecast"]["stages"][0]["limit"] == "区级初审时限已中止计算"
    assert found["forecast"]["why_no_latest"] == "时限中止期间不能给出最迟日期，恢复后顺延。"
    door.perform(case, "resume_clock", by=cast.pudong, at=at("2026-03-12"))
    after = place(case, when=at("2026-03-12"))["forecast"]["latest"]["on"]
    assert current_calendar().left(before, after) == 6  # 5, 6, 9, 10, 11 and 12 March are not counted


def test_closed_case_tells_its_result_and_nothing_to_come(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "withdraw", by=cast.member0, at=clock.at)
    assert place(case, when=clock.at) == {"is_over": True, "state": "已撤回", "since": clock.at}


def test_proceeding_is_held_by_the_authority_that_granted_the_title(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = open_proceeding(
        title,
        kind=ProceedingKind.WARNING,
        ground=Ground.EVALUATION_MARGINAL,
        found_facts=FACTS,
        by=cast.office,
        at=clock.at,
    )
    subject = Proceeding.objects.get(case=case)
    found = whereabouts(case, subject, view=View.OFFICE, at=clock.at)
    assert found["holder"] == "示例市经济和信息化主管部门"
    assert found["forecast"] is None
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    told = whereabouts(
        Case.objects.get(pk=case.pk), Proceeding.objects.get(case=case), view=View.APPLICANT, at=clock.at
    )
    assert (told["holder"], told["clock"]["label"]) == ("称号持有单位", "陈述申辩期限")
    assert [stage["name"] for stage in told["forecast"]["stages"]][1:] == ["作出决定"]
    assert Proceeding.objects.get(case=case).state == ProceedingState.DEFENCE_OPEN


# --- the forecast from the trail ----------------------------------------------------------------------------------
def habits(cast: Cast, cases: int = 6) -> None:
    """Finished cases, all of the same lengths but the first, which was in the first review twice as long."""
    for number in range(cases):
        finished(cast, number, {
            S.DRAFT: 7, S.SUBMITTED: 2, S.UNDER_FIRST_REVIEW: 26 if number == 0 else 12,
            S.UNDER_COMPLETENESS_CHECK: 7, S.AWAITING_PANEL: 7, S.UNDER_EXPERT_REVIEW: 14, S.UNDER_OVERALL_REVIEW: 14,
            S.PROPOSED: 7, S.UNDER_NOTICE: 8, S.NOTICE_COMPLETED: 6, S.RECOGNISED: 1,
        })  # fmt: skip


def test_stays_are_read_from_the_trail_and_states_of_one_node_are_one_stay(cast: Cast, clock: Clock) -> None:
    habits(cast, 1)
    rows = {row.node: row for row in finished_visits(filed_case(cast), current_calendar())}
    assert set(rows) == {
        "prepare", "first_review", "completeness_check", "appoint_panel", "expert_review", "overall_review",
        "publish_notice", "notice_period", "announce", "certify",
    }  # fmt: skip
    # Monday 12 January to Monday 9 February, with no holiday in between
    assert rows["first_review"].stay == 20
    assert rows["certify"].to_end == rows["certify"].stay == 1


def test_too_few_finished_cases_are_said_and_not_extrapolated(cast: Cast, clock: Clock) -> None:
    habits(cast, 4)
    found = place(filed_case(cast), when=clock.at)["forecast"]
    assert found["usual"] is None
    assert found["too_few"] == "可比的已办结办件不足 5 件（现有 4 件），不能按以往办件估计。"
    assert {stage["usual"] for stage in found["stages"]} == {"不足 5 件"}


def test_enough_finished_cases_give_usual_days_and_a_latest_one(cast: Cast, clock: Clock) -> None:
    habits(cast)
    found = place(filed_case(cast), when=clock.at)["forecast"]
    running = '区级初审时限至<time datetime="2026-03-16">2026年3月16日</time>'
    assert found["stages"][0] == {"name": "区级初审", "limit": running, "usual": "10（10 至 10）"}
    assert found["usual"]["earliest"] <= found["usual"]["middle"] <= found["usual"]["latest"]
    assert found["latest"]["on"] > found["usual"]["earliest"]
    assert not found["is_legal"]
    assert "组成评审组" in found["rests_on"]
    assert "公示期" not in found["rests_on"]


def test_case_that_is_longer_in_a_stage_than_most_is_compared_with_the_slow_ones(cast: Cast, clock: Clock) -> None:
    habits(cast)
    found = place(filed_case(cast), when=at("2026-03-20"))["forecast"]  # 14 working days, all but one took 10
    assert found["too_few"] == "可比的已办结办件不足 5 件（现有 1 件），不能按以往办件估计。"


def test_cases_that_were_refused_or_withdrawn_say_nothing_of_a_recognition(cast: Cast, clock: Clock) -> None:
    habits(cast)
    Case.objects.filter(number__in=["OLD-0", "OLD-1"]).update(state=S.REFUSED)
    assert place(filed_case(cast), when=clock.at)["forecast"]["usual"] is None


def test_forecast_into_an_unpublished_year_is_marked(cast: Cast, clock: Clock) -> None:
    habits(cast)
    case = filed_case(cast)
    found = place(case, when=at("2026-03-02"))["forecast"]
    assert (found["usual"]["provisional"], found["latest"]["provisional"]) == (False, False)
    clock_row = Case.objects.get(pk=case.pk).deadlines.get(kind="first_review")
    clock_row.due_at = at("2026-12-30", 23)
    clock_row.save()
    late = place(case, when=at("2026-12-28"))["forecast"]
    assert late["latest"]["provisional"]


def test_estimate_costs_as_many_statements_with_many_finished_cases(
    cast: Cast, clock: Clock, django_assert_num_queries: Any
) -> None:
    case = filed_case(cast)
    habits(cast, 1)
    with django_assert_num_queries(11):
        place(case, when=clock.at)
    for number in range(2, 9):
        finished(cast, number, {S.DRAFT: 7, S.SUBMITTED: 2, S.RECOGNISED: 1})
    with django_assert_num_queries(11):
        place(case, when=clock.at)


def test_english_page_names_states_and_offices_in_english(cast: Cast, clock: Clock) -> None:
    with override("en"):
        found = place(filed_case(cast), when=clock.at)
    assert found["holder"] == "pudong"
    assert [group["label"] for group in found["next"]] == [
        "If all goes well",
        "More to be done first",
        "Adverse",
        "Ended without a decision",
    ]
