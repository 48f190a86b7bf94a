"""The demo as a whole: a case in every state of every procedure, a deadline today, one overdue, all consistent."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.db.models import Count, QuerySet

from accreditation.audit import verify_all
from accreditation.change_words import ChangeState
from accreditation.clocks import DeadlineKind, DeadlineState
from accreditation.delivery_words import DeliveryWay
from accreditation.enums import ApplicationState as S
from accreditation.enums import ObjectionState, ProceedingState, SeatState
from accreditation.grounds import Ground
from accreditation.models import (
    AuditEvent,
    Batch,
    BatchProposal,
    CalendarProposal,
    CallingUp,
    Case,
    ChangeSuccessor,
    Deadline,
    Delivery,
    DepartmentLetter,
    EditionChange,
    EvaluationCall,
    FurtherReturn,
    Letter,
    MatterReturn,
    Notice,
    ObjectionHearing,
    ObjectionProposal,
    OutsideList,
    Proceeding,
    Ranking,
    Reconsideration,
    RecusalRequest,
    Reopening,
    ResultProposal,
    RoleGrant,
    SheetRequest,
    Title,
    User,
)
from accreditation.models.editions import EditionChangeState
from accreditation.models.objection_proposals import UpholdingAnswer
from accreditation.models.recusal_requests import RecusalAnswer
from accreditation.models.reopenings import ReopeningAnswer
from accreditation.models.returns import FurtherAnswer
from accreditation.models.sheet_requests import SheetAnswer
from accreditation.recommendation_words import ResultState
from accreditation.roles import Role
from accreditation.seeds.accounts import ACCOUNTS
from accreditation.seeds.reference import EVALUATING_DISTRICT
from accreditation.selectors.deliveries import service_of
from accreditation.services.files import read_file
from accreditation.services.reopenings import is_heard
from workflows.asked_aside import CODE as HELD_BACK
from workflows.batch_proposals import confirmers as batch_confirmers
from workflows.calendar_proposals import confirmers as year_confirmers
from workflows.calling_places import free_places_of
from workflows.calling_up import confirm_calling_up
from workflows.consistency import check_all
from workflows.demo.city.cohorts import EVERY_STATE
from workflows.demo.shown import NOT_SHOWN, missing, states_of
from workflows.demo.story import Story
from workflows.demo.whole import play_on
from workflows.door import reasons_against
from workflows.procedures import PROCEDURES
from workflows.selectors.calling_up import callings_for
from workflows.selectors.deliveries import unserved_letters
from workflows.selectors.further_returns import matters_waiting_for
from workflows.selectors.outside_results import results_for
from workflows.selectors.recusal_requests import requests_waiting_for
from workflows.selectors.upholding import upholding_waiting_for
from workflows.workdays import SHANGHAI

CHANGE, REPORT = "title_change/2026", "demonstration_yearly_report/2010"
NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)  # a Wednesday


def test_whatever_is_not_shown_has_its_reason_and_can_be_come_to() -> None:
    assert NOT_SHOWN.keys() <= PROCEDURES.keys()
    for edition, states in NOT_SHOWN.items():
        assert states.keys() <= states_of(edition), edition
        assert all(states.values()), edition
        assert states_of(edition) - states.keys(), edition  # something of each procedure is shown


def test_every_role_has_an_account() -> None:
    assert {entry.role for entry in ACCOUNTS if entry.role} == set(Role)


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.one_database
def test_demo_shows_every_state_and_agrees_with_itself(settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    story = Story(lambda _text: None, NOW)
    story.run()
    play_on(story, EVERY_STATE, lambda: None)
    assert missing() == []
    shown = set(Case.objects.values_list("procedure", "state").distinct())
    assert [
        (edition, state) for edition, states in NOT_SHOWN.items() for state in states if (edition, state) in shown
    ] == []
    due = {row.due_at.astimezone(SHANGHAI).date() for row in Deadline.objects.filter(state=DeadlineState.RUNNING)}
    assert NOW.date() in due
    assert any(day < NOW.date() for day in due)
    assert Notice.objects.filter(published_at__lt=NOW, ends_at__gt=NOW).exists()
    assert {*RoleGrant.objects.values_list("role", flat=True)} == set(Role)
    _check_evaluations()
    _check_second_words()
    _check_batches()
    _check_national_results()
    _check_department_letters()
    _check_standstills()
    _check_goals()
    _check_further_returns()
    _check_letters()
    _check_services()
    _check_late_ranking()
    _check_corrected_list()
    _check_reopenings()
    _check_callings_up()
    _check_recusal_requests()
    assert [fault.what for fault in check_all()] == []
    assert verify_all()[1] == []


def _check_evaluations() -> None:
    """Who is late, warned and failed in the round that is over; nobody lost a title without an order."""
    calls = EvaluationCall.objects.filter(round__year=NOW.year - 1, reason="due", published_on__isnull=False)
    _check_districts_round(calls.filter(round__authority__isnull=False))
    calls = calls.filter(round__authority__isnull=True)
    bands = dict(calls.values_list("band").annotate(Count("pk")))
    assert bands == {"excellent": 1, "good": 1, "marginal_pass": 2, "fail": 1, "": 2}
    assert calls.filter(late_at__isnull=False).count() == bands[""]
    proposed = Proceeding.objects.filter(case__evaluation_calls__in=calls)
    assert {row.ground for row in proposed} == {Ground.EVALUATION_FAILED, Ground.MATERIAL_OVERDUE}
    assert proposed.filter(state=ProceedingState.AWAITING_HEARING).count() == 1
    held = Title.objects.filter(evaluation_calls__in=calls)
    assert {row.state for row in held} == {"in_force", "warned"}
    assert Case.objects.filter(procedure="municipal_evaluation/2025", state=S.UNDER_RECTIFICATION).exists()


def _check_districts_round(calls: QuerySet[EvaluationCall]) -> None:
    """Of the titles of the district two were warned; whoever sent in nothing is to be heard by it."""
    bands = dict(calls.values_list("band").annotate(Count("pk")))
    assert bands == {"good": 1, "marginal_pass": 2, "": 1}
    proposed = Proceeding.objects.get(case__evaluation_calls__in=calls)
    assert (proposed.ground, proposed.state) == (Ground.MATERIAL_OVERDUE, ProceedingState.IN_PREPARATION)
    assert set(calls.values_list("round__authority__district", flat=True)) == {EVALUATING_DISTRICT}


def _check_department_letters() -> None:
    """Departments answered by a letter that is on file, in both procedures that consult."""
    rows = DepartmentLetter.objects.select_related("file")
    assert all(read_file(row.file).startswith(b"%PDF-") for row in rows)
    procedures = set(rows.values_list("consultation__application__case__procedure", flat=True))
    assert procedures == {"national_recommendation/2016", "municipal_recognition/2026"}


def _check_national_results() -> None:
    """One that would warn a title waits for the office, which declined another; neither title is warned."""
    rows = ResultProposal.objects.order_by("recorded_at")
    assert [row.state for row in rows] == [ResultState.DECLINED, ResultState.WAITING]
    assert {row.title.state for row in rows} == {"in_force"}
    assert results_for(User.objects.get(username="banshi")) == [rows[1]]


def _check_letters() -> None:
    """Whatever can be challenged names the rules that it rests on."""
    adverse = Letter.objects.exclude(remedy="")
    assert adverse.values("kind").distinct().count() > 10
    assert not adverse.exclude(body__contains="适用依据：").exists()


def _check_standstills() -> None:
    """A time to decide and a reconsideration are suspended; one sealed sheet waits for a second person's consent.

    Of another request, in the city of the usual size too, a second person declined to set the sheet aside.
    """
    paused = Deadline.objects.filter(state=DeadlineState.PAUSED).values_list("kind", flat=True)
    assert {DeadlineKind.ORDER, DeadlineKind.RECONSIDERATION_ANSWER} <= set(paused)
    sheet = SheetRequest.objects.get(answer="").seat
    assert (sheet.state, sheet.panel.opened_at) == (SeatState.SUBMITTED, None)
    declined = SheetRequest.objects.get(answer=SheetAnswer.DECLINED)
    assert (declined.seat.state, declined.seat.panel.opened_at) == (SeatState.SUBMITTED, None)
    assert declined.answered_by != declined.asked_by
    assert declined.answer_reason


def _check_goals() -> None:
    """Of the office's own goals some are missed, some fall due in these days, others are still ahead."""
    goals = Deadline.objects.filter(kind=DeadlineKind.GOAL, state=DeadlineState.RUNNING)
    due = {row.due_at.astimezone(SHANGHAI).date() for row in goals}
    assert any(day < NOW.date() for day in due)
    assert any(0 <= (day - NOW.date()).days <= 1 for day in due)
    assert any((day - NOW.date()).days > 1 for day in due)


