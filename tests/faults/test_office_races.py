"""Two offices at the same moment over one matter: one effect, a clear refusal for the other, every chain intact."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import chain_key, verify_all
from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import ApplicationState as S
from accreditation.enums import Choice, MeetingState, NoticeState, ProceedingKind, SeatState, TitleState
from accreditation.errors import Denied, Refusal
from accreditation.grounds import Ground
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Consultation,
    Decision,
    Letter,
    Meeting,
    MeetingItem,
    Notice,
    Objection,
    RoleGrant,
    Seat,
    Title,
    User,
)
from accreditation.roles import Power, Role
from accreditation.services import meetings
from accreditation.services.delegations import delegate_powers, revoke_delegation
from tests.attacks.district_states import OBJECTION
from tests.attacks.reconsideration_states import ReconsiderationStates
from tests.clock import Clock
from tests.factories import changes, evaluating
from tests.factories import recognition as later
from tests.factories.cast import Cast, filed_case, grant, make_cast, person, with_material
from tests.factories.steps import hold_meeting, marks, publish, recommend, seat_panel, to_committee
from tests.factories.titles import FACTS, municipal_title
from tests.faults.racing import REFUSED, act, all_agrees, at_once, colleague, done_once, kinds, one_won
from tests.workflows.test_edition_change import NEW, mapping
from workflows import batch_acts, door
from workflows.assignments import desk_task, hand_over
from workflows.edition_change import carry_on
from workflows.edition_proposals import confirm, propose
from workflows.opening import open_application
from workflows.opening_proceedings import open_proceeding
from workflows.tick import tick

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


# --- panel and committee --------------------------------------------------------------------------------------------
def test_marks_and_an_ordered_recusal_at_once_leave_one_of_both(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    for expert in cast.experts[:5]:
        door.perform(case, "declare_no_tie", by=expert, at=clock.at)
    for expert in cast.experts[:4]:
        seat, form = Seat.objects.get(expert=expert), {"marks": marks(case), "opinion": "同意"}
        order = act(case, "order_recusal", cast.office, cast, seat=seat, tie="曾任该单位顾问")
        one_won(at_once([act(case, "submit_review", expert, cast, **form), order]))
        assert Seat.objects.get(pk=seat.pk).state in (SeatState.SUBMITTED, SeatState.RECUSED)
    all_agrees()


def voted(cast: Cast, case: Case, voters: int, clock: Clock) -> Meeting:
    """A meeting in session at which so many members have voted."""
    listed = [Application.objects.get(case=case)]
    meeting = meetings.call_meeting(
        listed[0].batch, listed, held_at=clock.at, place="示例", chair=cast.members[0], secretary=cast.office,
        by=cast.office, at=clock.at,
    )  # fmt: skip
    meeting = meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=clock.at)
    for member in cast.members[:voters]:
        meetings.cast_vote(meeting.items.get(), choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)
    return meeting


def test_member_votes_or_steps_out_and_the_minutes_say_which(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    item = voted(cast, case, len(cast.members) - 2, clock).items.get()
    for member in cast.members[-2:]:

        def vote(member: User = member) -> object:
            return meetings.cast_vote(item, choice=Choice.RECOGNISE, remark="", by=member, at=clock.at)

        def step_out(member: User = member) -> object:
            return meetings.declare_recusal(item, tie="曾任顾问", by=member, at=clock.at)

        one_won(at_once([vote, step_out]))
        assert item.votes.filter(member=member).exists() != item.recusals.filter(member=member).exists()
    assert item.meeting.state == MeetingState.IN_SESSION  # the row as the member's page had it, read before the minutes
    meetings.draft_minutes(Meeting.objects.get(), reasons={}, by=cast.office, at=clock.at)
    with pytest.raises(Refusal):
        meetings.declare_recusal(item, tie="曾任顾问", by=cast.members[-1], at=clock.at)
    assert verify_all()[1] == []


def test_two_calls_over_one_case_give_one_agenda(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    second = colleague(cast, Role.MUNICIPAL_OFFICER)

    def call(by: User) -> Meeting:
        listed = [Application.objects.get(case=case)]
        return meetings.call_meeting(
            listed[0].batch, listed, held_at=clock.at, place="示例", chair=cast.members[0], secretary=by,
            by=by, at=clock.at,
        )  # fmt: skip

    one_won(at_once([lambda: call(cast.office), lambda: call(second)]))
    assert MeetingItem.objects.filter(application__case=case).count() == 1
    all_agrees()


def test_chair_and_secretary_sign_at_once_and_decide_once(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    meeting = voted(cast, case, len(cast.members), clock)
    meeting = meetings.draft_minutes(meeting, reasons={}, by=cast.office, at=clock.at)

    def sign(by: User) -> object:
        row = Meeting.objects.get(pk=meeting.pk)
        return batch_acts.sign_minutes(row, sha256=meeting.minutes_sha256, by=by, at=clock.at)

    results = at_once([lambda: sign(cast.office), lambda: sign(cast.members[0])])
    assert kinds(results) == {"Meeting": 2}, results
    assert Decision.objects.count() == 1
    done_once(case, "propose")


def test_last_place_of_the_quota_is_given_once(cast: Cast, clock: Clock) -> None:
    batch = later.make_municipal_2026(cast, quota=1)
    cases = []
    for n in (0, 2):
        by = cast.people[f"member{n}"]
        case = open_application(cast.enterprises[n], batch, by=by, at=clock.at)
        with_material(case, by, clock.at)
        door.perform(case, "submit", by=by, at=clock.at, form={"declaration": True, "insists": True})
        later.to_committee(cast, case, clock.at)
        cases.append(case)
    both = [voted(cast, case, len(cast.members), clock) for case in cases]

    def draft(meeting: Meeting) -> Meeting:
        row = Meeting.objects.get(pk=meeting.pk)
        return meetings.draft_minutes(row, reasons={}, by=cast.office, at=clock.at)

    results = at_once([lambda: draft(both[0]), lambda: draft(both[1])])
    assert kinds(results) == {"Meeting": 2}, results
    for row in results:
        assert isinstance(row, Meeting)
        for signer in (cast.office, cast.members[0]):
            batch_acts.sign_minutes(row, sha256=row.minutes_sha256, by=signer, at=clock.at)
    states = sorted(Case.objects.filter(pk__in=[case.pk for case in cases]).values_list("state", flat=True))
    assert states == [S.NOT_IN_QUOTA, S.PROPOSED]
    all_agrees()


# --- the clock and people -------------------------------------------------------------------------------------------
def test_objection_at_the_end_of_the_notice_holds_it_or_comes_too_late(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    publish(cast, [case], clock.at)
    ends = Notice.objects.get().ends_at
    cast.at = ends
    results = at_once(
        [act(case, "raise_objection", cast.clock, cast, **OBJECTION), lambda: tick(ends + timedelta(seconds=1))]
    )
    state = Case.objects.get(pk=case.pk).state
    if Objection.objects.exists():
        assert state == S.UNDER_NOTICE
    else:
        assert isinstance(results[0], REFUSED), results
        assert state == S.NOTICE_COMPLETED
    assert Notice.objects.get().state == NoticeState.ENDED or state == S.UNDER_NOTICE
    all_agrees()


def test_answer_of_a_department_and_the_end_of_the_consultation_at_once(cast: Cast, clock: Clock) -> None:
    batch = later.make_municipal_2026(cast)
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at)
    with_material(case, cast.member0, clock.at)
    door.perform(case, "submit", by=cast.member0, at=clock.at, form={"declaration": True, "insists": True})
    recommend(cast, case, clock.at)
    later.ask(cast, case, clock.at)
    for department in ("science", "finance", "customs"):
        later.answer(cast, case, clock.at, department)
    due = case.deadlines.get(kind="consultation").due_at
    clock.at = cast.at = due + timedelta(minutes=1)
    form = {
        "department": "tax", "position": "objects", "text": "欠税", "document_number": "示例函1号",
        "dated": cast.at.date(),
    }  # fmt: skip
    end = act(case, "conclude_consultation", cast.office, cast, opinion="材料齐全", without_answer_for="逾期未复")
    one_won(at_once([act(case, "record_answer", colleague(cast, Role.MUNICIPAL_OFFICER), cast, **form), end]))
    answered = Consultation.objects.exclude(position="").filter(department="tax").exists()
    assert Case.objects.get(pk=case.pk).state == (S.UNDER_CONSULTATION if answered else S.AWAITING_PANEL)
    all_agrees()


# --- hands and delegations ------------------------------------------------------------------------------------------
def test_case_handed_over_by_two_at_once_goes_to_one(cast: Cast, clock: Clock) -> None:
    case, second = filed_case(cast), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    chiefs = [colleague(cast, Role.DISTRICT_SUPERVISOR, "310115"), person("chief2", "浦东负责人二示例")]
    grant(chiefs[1], Role.DISTRICT_SUPERVISOR, "310115", at=clock.at)

    def hand(by: User, to: User) -> object:
        return hand_over(Case.objects.get(pk=case.pk), to, reason="轮到承办", seen=None, by=by, at=clock.at)

    one_won(at_once([lambda: hand(chiefs[0], cast.pudong), lambda: hand(chiefs[1], second)]))
    done_once(case, "hand_over")


def test_hand_over_and_act_at_once_both_stand_or_the_case_is_gone(cast: Cast, clock: Clock) -> None:
    case, second = filed_case(cast), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    chief = colleague(cast, Role.DISTRICT_SUPERVISOR, "310115")
    results = at_once([
        lambda: hand_over(case, second, reason="轮到承办", seen=None, by=chief, at=clock.at),
        act(case, "decline", cast.pudong, cast, reasons="不属于本区受理范围"),
    ])  # fmt: skip
    assert not isinstance(results[1], BaseException), results  # whoever holds it, a colleague may act
    assert results[0] is None or isinstance(results[0], REFUSED), results
    assert desk_task(Case.objects.get(pk=case.pk)) is None
    done_once(case, "decline")


def test_power_taken_back_at_the_moment_of_the_act_is_used_before_or_not_at_all(cast: Cast, clock: Clock) -> None:
    case, deputy = filed_case(cast), colleague(cast, Role.LOCAL_PUBLISHER, "310115")
    own = RoleGrant.objects.get(user=cast.pudong)
    (row,) = delegate_powers(
        own, [Power.REVIEW_FIRST], deputy, starts_at=None, ends_at=clock.at + timedelta(days=7), reason="年休假",
        by=cast.pudong, at=clock.at,
    )  # fmt: skip
    clock.at = cast.at = clock.at + timedelta(hours=1)
    results = at_once([
        act(case, "accept", deputy, cast), lambda: revoke_delegation(row, by=cast.pudong, at=clock.at)
    ])  # fmt: skip
    assert not isinstance(results[1], BaseException), results
    state = Case.objects.get(pk=case.pk).state
    assert state == (S.SUBMITTED if isinstance(results[0], Denied) else S.UNDER_FIRST_REVIEW), results
    if state == S.UNDER_FIRST_REVIEW:
        event = AuditEvent.objects.get(chain=chain_key(case), verb="accept")
        assert event.content["on_behalf_of"]["delegation"] == row.pk
    with pytest.raises(REFUSED):
        door.perform(case, "accept", by=User.objects.get(pk=deputy.pk), at=clock.at)
    all_agrees()


# --- editions and announcements -------------------------------------------------------------------------------------
def test_edition_change_confirmed_by_two_at_once_moves_each_case_once(cast: Cast, clock: Clock) -> None:
    cases = [filed_case(cast, n) for n in range(3)]
    change = propose(mapping(), by=cast.office, at=clock.at)
    second, seen = colleague(cast, Role.PUBLISHER), change.preview_sha256
    results = at_once([
        lambda: confirm(change, seen=seen, by=cast.publisher, at=clock.at),
        lambda: confirm(change, seen=seen, by=second, at=clock.at),
    ])  # fmt: skip
    one_won(results)
    row = carry_on(change.number, at=clock.at)
    assert not [found for found in row.report if found["reasons"]]
    for case in cases:
        assert Case.objects.get(pk=case.pk).procedure == NEW
        done_once(case, "change_edition")
    assert AuditEvent.objects.filter(verb="finish_edition_change").count() == 1


def test_evaluation_is_announced_once(cast: Cast, clock: Clock) -> None:
    evaluating.hold(cast, 0)
    batch = evaluating.make_round(cast)
    evaluating.frozen_and_called(cast, batch)
    case = evaluating.filed(cast, batch, 0)
    evaluating.checked(cast, case, clock.at)
    cast.batch = batch
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    clock.at = cast.at = notice.ends_at + timedelta(days=1)
    tick(clock.at)
    listed, second = [Application.objects.get(case=case)], colleague(cast, Role.PUBLISHER)

    def announce(by: User, number: str) -> object:
        return batch_acts.announce(batch, listed, number=number, dated=clock.at.date(), body="公布", by=by, at=clock.at)

    one_won(at_once([lambda: announce(cast.publisher, "示例1号"), lambda: announce(second, "示例2号")]))
    done_once(case, "announce")


# --- titles ---------------------------------------------------------------------------------------------------------
def test_succession_confirmed_by_two_at_once_passes_once(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = changes.led_to(changes.opened(cast, ChangeKind.MERGER), ChangeState.UNDER_CONFIRMATION, cast)
    outcomes = {"SHDTC-T-2023-00000": ("ends", ""), title.number: ("passes", cast.enterprises[1].uscc)}
    form = {"outcomes": outcomes, "reasons": "合并协议约定由承继单位承接。"}
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    one_won(at_once([
        act(case, "put_succession_forward", cast.office, cast, **form),
        act(case, "put_succession_forward", second, cast, **form),
    ]))  # fmt: skip
    third = colleague(cast, Role.PUBLISHER)
    confirmed = changes.confirmation(clock.at)
    one_won(at_once([
        act(case, "confirm_succession", cast.publisher, cast, **confirmed),
        act(case, "confirm_succession", third, cast, **confirmed),
    ]))  # fmt: skip
    assert Title.objects.get(pk=title.pk).holder == cast.enterprises[1]
    assert AuditEvent.objects.filter(chain=chain_key(title), verb="succeed").count() == 1
    done_once(case, "confirm_succession")


def ordered_soon(cast: Cast, title: Title) -> tuple[Case, dict[str, Any]]:
    """A revocation that waits for its order, with the order."""
    case = open_proceeding(
        title, kind=ProceedingKind.REVOCATION, ground=Ground.FALSE_MATERIAL, found_facts=FACTS, by=cast.office,
        at=cast.at,
    )  # fmt: skip
    door.perform(case, "notify_holder", by=cast.office, at=cast.at)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    form = {
        "order_number": f"示例撤〔2026〕{case.pk}号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "until": None, "reasons": "证据确凿，口径说明不能成立。",
    }  # fmt: skip
    return case, form


def test_order_made_by_two_at_once_takes_the_title_once(cast: Cast, clock: Clock) -> None:
    title, second = municipal_title(cast), colleague(cast, Role.PUBLISHER)
    case, form = ordered_soon(cast, title)
    one_won(at_once([act(case, "make_order", by, cast, **form) for by in (cast.publisher, second)]))
    assert Letter.objects.filter(case=case, kind="order").count() == 1
    assert AuditEvent.objects.filter(chain=chain_key(title), verb="revoke").count() == 1
    done_once(case, "make_order")


def test_title_revoked_while_a_change_is_confirmed_is_not_changed_afterwards(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    changed = changes.led_to(changes.opened(cast, ChangeKind.RENAME), ChangeState.UNDER_CONFIRMATION, cast)
    revoked, form = ordered_soon(cast, title)
    confirm = act(changed, "confirm_change", cast.office, cast, **changes.confirmation(clock.at))
    results = at_once([act(revoked, "make_order", cast.publisher, cast, **form), confirm])
    assert not isinstance(results[0], BaseException), results
    assert not isinstance(results[1], BaseException) or isinstance(results[1], REFUSED), results
    trail = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["revoke", "change_title"]).order_by("seq")
    assert list(trail.values_list("verb", flat=True)) == ["revoke"]  # an open proceeding is in the way of any change
    assert Title.objects.get(pk=title.pk).state == TitleState.REVOKED
    all_agrees()


def test_title_that_runs_out_while_a_change_is_confirmed_is_touched_before_or_not_at_all(
    cast: Cast, clock: Clock
) -> None:
    for n in range(5):
        title = municipal_title(cast, n) if not n else None
        title = title or Title.objects.create(
            number=f"SHETC-T-2025-1{n:04d}", programme=cast.programme, holder=cast.enterprises[0],
            granted_on=cast.at.date() - timedelta(days=400), valid_from=cast.at.date() - timedelta(days=400),
            valid_until=cast.at.date() + timedelta(days=9), announcement_number="示例〔2025〕9号", provenance="测试",
        )  # fmt: skip
        Title.objects.filter(pk=title.pk).update(valid_until=cast.at.date() + timedelta(days=1))
        evaluating.failed_before(title, 2025)
        name = f"上海示例智能装备{n}有限公司"
        case = changes.opened(cast, ChangeKind.RENAME, new_name=name)
        changes.led_to(case, ChangeState.UNDER_CONFIRMATION, cast)
        cast.at += timedelta(days=4)
        confirm = act(case, "confirm_change", cast.office, cast, **changes.confirmation(cast.at, f"示例{n}号"))
        results = at_once([lambda: tick(cast.at), confirm])
        assert not [result for result in results if isinstance(result, BaseException)], results
        rows = AuditEvent.objects.filter(chain=chain_key(title), verb__in=["expire", "change_title"])
        assert list(rows.order_by("seq").values_list("verb", flat=True)) in (
            ["expire"], ["change_title", "expire"],
        )  # fmt: skip
        all_agrees()


def test_reconsideration_decided_by_two_at_once_restores_once(settings: LazySettings, clock: Clock) -> None:
    settings.ACCREDITATION_DEMO = True
    world = ReconsiderationStates(clock.at)
    case, cast = world.case_in("decision_proposed"), world.cast
    title = Title.objects.get(state=TitleState.REVOKED)
    form = world.form(case, "decide_reconsideration", "decider")
    deciders = [world.people["reconsiderer"], world.people["decider"]]
    cast.at = world.at
    one_won(at_once([act(case, "decide_reconsideration", by, cast, **form) for by in deciders]))
    assert AuditEvent.objects.filter(chain=chain_key(title), verb="restore").count() == 1
    assert Title.objects.get(pk=title.pk).state == TitleState.IN_FORCE
    done_once(case, "decide_reconsideration")
