"""Clocks of experts, orders and reconsiderations stopped over a holiday and started again: days between never count."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.clocks import DeadlineKind, DeadlineState, PauseGround
from accreditation.enums import ProceedingKind
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import Application, AuditEvent, Case, Deadline, Letter, Message, Reconsideration
from accreditation.visibility import View
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.reconsidering import challenged, reconsiderers, revoked
from tests.factories.steps import recommend, seat_panel
from tests.factories.titles import FACTS, municipal_title
from workflows import door
from workflows.calendar import seed_calendar
from workflows.consistency import check_all
from workflows.opening_proceedings import open_proceeding
from workflows.presentation.whereabouts import whereabouts
from workflows.procedures import procedure_of
from workflows.tick import tick
from workflows.workdays import SHANGHAI, WorkCalendar

pytestmark = [pytest.mark.django_db]
REMARK = "说明见函件，预计两周。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def at(day: str, hour: int = 10) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time().replace(hour=hour), SHANGHAI)


def due(case: Case, kind: DeadlineKind) -> str:
    return clock_of(case, kind).due_at.astimezone(SHANGHAI).date().isoformat()


def clock_of(case: Case, kind: DeadlineKind) -> Deadline:
    return case.deadlines.get(kind=kind)


def codes(case: Case, verb: str, by: Any, when: datetime, **form: Any) -> set[str]:
    return {reason.code for reason in door.reasons_against(case, verb, by=by, at=when, form=form)}


def said(case: Case, view: View, when: datetime) -> dict[str, Any]:
    subject = procedure_of(case).subject.of(case)
    return whereabouts(Case.objects.get(pk=case.pk), subject, view=view, at=when)


# --- arithmetic -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("pauses", "wanted"), [
    ([], "2026-05-01"),
    ([("2026-03-12", "2026-03-22")], "2026-05-12"),  # nine days are used, fifty-one left from the day after
    ([("2026-03-12", "2026-03-12")], "2026-05-02"),  # the day of an act counts on neither side
    ([("2026-03-12", "2026-03-22"), ("2026-04-01", "2026-04-11")], "2026-05-23"),
    ([("2026-03-02", "2026-03-03")], "2026-05-02"),  # stopped on the day on which it started: nothing is used
    ([("2026-05-01", "2026-06-10")], "2026-06-11"),  # stopped on its last day, which is left
])  # fmt: skip
def test_calendar_days_of_pauses_are_not_counted(pauses: list[tuple[str, str]], wanted: str) -> None:
    calendar, days = WorkCalendar({}, frozenset()), [(at(first), at(last)) for first, last in pauses]
    found = calendar.due_with_pauses(at("2026-03-02"), 60, days, in_calendar_days=True)
    assert (found.at.date().isoformat(), found.is_provisional) == (wanted, False)


# --- the experts' clock: working days, over the Spring Festival -----------------------------------------------------
@pytest.mark.slow
def test_experts_time_stands_still_over_the_spring_festival(settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    begun = at("2026-02-09")  # a Monday; the festival is from 15 to 23 February, Saturday 14 and 28 are worked
    cast = make_cast(begun)
    seed_calendar([2026], at=begun)
    case = filed_case(cast)
    recommend(cast, case, begun)
    seat_panel(cast, case, begun)
    days = clock_of(case, DeadlineKind.EXPERT_REVIEW).working_days
    form = {"ground": PauseGround.SEAT_VACANT, "remark": REMARK}
    assert codes(case, "pause_experts", cast.office, at("2026-02-12"), **form | {"ground": "settling"}) == {"ground"}
    assert codes(case, "pause_experts", cast.office, at("2026-02-12"), ground="", remark="") == {
        "ground",
        "text_needed",
    }
    door.perform(case, "pause_experts", by=cast.office, at=at("2026-02-12"), form=form)  # 10 and 11 are used
    assert clock_of(case, DeadlineKind.EXPERT_REVIEW).state == DeadlineState.PAUSED
    assert codes(case, "pause_experts", cast.office, at("2026-02-13"), **form) == {"no_clock"}
    found = said(case, View.APPLICANT, at("2026-02-20"))
    assert "评审席位空缺" in found["paused"][0]
    assert (found["clock"], found["forecast"]["latest"]) == (None, None)
    assert found["forecast"]["why_no_latest"]
    assert tick(at("2026-12-01")).fired == 0
    door.perform(case, "resume_experts", by=cast.office, at=at("2026-02-26"))
    after = clock_of(case, DeadlineKind.EXPERT_REVIEW)
    wanted = WorkCalendar({date(2026, 2, 28): True}, frozenset({2026})).due(at("2026-02-26"), days - 2)
    assert (after.state, after.due_at) == (DeadlineState.RUNNING, wanted.at)
    told = {kind: set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True)) for kind in (
        "pause_clock", "resume_clock",
    )}  # fmt: skip
    for people in told.values():
        assert {cast.member0.pk, cast.experts[0].pk} <= people
    stopped, again = (Letter.objects.get(case=case, kind=kind) for kind in ("clock_paused", "clock_resumed"))
    assert REMARK in stopped.body
    assert "本批次专家评审安排" in stopped.body
    assert f"专家评审时限：至{wanted.at.year}年{wanted.at.month}月{wanted.at.day}日届满" in again.body
    assert list(check_all()) == []


# --- the time for an order ------------------------------------------------------------------------------------------
@pytest.mark.slow
def test_time_for_an_order_stands_still_while_papers_are_appraised(cast: Cast, clock: Clock) -> None:
    case = open_proceeding(
        municipal_title(cast), kind=ProceedingKind.REVOCATION, ground=Ground.FALSE_MATERIAL, found_facts=FACTS,
        by=cast.office, at=clock.at,
    )  # fmt: skip
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    door.perform(case, "defend", by=cast.member0, at=clock.at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=clock.at, form={"gives_up_rest": True})
    assert due(case, DeadlineKind.ORDER) == "2026-03-30"  # twenty working days from Monday 2 March
    form = {"ground": PauseGround.APPRAISAL, "remark": REMARK}
    assert codes(case, "pause_order", cast.office, at("2026-03-05"), **form) == {"not_yours"}  # who prepares
    assert codes(case, "pause_order", cast.publisher, at("2026-03-31"), **form) == {"overdue"}
    door.perform(case, "pause_order", by=cast.publisher, at=at("2026-03-05"), form=form)  # 3 and 4 are used
    assert "鉴定" in said(case, View.APPLICANT, at("2026-03-20"))["paused"][0]
    door.perform(case, "resume_order", by=cast.publisher, at=at("2026-04-03"))  # Qingming is Monday 6 April
    assert due(case, DeadlineKind.ORDER) == "2026-04-30"
    assert Letter.objects.get(case=case, kind="clock_paused").issued_by == cast.programme.granted_by.name_zh
    assert Message.objects.filter(kind="pause_clock", recipient=cast.member0).count() == 1
    assert list(check_all()) == []


# --- a reconsideration: sixty days on end, beside ten working days for the answer -----------------------------------
def accepted(cast: Cast, clock: Clock) -> Case:
    reconsiderers(cast)
    case = challenged(cast, revoked(cast, clock.at), clock.at)
    door.perform(case, "accept_reconsideration", by=cast.people["reconsiderer1"], at=clock.at + timedelta(hours=1))
    return case


@pytest.mark.slow
def test_reconsideration_is_suspended_with_every_clock_in_it(cast: Cast, clock: Clock) -> None:
    case, first = accepted(cast, clock), cast.people["reconsiderer1"]
    answer, decision = DeadlineKind.RECONSIDERATION_ANSWER, DeadlineKind.RECONSIDERATION
    assert (due(case, answer), due(case, decision)) == ("2026-03-16", "2026-05-06")
    form = {"ground": PauseGround.SETTLING, "remark": REMARK}
    assert codes(case, "suspend_reconsideration", cast.office, at("2026-03-12"), **form) == {"not_yours"}
    assert codes(case, "suspend_reconsideration", first, at("2026-03-12"), ground="testing", remark=REMARK) == {
        "ground"
    }
    door.perform(case, "suspend_reconsideration", by=first, at=at("2026-03-12"), form=form)
    assert len(said(case, View.APPLICANT, at("2026-04-20"))["paused"]) == 2
    assert tick(at("2026-05-07")).fired == 0  # nobody's time runs, the respondent's neither
    door.perform(case, "resume_reconsideration", by=first, at=at("2026-04-29"))  # labour day: 1 to 5 May
    assert due(case, answer) == "2026-05-07"  # three working days were left: 30 April, 6 and 7 May
    assert due(case, decision) == "2026-06-22"  # fifty-one days on end lead to 19 June, a holiday on a Friday
    for kind in ("suspend_reconsideration", "resume_reconsideration"):
        people = set(Message.objects.filter(kind=kind).values_list("recipient_id", flat=True))
        assert {cast.member0.pk, cast.office.pk} <= people
    letter = Letter.objects.get(case=case, kind="clock_paused")
    assert (letter.issued_by, letter.remedy) == ("上海市人民政府", "")
    assert "《中华人民共和国行政复议法》第三十九条" in letter.body
    assert list(check_all()) == []


@pytest.mark.slow
def test_suspended_reconsideration_is_neither_prolonged_nor_put_forward(cast: Cast, clock: Clock) -> None:
    case, first = accepted(cast, clock), cast.people["reconsiderer1"]
    form = {"ground": PauseGround.OTHER_CASE, "remark": REMARK}
    door.perform(case, "suspend_reconsideration", by=first, at=at("2026-03-05"), form=form)
    answered = {"answer": "原决定事实清楚，程序合法。"}
    door.perform(case, "answer_challenge", by=cast.office, at=at("2026-03-06"), form=answered)
    assert clock_of(case, DeadlineKind.RECONSIDERATION).state == DeadlineState.PAUSED  # stands on in the next state
    assert clock_of(case, DeadlineKind.RECONSIDERATION_ANSWER).state == DeadlineState.MET
    when = at("2026-03-09")
    assert codes(case, "prolong_reconsideration", first, when, days=10, reason="案情复杂，须补充调查") == {"suspended"}
    assert codes(case, "propose_decision", first, when, outcome="upheld", reason="经审理，理由充分。") == {"suspended"}
    with pytest.raises(Refusal):
        door.perform(case, "resume_reconsideration", by=cast.office, at=when)
    door.perform(case, "resume_reconsideration", by=first, at=when)
    assert due(case, DeadlineKind.RECONSIDERATION) == "2026-05-06"  # two days used, fifty-eight left
    door.perform(case, "prolong_reconsideration", by=first, at=when, form={"days": 30, "reason": "案情复杂，须调查"})
    assert due(case, DeadlineKind.RECONSIDERATION) == "2026-06-05"
    kept = AuditEvent.objects.get(verb="suspend_reconsideration").content
    assert (kept["ground"], kept["remark"]) == ("other_case", REMARK)
    assert sorted(kept["clocks"]) == ["reconsideration", "reconsideration_answer"]
    assert Reconsideration.objects.get(case=case).more_days == 30
    assert not Application.objects.filter(case=case).exists()
    assert list(check_all()) == []