def _check_second_words() -> None:
    """What waits for another person's word: each stands in the demo once at least."""
    running = Deadline.objects.filter(state=DeadlineState.RUNNING, case__state=S.UNDER_FORWARDING)
    assert any(clock.due_at < NOW for clock in running)  # may be called in by the district
    assert AuditEvent.objects.filter(verb="call_in").exists()
    assert Reconsideration.objects.exclude(stayed_effect="").exists()
    assert ChangeSuccessor.objects.exclude(decline_reason="").exists()
    assert EditionChange.objects.filter(state=EditionChangeState.WAITING).exists()
    answered = ObjectionHearing.objects.filter(objection__state=ObjectionState.RECEIVED)
    assert {hearing.stated_at is None for hearing in answered} == {True, False}
    proposed = ObjectionProposal.objects.filter(objection__state=ObjectionState.RECEIVED).order_by("pk")
    assert [row.answer for row in proposed] == [UpholdingAnswer.DECLINED, ""]
    assert upholding_waiting_for(User.objects.get(username="yiyi2")) == [proposed[1]]
    assert upholding_waiting_for(User.objects.get(username="banshi")) == []  # checked the case


def _check_batches() -> None:
    """One batch prolonged and one called off by two officers, one to be opened; next year's calendar waits as well."""
    rows = BatchProposal.objects.values_list("kind", "state").order_by("pk")
    assert list(rows) == [
        ("prolong", "confirmed"),
        ("open", "confirmed"),
        ("call_off", "confirmed"),
        ("open", "waiting"),
    ]
    assert Batch.objects.get(state="called_off").proposals.count() == 2
    year = CalendarProposal.objects.get(state="waiting")
    for row in (BatchProposal.objects.get(state="waiting"), year):
        others = batch_confirmers(None, row.proposed_by) if row != year else year_confirmers(row.proposed_by)
        assert "banshi2" in {person.username for person in others} - {row.proposed_by.username}


