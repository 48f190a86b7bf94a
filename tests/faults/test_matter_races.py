"""Holders, successors, superiors and those who order at the same moment: one effect, the other told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.clocks import DeadlineState, PauseGround
from accreditation.enums import MemberState, ProceedingState, TitleState
from accreditation.models import (
    AuditEvent,
    BulkAct,
    Case,
    ChangeSuccessor,
    FurtherReturn,
    MatterReturn,
    Member,
    Proceeding,
    Reconsideration,
    Reexamination,
    ReexaminationReport,
    ReexaminationResult,
    Reissue,
    Title,
    User,
)
from accreditation.reconsideration_words import Outcome
from accreditation.reexamination_words import Advice
from accreditation.reissue_words import ReissueState
from accreditation.roles import Role
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories import changes
from tests.factories.cast import Cast, filed_case, make_cast, person, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.reconsidering import challenged, declined, reconsiderers
from tests.factories.reexaminations import OPINION, SUMMARY, notice_above, round_called, whole_figures
from tests.factories.reissues import asked
from tests.factories.returns import ANOTHER, returned
from tests.factories.second_results import reexamination_entered
from tests.factories.steps import answer_gates
from tests.factories.titles import FACTS, hearing_day, municipal_title, second_officer
from tests.factories.yearly_reports import demonstration_title
from tests.faults.racing import act, all_agrees, at_once, colleague, done_once, entered_once, one_won, refused_or_done
from workflows import bulk_acts, door, further_returns
from workflows.assignments import desk_task, take
from workflows.bulk_kinds import kind_of
from workflows.opening_proceedings import ask_for_cancellation, open_proceeding
from workflows.reexamination_results import confirm_results, withdraw_results
from workflows.reexamination_rounds import forward_opinions
from workflows.reissuing import allow_reissue, propose_reissue, withdraw_reissue
from workflows.succession_agreements import agree_to_succession, decline_succession

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
S = ChangeState
PLAN = {"SHDTC-T-2023-00000": ("ends", ""), "SHETC-T-2025-00000": ("passes", "91310000MA1FL00157")}
WHY = "首次退回时该决议尚未作出"


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def colleague_of_holder(cast: Cast, n: int = 0) -> User:
    """A second person who acts for an enterprise."""
    user = person(f"member{n}b", f"申报人{n}二示例")
    Member.objects.create(
        enterprise=cast.enterprises[n], user=user, state=MemberState.ACTIVE, requested_at=cast.at, settled_at=cast.at
    )
    return user


# --- successions ----------------------------------------------------------------------------------------------------
def merging(cast: Cast) -> Case:
    """A merger that the successor has not agreed to, its plan before the second person."""
    municipal_title(cast)
    case = changes.opened(cast, ChangeKind.MERGER)
    door.perform(case, "submit_change", by=cast.member0, at=cast.at)
    door.perform(case, "give_opinion", by=cast.pudong, at=cast.at, form=changes.OPINION)
    form = {"outcomes": PLAN, "reasons": "合并协议约定由承继单位承接。"}
    door.perform(case, "put_succession_forward", by=cast.office, at=cast.at, form=form)
    return case


def refusal_of(by: User, cast: Cast) -> Any:
    return lambda: decline_succession(
        ChangeSuccessor.objects.select_related("change__case", "enterprise").get(),
        reason="承继协议尚未生效，暂不承继。", by=by, at=cast.at,
    )  # fmt: skip


def agreement(by: User, cast: Cast) -> Any:
    return lambda: agree_to_succession(
        ChangeSuccessor.objects.select_related("change__case", "enterprise").get(), by=by, at=cast.at
    )


def test_successor_agrees_once_as_the_succession_is_confirmed(cast: Cast) -> None:
    case = merging(cast)
    confirm = act(case, "confirm_succession", cast.publisher, cast, **changes.confirmation(cast.at))
    results = at_once([agreement(cast.member1, cast), agreement(colleague_of_holder(cast, 1), cast), confirm])
    one_won(results[:2])
    confirmed = refused_or_done(results[2])
    trail = AuditEvent.objects.filter(verb__in=["agree_to_succession", "confirm_succession"]).order_by("pk")
    assert list(trail.values_list("verb", flat=True)) == ["agree_to_succession", "confirm_succession"][: 1 + confirmed]
    assert (Title.objects.get(number="SHETC-T-2025-00000").holder == cast.enterprises[1]) == confirmed
    all_agrees()


def test_successor_declines_once_and_an_agreement_at_the_same_moment_stands(cast: Cast) -> None:
    merging(cast)
    people = (cast.member1, colleague_of_holder(cast, 1))
    one_won(at_once([refusal_of(by, cast) for by in people]))
    assert refused_or_done(at_once([agreement(people[0], cast), refusal_of(people[1], cast)])[0])
    row = ChangeSuccessor.objects.get()
    assert (row.agreed_by, row.declined_at) == (people[0], None)
    all_agrees()


def test_successor_agrees_before_the_change_is_withdrawn_or_not_at_all(cast: Cast) -> None:
    case = merging(cast)
    results = at_once([agreement(cast.member1, cast), act(case, "withdraw_change", cast.member0, cast)])
    assert refused_or_done(results[1])
    agreed = refused_or_done(results[0])
    trail = AuditEvent.objects.filter(verb__in=["agree_to_succession", "withdraw_change"]).order_by("pk")
    assert list(trail.values_list("verb", flat=True)) == ["agree_to_succession", "withdraw_change"][1 - agreed :]
    all_agrees()


def test_plan_is_confirmed_or_sent_back(cast: Cast) -> None:
    case, second = merging(cast), colleague(cast, Role.PUBLISHER)
    agreement(cast.member1, cast)()
    won = one_won(at_once([
        act(case, "confirm_succession", cast.publisher, cast, **changes.confirmation(cast.at)),
        act(case, "send_succession_back", second, cast, reason="请核对承继协议。"),
    ]))  # fmt: skip
    assert Case.objects.get(pk=case.pk).state == (S.CONFIRMED, S.UNDER_CONFIRMATION)[won]
    done_once(case, "confirm_succession", "send_succession_back")


# --- returns --------------------------------------------------------------------------------------------------------
def at_desk_again(cast: Cast) -> Case:
    """Returned once by the own district, and filed again."""
    municipal_title(cast)
    case = changes.led_to(changes.opened(cast, ChangeKind.RENAME), S.RETURNED, cast)
    second = colleague_of_holder(cast)
    one_won(at_once([act(case, "submit_change", by, cast) for by in (cast.member0, second)]))
    return case


def test_returned_matter_is_answered_once_and_a_further_return_allowed_or_refused(cast: Cast) -> None:
    chiefs = [colleague(cast, Role.DISTRICT_SUPERVISOR, "310115", name=f"chief{n}") for n in range(2)]
    case, second = at_desk_again(cast), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    said = returned(ANOTHER, remark="请补充股东会决议原件。")
    one_won(at_once([
        lambda by=by: further_returns.ask(case, **said, reason=WHY, by=by, at=cast.at) or case
        for by in (cast.pudong, second)
    ]))  # fmt: skip
    row = FurtherReturn.objects.get()
    won = one_won(at_once([
        lambda by=by, is_allowed=is_allowed: further_returns.answer(
            case, row.pk, is_allowed=is_allowed, reason="确有必要，同意", by=by, at=cast.at
        )
        for by, is_allowed in zip(chiefs, (True, False), strict=True)
    ]))  # fmt: skip
    assert FurtherReturn.objects.get().answer == ("allowed", "refused")[won]
    done_once(case, "allow_further_return", "refuse_further_return")


def test_further_return_is_made_once_and_not_beside_an_opinion(cast: Cast) -> None:
    chief = colleague(cast, Role.DISTRICT_SUPERVISOR, "310115")
    case, second = at_desk_again(cast), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    said = returned(ANOTHER, remark="请补充股东会决议原件。")
    further_returns.ask(case, **said, reason=WHY, by=cast.pudong, at=cast.at)
    allowed = FurtherReturn.objects.get()
    further_returns.answer(case, allowed.pk, is_allowed=True, reason="确有必要，同意", by=chief, at=cast.at)
    won = one_won(at_once([
        act(case, "return_change", cast.pudong, cast, **said),
        act(case, "give_opinion", second, cast, **changes.OPINION),
    ]))  # fmt: skip
    assert MatterReturn.objects.filter(case=case, closed_at=None).count() == (1, 0)[won]
    assert (FurtherReturn.objects.get().spent_at is not None) == (won == 0)
    assert AuditEvent.objects.filter(verb__in=["return_change", "give_opinion"]).count() == 2  # with the first return
    all_agrees()


def test_matter_returned_or_withdrawn_at_once(cast: Cast) -> None:
    municipal_title(cast)
    case = changes.led_to(changes.opened(cast, ChangeKind.RENAME), S.UNDER_OPINION, cast)
    results = at_once([
        act(case, "return_change", cast.pudong, cast, **returned(ANOTHER)),
        act(case, "withdraw_change", cast.member0, cast),
    ])  # fmt: skip
    assert refused_or_done(results[1])  # from wherever it stands by then
    assert MatterReturn.objects.filter(case=case).count() == refused_or_done(results[0])
    assert not MatterReturn.objects.filter(case=case, closed_at=None).exists()
    assert Case.objects.get(pk=case.pk).state == S.WITHDRAWN
    done_once(case, "withdraw_change")


# --- who has a case in hand, and several cases at once ---------------------------------------------------------------
def test_case_is_taken_by_one(cast: Cast) -> None:
    case, second = filed_case(cast), colleague(cast, Role.DISTRICT_OFFICER, "310115")
    officers = (cast.pudong, second)
    won = one_won(at_once([lambda by=by: take(case, by=by, at=cast.at) or by for by in officers]))
    waiting = desk_task(Case.objects.get(pk=case.pk))
    assert waiting is not None
    assert waiting.task.owner == officers[won]
    done_once(case, "take")


def test_bulk_decision_is_confirmed_once_or_declined(cast: Cast) -> None:
    second, third = (colleague(cast, Role.DISTRICT_OFFICER, "310115", name=f"pudong{n}") for n in (2, 3))
    cases = [filed_case(cast, n) for n in (0, 2)]
    for case in cases:
        door.perform(case, "accept", by=cast.pudong, at=cast.at)
        answer_gates(case, cast.pudong, cast.at)
    said = {"words": "材料齐全，同意推荐", "by": cast.pudong, "at": cast.at}
    first, other = (bulk_acts.order(kind_of("district", "recommend"), [case.number], **said) for case in cases)
    one_won(at_once([lambda by=by: bulk_acts.confirm(first, by=by, at=cast.at) for by in (second, third)]))
    assert AuditEvent.objects.filter(verb="recommend").count() == 1
    won = one_won(at_once([
        lambda: bulk_acts.confirm(other, by=second, at=cast.at),
        lambda: bulk_acts.decline(other, reason="须逐件办理", by=third, at=cast.at),
    ]))  # fmt: skip
    assert BulkAct.objects.get(pk=other.pk).state == ("finished", "declined")[won]
    for verb in ("recommend", "finish_bulk_act"):
        assert AuditEvent.objects.filter(verb=verb).count() == (2, 1)[won]
    all_agrees()


# --- orders ---------------------------------------------------------------------------------------------------------
def notified(cast: Cast) -> Case:
    title = municipal_title(cast)
    case = open_proceeding(
        title, kind="revocation", ground="false_material", found_facts=FACTS, by=cast.office, at=cast.at
    )
    door.perform(case, "notify_holder", by=cast.office, at=cast.at)
    return case


def test_holder_asks_for_a_hearing_or_gives_it_up(cast: Cast) -> None:
    case, second = notified(cast), colleague_of_holder(cast)
    door.perform(case, "defend", by=second, at=cast.at, form={"statement": "系统计错误，已更正。"})
    won = one_won(at_once([
        act(case, "ask_for_hearing", cast.member0, cast, statement="请求听证"),
        act(case, "waive_rest_of_defence", second, cast, gives_up_rest=True),
    ]))  # fmt: skip
    assert Case.objects.get(pk=case.pk).state == (ProceedingState.AWAITING_HEARING, ProceedingState.AWAITING_ORDER)[won]
    done_once(case, "ask_for_hearing", "waive_rest_of_defence")
    stated = ("系统计错误，已更正。\n\n请求听证", "系统计错误，已更正。")[won]
    assert Proceeding.objects.get(case=case).statement == stated


def test_holder_takes_its_request_back_or_the_order_is_made(cast: Cast) -> None:
    title = municipal_title(cast)
    case = ask_for_cancellation(
        title, reason="公司已停止相关业务，申请注销。", confirmed=title.number, by=cast.member0, at=cast.at
    )
    door.perform(case, "submit_for_order", by=cast.office, at=cast.at)
    order = {
        "order_number": "示例注〔2026〕1号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "until": None, "reasons": "持有单位自愿申请注销。",
    }  # fmt: skip
    won = one_won(at_once([
        act(case, "withdraw_request", cast.member0, cast), act(case, "make_order", cast.publisher, cast, **order),
    ]))  # fmt: skip
    assert Title.objects.get(pk=title.pk).state == (TitleState.IN_FORCE, TitleState.CANCELLED)[won]
    done_once(case, "withdraw_request", "make_order")


def test_hearing_is_recorded_once(cast: Cast) -> None:
    case, second = notified(cast), second_officer(cast)
    third = colleague(cast, Role.MUNICIPAL_OFFICER, name="office3")
    door.perform(case, "ask_for_hearing", by=cast.member0, at=cast.at, form={"statement": "请求听证"})
    form = {"hearing_on": hearing_day(cast.at), "hearing_place": "示例会议室"}
    door.perform(case, "call_hearing", by=cast.office, at=cast.at, form=form)
    cast.at = datetime.combine(hearing_day(cast.at), cast.at.timetz())
    record = {"hearing_record": "持有单位到会陈述，双方质证完毕。"}
    one_won(at_once([act(case, "hold_hearing", by, cast, **record) for by in (second, third)]))
    done_once(case, "hold_hearing")


def test_order_is_made_or_refused_and_its_clock_stopped_once(cast: Cast) -> None:
    case, second = notified(cast), colleague(cast, Role.PUBLISHER)
    door.perform(case, "defend", by=cast.member0, at=cast.at, form={"statement": "差异来自统计口径。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=cast.at, form={"gives_up_rest": True})
    pause = {"ground": PauseGround.APPRAISAL, "remark": "送专业机构鉴定，预计两周。"}
    one_won(at_once([act(case, "pause_order", by, cast, **pause) for by in (cast.publisher, second)]))
    one_won(at_once([act(case, "resume_order", by, cast) for by in (cast.publisher, second)]))
    assert case.deadlines.get(kind="order").state == DeadlineState.RUNNING
    order = {
        "order_number": "示例撤〔2026〕1号", "ordered_on": cast.at.date(), "effective_from": cast.at.date(),
        "until": None, "reasons": "证据确凿，口径说明不能成立。",
    }  # fmt: skip
    won = one_won(at_once([
        act(case, "make_order", cast.publisher, cast, **order),
        act(case, "refuse_order", second, cast, reason="事实不足，不作处理。"),
    ]))  # fmt: skip
    assert Proceeding.objects.get(case=case).state == (ProceedingState.CONCLUDED, ProceedingState.DROPPED)[won]
    assert Title.objects.get(number="SHETC-T-2025-00000").state == ("revoked", "in_force")[won]
    done_once(case, "make_order", "refuse_order")


# --- reconsideration, certificates, re-examination ------------------------------------------------------------------
def test_decision_on_reconsideration_is_taken_or_sent_back(cast: Cast) -> None:
    first, second = reconsiderers(cast)
    third = colleague(cast, Role.RECONSIDERATION_OFFICER)
    case = challenged(cast, declined(cast, cast.at), cast.at)
    form = {
        "outcome": Outcome.ANNULLED, "reason": "经审理，理由充分。", "answer": "原决定事实清楚，程序合法。",
        "decision_number": "示例复决〔2026〕1号", "decided_on": cast.at.date(), "reasons": "申报属于本区受理范围。",
    }  # fmt: skip
    one_won(at_once([act(case, "accept_reconsideration", by, cast, **form) for by in (first, second)]))
    door.perform(case, "answer_challenge", by=cast.pudong, at=cast.at, form=form)
    door.perform(case, "propose_decision", by=first, at=cast.at, form=form)
    won = one_won(at_once([
        act(case, "decide_reconsideration", second, cast, **form),
        act(case, "send_back_proposal", third, cast, **form),
    ]))  # fmt: skip
    assert (Reconsideration.objects.get(case=case).outcome == Outcome.ANNULLED) == (won == 0)
    done_once(case, "decide_reconsideration", "send_back_proposal")


def test_reissue_is_allowed_or_withdrawn_and_a_proposal_allowed_by_another_once(cast: Cast) -> None:
    second, third = second_officer(cast), colleague(cast, Role.MUNICIPAL_OFFICER)
    title = municipal_title(cast)
    changes.issued_certificate(title, cast.at)
    row = asked(cast, title, at=cast.at)
    won = one_won(at_once([
        lambda: allow_reissue(row, by=second, at=cast.at),
        lambda: withdraw_reissue(title, row.number, by=cast.member0, at=cast.at),
    ]))  # fmt: skip
    assert Reissue.objects.get().state == (ReissueState.ALLOWED, ReissueState.WITHDRAWN)[won]
    made = Certificate.objects.filter(version=2)
    assert made.count() == (1, 0)[won]
    for certificate in made:
        changes.sign(certificate, cast.at)
    said = {"reason": "misprint", "statement": "证书上的单位名称印刷有误。", "at": cast.at}
    proposal = propose_reissue(title, by=cast.office, **said)
    one_won(at_once([lambda by=by: allow_reissue(proposal, by=by, at=cast.at) for by in (second, third)]))
    assert Certificate.objects.count() == (3, 2)[won]
    entered_once("propose_reissue")


def reviewed(cast: Cast, case: Case) -> dict[str, Any]:
    """Handed in, and the office has its opinion: the form of it."""
    paper = {"file": stored_file(b"sealed", cast.at), "name": "复核材料.pdf", "purpose": "盖章的复核材料"}
    door.perform(case, "fill_reexamination", by=cast.member0, at=cast.at, form=whole_figures(case))
    door.perform(case, "add_reexamination_document", by=cast.member0, at=cast.at, form=paper)
    door.perform(case, "hand_in_reexamination", by=cast.member0, at=cast.at, form={"summary": SUMMARY})
    form = {"position": Advice.KEEP, "opinion": OPINION}
    door.perform(case, "give_reexamination_opinion", by=cast.office, at=cast.at, form=form)
    return form


def passed_on(cast: Cast, case: Case) -> None:
    """Sent up to the ministry."""
    reviewed(cast, case)
    row = Reexamination.objects.get(case=case)
    letter = {"number": "示例上报〔2026〕3号", "dated": cast.at.date(), "addressed_to": "示例工业主管部门"}
    forward_opinions(row.round, [row], **letter, by=cast.publisher, at=cast.at)


def test_opinion_goes_up_or_is_reviewed_again(cast: Cast) -> None:
    make_demonstration(cast)
    demonstration_title(cast)
    round_, second = round_called(cast), colleague(cast, Role.PUBLISHER)
    case = round_.cases.get().case
    form = reviewed(cast, case)

    def forward(number: str, by: User) -> object:
        letter = {"number": number, "dated": cast.at.date(), "addressed_to": "示例工业主管部门"}
        return forward_opinions(round_, [Reexamination.objects.get(case=case)], **letter, by=by, at=cast.at)

    again = act(case, "review_reexamination_again", second, cast, reason="意见与年度报告不一致。")
    won = one_won(at_once([lambda: forward("示例上报〔2026〕3号", cast.publisher), again]))
    assert ReexaminationReport.objects.count() == (1, 0)[won]
    if won == 1:
        door.perform(case, "give_reexamination_opinion", by=cast.office, at=cast.at, form=form)
        one_won(at_once([lambda by=by: forward(f"示例〔2026〕{by.pk}号", by) for by in (cast.publisher, second)]))
    assert ReexaminationReport.objects.count() == 1
    done_once(case, "forward_reexamination")


def test_result_of_a_reexamination_is_confirmed_once_or_taken_back(cast: Cast) -> None:
    make_demonstration(cast)
    demonstration_title(cast)
    case = round_called(cast).cases.get().case
    passed_on(cast, case)
    row = reexamination_entered(cast, case, notice_above(cast, cast.at.date()), by=cast.office)
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    won = one_won(
        at_once([
            lambda: confirm_results(row, by=second, at=cast.at),
            lambda: withdraw_results(row, by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert ReexaminationResult.objects.get().state == ("confirmed", "withdrawn")[won]
    assert Reexamination.objects.get().state == ("reexamination_passed", "reexamination_forwarded")[won]
    entered_once("record_reexamination_results", "withdraw_reexamination_results")
