"""Experts, officers and the verifying body over one case at the same moment: sheets, figures, objections, minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState, ObjectionState, SeatState
from accreditation.meeting_words import Signer
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    FigureFinding,
    Letter,
    Meeting,
    Message,
    Objection,
    ObjectionHearing,
    ObjectionProposal,
    ObjectionStatement,
    Panel,
    RoleGrant,
    Seat,
    User,
    VerifiedValue,
)
from accreditation.roles import Role
from accreditation.services import draws, meetings
from accreditation.services.expert_pool import pool_of
from accreditation.services.meeting_course import withdraw_minutes
from accreditation.services.meeting_signers import replace_signer
from tests.attacks.district_states import OBJECTION
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from tests.factories.figure_checks import difference, make_firm, make_plan, reported
from tests.factories.hearings import STATEMENT, ask, hear
from tests.factories.recognition import make_municipal_2026
from tests.factories.snapshots import remembered
from tests.factories.steps import hold_meeting, marks, publish, recommend
from tests.factories.titles import second_officer
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, entered_once, one_won, refused_or_done
from workflows import batch_acts, door
from workflows.opening import open_application
from workflows.workdays import SHANGHAI

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
REASON = "专家提交后因病退出，不能参加后续评审。"


@remembered
def drawn(at: datetime) -> tuple[Cast, Case, list[User]]:
    """A panel as it was drawn, of which all but the last two have handed in; a second and a third officer."""
    cast = make_cast(at)
    cast.people["second"] = second_officer(cast)
    cast.people["third"] = colleague(cast, Role.MUNICIPAL_OFFICER)
    case = filed_case(cast)
    recommend(cast, case, at)
    for verb in ("pass_completeness_check", "draw_panel"):
        door.perform(case, verb, by=cast.office, at=at)
    application = Application.objects.get(case=case)
    people = draws.due_panel(application, pool_of(application, on=at.astimezone(SHANGHAI).date()))
    door.perform(case, "appoint_panel", by=cast.office, at=at, form={"experts": people})
    for expert in people:
        door.perform(case, "declare_no_tie", by=expert, at=at)
    for expert in people[:-2]:
        door.perform(case, "submit_review", by=expert, at=at, form=sheet(case))
    return cast, case, people


@dataclass
class World:
    """Everybody, and the case with its experts by place."""

    cast: Cast
    case: Case
    people: list[User]

    def job(self, verb: str, by: User, **form: Any) -> Callable[[], object]:
        """An act on the case."""
        return act(self.case, verb, by, self.cast, **form)

    def hand_in(self, *places: int) -> None:
        """The experts of these places hand their sheets in."""
        for place in places:
            self.job("submit_review", self.people[place - 1], **sheet(self.case))()

    def ask_aside(self) -> None:
        """The office asks that the sheet of the first place be set aside."""
        self.job("ask_sheet_aside", self.cast.office, place=1, reason=REASON)()


@pytest.fixture
def world(settings: LazySettings, var_dir: object, clock: Clock) -> World:
    settings.ACCREDITATION_DEMO = True
    return World(*drawn(clock.at))


def sheet(case: Case) -> dict[str, Any]:
    return {"marks": marks(case), "opinion": "同意"}


# --- sheets set aside -----------------------------------------------------------------------------------------------
def test_sheet_is_asked_for_once_set_aside_once_and_its_place_taken_once(world: World) -> None:
    cast, case, job = world.cast, world.case, world.job
    officers = [cast.office, cast.second]
    asker = one_won(at_once([job("ask_sheet_aside", by, place=1, reason=REASON) for by in officers]))
    one_won(at_once([job("set_sheet_aside", by, place=1) for by in (cast.third, officers[1 - asker])]))
    vacant = Seat.objects.get(expert=world.people[0])
    assert vacant.state == SeatState.RECUSED
    assert AuditEvent.objects.filter(verb__in=["ask_sheet_aside", "set_sheet_aside"]).count() == 2
    panel = Panel.objects.get(application__case=case)
    on = cast.at.astimezone(SHANGHAI).date()
    due = draws.due_successor(panel, pool_of(Application.objects.get(case=case), on=on))
    one_won(at_once([job("replace_expert", by, vacant=vacant, expert=due) for by in officers]))
    assert Seat.objects.filter(panel=panel, place=1).count() == 2
    done_once(case, "replace_expert")


def test_consent_and_the_own_asker_at_once_leave_the_consent_of_the_other(world: World) -> None:
    world.ask_aside()
    jobs = [world.job("set_sheet_aside", by, place=1) for by in (world.cast.office, world.cast.second)]
    assert one_won(at_once(jobs)) == 1
    done_once(world.case, "set_sheet_aside")


def test_request_is_agreed_to_or_declined_or_taken_back(world: World) -> None:
    cast, why = world.cast, {"place": 1, "reason": "评分表已经提交，专家退出不影响其效力。"}
    world.ask_aside()
    one_won(at_once([world.job("decline_sheet_aside", by, **why) for by in (cast.second, cast.third)]))
    world.job("ask_sheet_aside", cast.office, place=1, reason=f"补充：{REASON}")()
    back = world.job("withdraw_sheet_request", cast.office, **why)
    one_won(at_once([world.job("decline_sheet_aside", cast.second, **why), back]))
    world.job("ask_sheet_aside", cast.office, place=1, reason=f"再次补充：{REASON}")()
    won = one_won(at_once([world.job("set_sheet_aside", cast.second, place=1), back]))
    assert (Seat.objects.get(expert=world.people[0]).state == SeatState.RECUSED) == (won == 0)
    answers = ["decline_sheet_aside", "withdraw_sheet_request", "set_sheet_aside"]
    assert AuditEvent.objects.filter(verb__in=answers).count() == 3
    all_agrees()


def test_sheet_is_set_aside_though_the_last_one_comes_in(world: World) -> None:
    world.hand_in(4)
    world.ask_aside()
    last = world.job("submit_review", world.people[-1], **sheet(world.case))
    results = at_once([world.job("set_sheet_aside", world.cast.second, place=1), last])
    assert all([refused_or_done(result) for result in results])
    panel = Panel.objects.get(application__case=world.case)
    assert (panel.opened_at, Seat.objects.get(expert=world.people[0]).state) == (None, SeatState.RECUSED)
    assert Application.objects.get(case=world.case).state == S.UNDER_EXPERT_REVIEW
    all_agrees()


def test_last_sheet_and_last_answer_at_once_open_the_panel_once(world: World) -> None:
    world.hand_in(4)
    world.ask_aside()
    why = {"place": 1, "reason": "评分表已经提交，专家退出不影响其效力。"}
    last = world.job("submit_review", world.people[-1], **sheet(world.case))
    results = at_once([world.job("decline_sheet_aside", world.cast.second, **why), last])
    assert all([refused_or_done(result) for result in results])
    opened = [event for event in AuditEvent.objects.all() if "salts" in event.content]
    assert (len(opened), Application.objects.get(case=world.case).state) == (1, S.UNDER_OVERALL_REVIEW)
    all_agrees()


def test_sheet_asked_for_as_the_last_one_comes_in_keeps_the_panel_sealed(world: World) -> None:
    world.hand_in(4)
    last = world.job("submit_review", world.people[-1], **sheet(world.case))
    results = at_once([world.job("ask_sheet_aside", world.cast.office, place=1, reason=REASON), last])
    assert refused_or_done(results[1])
    asked = refused_or_done(results[0])
    assert AuditEvent.objects.filter(verb="ask_sheet_aside").count() == asked
    assert (Panel.objects.get(application__case=world.case).opened_at is None) == asked
    all_agrees()


def test_last_two_sheets_at_once_open_the_panel_once(world: World) -> None:
    jobs = [world.job("submit_review", expert, **sheet(world.case)) for expert in world.people[-2:]]
    assert all([refused_or_done(result) for result in at_once(jobs)])
    opened = [event for event in AuditEvent.objects.filter(verb="submit_review") if "salts" in event.content]
    assert (len(opened), Application.objects.get(case=world.case).state) == (1, S.UNDER_OVERALL_REVIEW)
    all_agrees()


# --- figures --------------------------------------------------------------------------------------------------------
def test_proposed_value_is_adopted_once(world: World) -> None:
    cast, year = world.cast, world.cast.batch.reporting_year
    value = {"code": "rd_staff", "year": year, "value": Fraction(70), "reason": "审计口径"}
    world.job("propose_value", world.people[-1], **value)()
    world.hand_in(4, 5)
    officers = (cast.office, cast.second)  # each with the row of a page of the own
    won = one_won(at_once([world.job("adopt_value", by, proposal=VerifiedValue.objects.get()) for by in officers]))
    row = VerifiedValue.objects.get()
    assert (row.adopted_by, row.is_current) == (officers[won], True)
    assert Message.objects.filter(kind="adopt_value", recipient=cast.member0).count() == 1
    done_once(world.case, "adopt_value")


def test_difference_of_figures_is_settled_once(settings: LazySettings, var_dir: object, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    batch, firm, second = make_municipal_2026(cast), make_firm(cast), second_officer(cast)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    recommend(cast, case, cast.at)
    make_plan(cast, batch)
    reported(cast, case, *firm, cast.at, rd_staff=3)
    found = difference(case)
    said = {"finding": found, "text": "同意核查数"}
    results = at_once([act(case, "answer_figure", cast.member0, cast, **said)] * 2)
    assert any([refused_or_done(result) for result in results])  # the applicant may say more until it is decided
    jobs = [
        act(case, "decide_figure", by, cast, finding=found, is_adopted=is_adopted, reason="账簿可以证明")
        for by, is_adopted in ((cast.office, True), (second, False))
    ]
    won = one_won(at_once(jobs))
    assert FigureFinding.objects.get(pk=found.pk).is_adopted == (won == 0)
    assert VerifiedValue.objects.count() == (1, 0)[won]
    done_once(case, "decide_figure")


# --- objections -----------------------------------------------------------------------------------------------------
def objected(world: World) -> Objection:
    """The case in the notice with an objection."""
    world.hand_in(4, 5)
    cast, case = world.cast, world.case
    hold_meeting(cast, [case], cast.at)
    publish(cast, [case], cast.at)
    cast.at += timedelta(hours=1)
    door.perform(case, "raise_objection", by=cast.clock, at=cast.at, form=OBJECTION)
    return Objection.objects.get()


def test_objection_is_heard_and_settled_once(world: World) -> None:
    objection, cast, job = objected(world), world.cast, world.job
    asked = {"objection": objection, "facts": "有反映称研究开发人员人数与实际不符，请说明。"}
    one_won(at_once([job("ask_for_statement", by, **asked) for by in (cast.office, cast.second)]))
    last = {"objection": objection, "text": STATEMENT, "gives_up_rest": True}
    one_won(at_once([job("state_on_objection", cast.member0, **last)] * 2))
    assert (ObjectionHearing.objects.count(), ObjectionStatement.objects.count()) == (1, 1)
    settled = {"objection": objection, "reasons": "经核查，情况如实。"}
    won = one_won(at_once([
        job("propose_upholding", cast.second, **settled), job("dismiss_objection", cast.third, **settled)
    ]))  # fmt: skip
    assert Objection.objects.get().state == (ObjectionState.RECEIVED, ObjectionState.DISMISSED)[won]
    assert Letter.objects.filter(case=world.case, kind__startswith="objection").count() == won
    done_once(world.case, "propose_upholding", "dismiss_objection")


def heard(world: World) -> Objection:
    """The applicant was heard on the objection, and one officer of two proposes that it be upheld."""
    objection, cast = objected(world), world.cast
    hear(world.case, objection, office=cast.office, applicant=cast.member0, at=cast.at)
    first = {"objection": objection, "reasons": "经核查，情况如实。"}
    jobs = [world.job("propose_upholding", by, **first) for by in (cast.second, cast.third)]
    proposer = one_won(at_once(jobs))
    if proposer:
        cast.people["second"], cast.people["third"] = cast.third, cast.second
    return objection


def test_proposal_to_uphold_is_confirmed_or_declined_or_taken_back_once(world: World) -> None:
    objection, cast = heard(world), world.cast
    why = {"objection": objection, "reason": "证据尚不充分。"}
    back = world.job("withdraw_upholding", cast.second, **why)
    one_won(at_once([world.job("decline_upholding", cast.third, **why), back]))
    again = {"objection": objection, "reasons": "另据社保记录核查，情况如实。"}
    world.job("propose_upholding", cast.second, **again)()
    won = one_won(at_once([world.job("uphold_objection", cast.third, objection=objection), back]))
    answers = set(ObjectionProposal.objects.values_list("answer", flat=True))
    assert ("confirmed" in answers, "" in answers) == (won == 0, False)
    assert (Objection.objects.get().state == ObjectionState.UPHELD) == (won == 0)
    assert Letter.objects.filter(case=world.case, kind="objection_upheld").count() == (won == 0)
    verbs = ["uphold_objection", "decline_upholding", "withdraw_upholding"]
    assert AuditEvent.objects.filter(verb__in=verbs).count() == 2
    all_agrees()


def test_statement_and_the_end_of_the_objection_at_once(world: World) -> None:
    objection, cast = objected(world), world.cast
    ask(world.case, objection, office=cast.office, at=cast.at)
    results = at_once([
        world.job("state_on_objection", cast.member0, objection=objection, text=STATEMENT),
        world.job("dismiss_objection", cast.second, objection=objection, reasons="经核查不实。"),
    ])  # fmt: skip
    assert refused_or_done(results[1])
    assert refused_or_done(results[0]) == (ObjectionHearing.objects.get().stated_at is not None)
    done_once(world.case, "dismiss_objection")


# --- minutes --------------------------------------------------------------------------------------------------------
def minuted(world: World) -> Meeting:
    """A meeting over the case at which all have voted, with its minutes drawn up."""
    world.hand_in(4, 5)
    cast = world.cast
    meeting = meetings.call_meeting(
        cast.batch, [Application.objects.get(case=world.case)], held_at=cast.at, place="示例", chair=cast.members[0],
        secretary=cast.office, by=cast.office, at=cast.at,
    )  # fmt: skip
    meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=cast.at)
    for member in cast.members:
        meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=member, at=cast.at)
    return meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=cast.at)


def signing(world: World, row: Meeting, by: User) -> Callable[[], object]:
    return lambda: batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=by, at=world.cast.at)


def naming(world: World, row: Meeting, to: User, by: User) -> Callable[[], Meeting]:
    """Another chair is named."""
    return lambda: replace_signer(row, Signer.CHAIR, to, reason="原主持人已离任", by=by, at=world.cast.at)


def test_minutes_are_signed_or_withdrawn(world: World) -> None:
    row, cast = minuted(world), world.cast
    won = one_won(at_once([
        signing(world, row, cast.members[0]),
        lambda: withdraw_minutes(row, reason="文字有误", by=cast.office, at=cast.at),
    ]))  # fmt: skip
    assert Meeting.objects.get().state == (MeetingState.MINUTES_DRAFTED, MeetingState.IN_SESSION)[won]
    assert AuditEvent.objects.filter(verb__in=["sign_minutes", "withdraw_minutes"]).count() == 1
    all_agrees()


def test_another_signer_is_named_once(world: World) -> None:
    row, cast = minuted(world), world.cast
    RoleGrant.objects.filter(user=cast.members[0]).update(revoked_at=cast.at)
    jobs = [naming(world, row, cast.members[n], by) for n, by in ((1, cast.office), (2, cast.second))]
    won = one_won(at_once(jobs))
    assert Meeting.objects.get().chair == cast.members[1 + won]
    assert Message.objects.filter(kind="named_chair").count() == 1
    entered_once("replace_signer")


def test_chair_who_left_signs_no_more_while_another_is_named(world: World) -> None:
    row, cast = minuted(world), world.cast
    RoleGrant.objects.filter(user=cast.members[0]).update(revoked_at=cast.at)
    both = [signing(world, row, cast.members[0]), naming(world, row, cast.members[1], cast.office)]
    assert one_won(at_once(both)) == 1
    found = Meeting.objects.get()
    assert (found.state, found.chair, found.signed_by_chair_at) == (MeetingState.IN_SESSION, cast.members[1], None)
    all_agrees()


def test_signature_beside_the_naming_of_another_signer_does_not_outlive_its_text(world: World) -> None:
    row, cast = minuted(world), world.cast
    RoleGrant.objects.filter(user=cast.members[0]).update(revoked_at=cast.at)
    signed, named = at_once([
        signing(world, row, cast.office), naming(world, row, cast.members[1], cast.second)
    ])  # fmt: skip
    assert refused_or_done(named)
    assert AuditEvent.objects.filter(verb="sign_minutes").count() == refused_or_done(signed)
    found = Meeting.objects.get()
    assert (found.state, found.minutes_sha256, found.signed_by_secretary_at) == (MeetingState.IN_SESSION, "", None)
    all_agrees()