def _check_further_returns() -> None:
    """Of a change and a yearly report a second return waits for the superior's word; one change was returned again."""
    rows = FurtherReturn.objects.filter(matter__isnull=False).select_related("matter")
    waiting = rows.filter(answer="")
    assert sorted(row.matter.procedure for row in waiting) == [REPORT, CHANGE]
    for row in waiting:
        assert (row.matter.state, row.spent_at) == (row.state, None)  # still at the desk that asked
        assert timedelta(0) < NOW - row.asked_at < timedelta(days=7)
        assert MatterReturn.objects.get(case=row.matter).closed_at is not None  # returned once, and corrected
    again = rows.exclude(answer="").get()
    assert (again.answer, again.matter.procedure) == (FurtherAnswer.ALLOWED, CHANGE)
    assert again.answered_by != again.asked_by
    assert again.matter.state == ChangeState.RETURNED
    first, second = MatterReturn.objects.filter(case=again.matter).order_by("number")
    assert (first.permission, second.permission, second.closed_at) == (None, again, None)
    for superior in ("puchang", "shichang"):
        assert len(matters_waiting_for(User.objects.get(username=superior), at=NOW)) == 1, superior


def _check_services() -> None:
    """An adverse letter came by post; of another the post brought it back, and it is still to be served."""
    by_post, taken_back = Delivery.objects.filter(way=DeliveryWay.POST, letter__isnull=False).order_by("pk")
    letter = by_post.letter
    assert letter is not None
    assert service_of(letter, NOW.date()) == by_post
    assert letter.remedy
    again = Delivery.objects.get(way=DeliveryWay.NOT_SERVED)
    assert again.corrects == taken_back
    unserved = unserved_letters(User.objects.get(username="banshi"), NOW.date())
    assert taken_back.letter in unserved
    assert letter not in unserved


def _check_late_ranking() -> None:
    """Who was left out by the quota was decided on anew, with a place that was allowed beside the quota."""
    late = Ranking.objects.get(supplements__isnull=False)
    assert (late.quota, late.extra_quota) == (2, 1)
    line = late.lines.get()
    assert line.application.state == S.TO_BE_RECOMMENDED
    assert line.application.decision.item.meeting.signed_by_chair_at is not None
    first = line.application.case.ordered_by.challenged_case.application
    assert (first.state, first.ranking_line.ranking) == (S.NOT_IN_QUOTA, late.supplements)


def _check_corrected_list() -> None:
    """Two lines of a national list were taken for each other; two officers answer for the list and its correction."""
    entry = OutsideList.objects.get(corrects__isnull=False)
    for one in (entry, entry.corrects):
        assert one.state == ResultState.CONFIRMED
        assert one.recorded_by != one.settled_by
    said = [dict(one.lines.values_list("application", "is_recognised")) for one in (entry, entry.corrects)]
    assert {*said[0].values()} == {True, False}
    assert said[1] == {key: not is_recognised for key, is_recognised in said[0].items()}
    states = {line.application.state: line.is_recognised for line in entry.lines.select_related("application")}
    assert states == {S.RECOGNISED_ABOVE: True, S.NOT_RECOGNISED_ABOVE: False}


def _check_reopenings() -> None:
    """One waits for the applicant, one case is before the committee again, one proposal was taken back."""
    rows = {row.answer: row for row in Reopening.objects.select_related("application", "clock")}
    assert rows.keys() == {"", ReopeningAnswer.RETURNED, ReopeningAnswer.WITHDRAWN}
    assert not is_heard(rows[""], NOW)
    assert rows[""].application.state == S.NOTICE_COMPLETED
    returned = rows[ReopeningAnswer.RETURNED]
    assert (returned.application.state, returned.application.decision) == (S.UNDER_OVERALL_REVIEW, None)
    assert returned.statements.count() == 1
    withdrawn = rows[ReopeningAnswer.WITHDRAWN]
    assert (withdrawn.answered_by, withdrawn.application.state) == (withdrawn.proposed_by, S.PROPOSED)


def _check_callings_up() -> None:
    """One came into the place of another that holds the title; one waits, and the office can confirm it.

    Other cases stay below the quota of their batch.
    """
    rows = {row.state: row for row in CallingUp.objects.select_related("application__case", "batch")}
    assert rows.keys() == {ResultState.CONFIRMED, ResultState.WAITING}
    confirmed, waiting = rows[ResultState.CONFIRMED], rows[ResultState.WAITING]
    assert (confirmed.application.state, confirmed.vacated_by.state) == (S.TO_BE_RECOMMENDED, S.HELD_OTHERWISE)
    assert confirmed.recorded_by != confirmed.settled_by
    assert waiting.application.state == S.NOT_IN_QUOTA
    found = free_places_of(waiting.batch, NOW)
    assert (found.open, found.queue) == (1, [waiting.application])
    office = User.objects.get(username="banshi")
    assert callings_for(office) == [waiting]
    with transaction.atomic():
        assert confirm_calling_up(waiting, by=office, at=NOW).state == ResultState.CONFIRMED
        transaction.set_rollback(True)
    below = Case.objects.filter(state=S.NOT_IN_QUOTA).exclude(pk=waiting.application.case_id)
    others = set(below.values_list("procedure", flat=True))
    assert {"national_recommendation/2016", "municipal_recognition/2026"} <= others


def _check_recusal_requests() -> None:
    """Of one officer a request waits for the superior and holds back the officer alone; another was refused."""
    waiting, refused = RecusalRequest.objects.order_by("answer").select_related("case", "person", "letter")
    assert (waiting.answer, refused.answer, refused.holds_back) == ("", RecusalAnswer.REFUSED, True)
    assert refused.letter.body.count(refused.answer_reason) == 1
    assert refused.answered_by != refused.person
    assert waiting.clock.due_at > NOW
    superiors = User.objects.filter(username__in=("puchang", "shichang"))
    assert [row for superior in superiors for row in requests_waiting_for(superior)] == [waiting]
    for row, is_held_back in ((waiting, True), (refused, False)):
        assert row.case.state == S.UNDER_FIRST_REVIEW
        found = {reason.code for reason in reasons_against(row.case, "recommend", by=row.person, at=NOW)}
        assert (HELD_BACK in found) == is_held_back, row
