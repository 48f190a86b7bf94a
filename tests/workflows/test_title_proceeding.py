"""A proceeding over a title: the holder is heard, a second person orders, title and register follow on the day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import IntegrityError, transaction

from accreditation.audit import verify_all
from accreditation.clocks import PauseGround
from accreditation.enums import ProceedingKind as K
from accreditation.enums import ProceedingState as P
from accreditation.enums import TitleState
from accreditation.errors import Denied, NotFound, Refusal
from accreditation.grounds import Ground
from accreditation.models import Case, Deadline, Letter, Proceeding, Title
from accreditation.visibility import case_for
from tests.clock import Clock
from tests.factories.cast import Cast, grant, make_cast, person
from tests.factories.titles import FACTS, hearing_day, municipal_title, second_officer
from workflows import door
from workflows.assignments import release, take
from workflows.consistency import check_all, rebuild_flow
from workflows.opening import open_application
from workflows.opening_proceedings import ask_for_cancellation, open_proceeding
from workflows.presentation.matters import matter_bar
from workflows.presentation.proceedings import STEPS, passed_over
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GIVEN_UP = "公司已停止相关业务，申请注销。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def opened(
    cast: Cast, title: Title, at: datetime, kind: str = K.REVOCATION, ground: str = Ground.FALSE_MATERIAL
) -> Case:
    return open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=at)


def order(at: datetime, number: str = "示例撤〔2026〕1号", **changed: Any) -> dict[str, Any]:
    today = at.date()
    form: dict[str, Any] = {
        "order_number": number, "ordered_on": today, "effective_from": today, "until": None,
        "reasons": "事实清楚，申辩理由不成立。",
    }  # fmt: skip
    return form | changed


def reasons(refused: pytest.ExceptionInfo[Refusal]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def state(case: Case) -> str:
    return str(Proceeding.objects.get(case=case).state)


def to_order(cast: Cast, case: Case, at: datetime) -> None:
    door.perform(case, "notify_holder", by=cast.office, at=at)
    door.perform(case, "defend", by=cast.member0, at=at, form={"statement": "系统计错误，已更正。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=at, form={"gives_up_rest": True})


def test_revocation_after_a_defence_ends_title_and_bars_the_holder(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = opened(cast, title, clock.at)
    to_order(cast, case, clock.at)
    door.perform(case, "make_order", by=cast.publisher, at=clock.at, form=order(clock.at))
    assert state(case) == P.CONCLUDED
    assert Title.objects.get(pk=title.pk).state == TitleState.REVOKED
    assert Case.objects.get(pk=case.pk).closed_at == clock.at
    letter = Letter.objects.get(case=case, kind="order")
    assert "行政复议" in letter.remedy
    assert "申辩" in letter.body
    assert list(check_all()) == []
    assert verify_all()[1] == []
    with pytest.raises(Refusal) as refused:
        open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=clock.at)
    assert reasons(refused) == {"barred"}


def test_who_prepared_does_not_order_and_nobody_orders_before_the_holder_was_heard(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = opened(cast, title, clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "submit_for_order", by=cast.office, at=clock.at)
    assert reasons(refused) == {"holder_not_heard"}
    to_order(cast, case, clock.at)
    with pytest.raises(Denied):
        door.perform(case, "make_order", by=cast.office, at=clock.at, form=order(clock.at))
    grant(cast.office, "publisher", at=clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.office, at=clock.at, form=order(clock.at))
    assert reasons(refused) == {"four_eyes"}


@pytest.mark.parametrize(("verb", "ended"), [("make_order", P.CONCLUDED), ("refuse_order", P.DROPPED)])
def test_who_paused_the_time_for_an_order_still_makes_or_refuses_it(
    cast: Cast, clock: Clock, verb: str, ended: str
) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    to_order(cast, case, clock.at)
    form = {"ground": PauseGround.APPRAISAL, "remark": "委托鉴定，预计两周。"}
    door.perform(case, "pause_order", by=cast.publisher, at=clock.at, form=form)
    door.perform(case, "resume_order", by=cast.publisher, at=clock.at)
    door.perform(case, verb, by=cast.publisher, at=clock.at, form=order(clock.at, reason="申辩理由成立"))
    assert state(case) == ended


def test_who_prepared_does_not_order_after_a_pause_either(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    to_order(cast, case, clock.at)
    grant(cast.office, "publisher", at=clock.at)
    form = {"ground": PauseGround.APPRAISAL, "remark": "委托鉴定，预计两周。"}
    door.perform(case, "pause_order", by=cast.office, at=clock.at, form=form)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.office, at=clock.at, form=order(clock.at))
    assert reasons(refused) == {"four_eyes"}


def test_database_itself_refuses_an_unheard_order(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    row = Proceeding.objects.filter(case=case)
    values = {"order_number": "1", "reasons": "x", "ordered_on": clock.at.date(), "effective_from": clock.at.date()}
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(state=P.CONCLUDED, decided_by=cast.publisher, **values)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(decided_by=cast.office)


def test_holder_who_lets_the_time_pass_is_told_and_the_case_goes_on(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    due = Deadline.objects.get(case=case, state="running")
    assert (due.kind, due.working_days) == ("defence", 5)
    assert tick(due.due_at).fired == 0
    assert tick(due.due_at + timedelta(seconds=1)).fired == 1
    assert state(case) == P.AWAITING_ORDER
    assert Proceeding.objects.get(case=case).heard_at is not None


def test_hearing_is_announced_seven_working_days_before_and_chaired_by_another_person(cast: Cast, clock: Clock) -> None:
    case, other, at = opened(cast, municipal_title(cast), clock.at), second_officer(cast), clock.at
    door.perform(case, "notify_holder", by=cast.office, at=at)
    door.perform(case, "ask_for_hearing", by=cast.member0, at=at, form={"statement": "请求听证"})
    too_soon = {"hearing_on": at.date() + timedelta(days=7), "hearing_place": "示例会议室"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "call_hearing", by=other, at=at, form=too_soon)
    assert reasons(refused) == {"hearing_too_soon"}
    day = hearing_day(at)
    assert (at.date(), day) == (date(2026, 3, 2), date(2026, 3, 11))
    door.perform(case, "call_hearing", by=other, at=at, form={"hearing_on": day, "hearing_place": "示例会议室"})
    record = {"hearing_record": "持有单位到会陈述，双方质证完毕。"}
    with pytest.raises(Refusal) as refused:
        door.perform(case, "hold_hearing", by=cast.office, at=at, form=record)
    assert reasons(refused) == {"four_eyes", "hearing_ahead"}
    later = at + timedelta(days=9)
    door.perform(case, "hold_hearing", by=other, at=later, form=record)
    assert bar_of(case)[2] == ("done", "")
    assert state(case) == P.AWAITING_ORDER
    assert "听证" in Letter.objects.get(case=case, kind="hearing_notice").body


def test_suspension_for_a_later_day_begins_and_ends_by_the_clock(cast: Cast, clock: Clock) -> None:
    title, at = municipal_title(cast), clock.at
    case = opened(cast, title, at, K.SUSPENSION, Ground.UNDER_INVESTIGATION)
    to_order(cast, case, at)
    start, until = at.date() + timedelta(days=10), at.date() + timedelta(days=40)
    form = order(at, effective_from=start, until=until)
    door.perform(case, "make_order", by=cast.publisher, at=at, form=form)
    assert (state(case), Title.objects.get(pk=title.pk).state) == (P.ORDERED, TitleState.IN_FORCE)
    rebuild_flow(case)
    assert list(check_all()) == []
    tick(at + timedelta(days=9))
    assert state(case) == P.ORDERED
    tick(at + timedelta(days=10))
    assert (state(case), Title.objects.get(pk=title.pk).state) == (P.ORDER_RUNNING, TitleState.SUSPENDED)
    tick(at + timedelta(days=40))
    assert state(case) == P.ORDER_RUNNING
    tick(at + timedelta(days=41))
    assert (state(case), Title.objects.get(pk=title.pk).state) == (P.CONCLUDED, TitleState.IN_FORCE)
    assert list(check_all()) == []


def test_order_overtaken_by_another_one_is_called_off_and_nothing_is_stuck(cast: Cast, clock: Clock) -> None:
    title, at = municipal_title(cast), clock.at
    waiting = opened(cast, title, at, K.SUSPENSION, Ground.UNDER_INVESTIGATION)
    to_order(cast, waiting, at)
    form = order(at, effective_from=at.date() + timedelta(days=10))
    door.perform(waiting, "make_order", by=cast.publisher, at=at, form=form)
    with pytest.raises(Refusal) as refused:
        door.perform(waiting, "refuse_order", by=cast.publisher, at=at, form={"reason": "另案处理"})
    assert reasons(refused) == {"order_stands", "four_eyes"}
    revoked = opened(cast, title, at)
    to_order(cast, revoked, at)
    door.perform(revoked, "make_order", by=cast.publisher, at=at, form=order(at, "示例撤〔2026〕2号"))
    assert tick(at + timedelta(days=10)).held_back == 1
    second = person("publisher2", "发布人二示例")
    grant(second, "publisher", at=at)
    door.perform(waiting, "refuse_order", by=second, at=at, form={"reason": "称号已被撤销"})
    assert state(waiting) == P.DROPPED
    assert list(check_all()) == []


def test_holder_gives_its_title_up_and_the_office_cancels_it(cast: Cast, clock: Clock) -> None:
    title, at = municipal_title(cast), clock.at
    with pytest.raises(Denied):
        ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member1, at=at)
    case = ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member0, at=at)
    assert case_for(cast.member0, case.number) == case
    with pytest.raises(Refusal) as refused:
        door.perform(case, "notify_holder", by=cast.office, at=at)
    assert reasons(refused) == {"not_adverse"}
    door.perform(case, "submit_for_order", by=cast.office, at=at)
    door.perform(case, "make_order", by=cast.publisher, at=at, form=order(at))
    assert Title.objects.get(pk=title.pk).state == TitleState.CANCELLED
    assert Letter.objects.get(case=case, kind="order").remedy == ""
    open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=at)


def test_holder_sees_nothing_before_it_is_told(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    with pytest.raises(NotFound):
        case_for(cast.member0, case.number)
    door.perform(case, "drop_proceeding", by=cast.office, at=clock.at, form={"reason": "查无实据"})
    with pytest.raises(NotFound):
        case_for(cast.member0, case.number)
    assert not Letter.objects.filter(case=case).exists()


def test_district_deals_with_its_own_titles_and_the_city_with_the_citys(cast: Cast, clock: Clock) -> None:
    at = clock.at
    own = Title.objects.get(holder=cast.enterprises[0])  # a district's title of Pudong
    for who in ("office", "jiading", "publisher", "member0", "auditor"):
        with pytest.raises(Denied):
            open_proceeding(
                own, kind=K.WARNING, ground=Ground.MATERIAL_OVERDUE, found_facts=FACTS, by=cast.people[who], at=at
            )
    case = open_proceeding(
        own, kind=K.WARNING, ground=Ground.MATERIAL_OVERDUE, found_facts=FACTS, by=cast.pudong, at=at
    )
    with pytest.raises(Denied):
        door.perform(case, "notify_holder", by=cast.office, at=at)
    door.perform(case, "notify_holder", by=cast.pudong, at=at)
    door.perform(case, "defend", by=cast.member0, at=at, form={"statement": "材料已补报"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=at, form={"gives_up_rest": True})
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.pudong, at=at, form=order(at))
    assert reasons(refused) == {"four_eyes"}
    chief = person("pudong2", "浦东负责人示例")
    grant(chief, "district_officer", "310115", at=at)
    door.perform(case, "make_order", by=chief, at=at, form=order(at))
    assert Title.objects.get(pk=own.pk).state == TitleState.WARNED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"order_number": " "}, "order_number"),
        ({"ordered_on": date(2030, 1, 1), "effective_from": date(2030, 1, 1)}, "order_dated"),
        ({"effective_from": date(2020, 1, 1)}, "order_effect"),
        ({"until": date(2030, 1, 1)}, "order_until"),
        ({"reasons": "略"}, "text_needed"),
    ],
)
def test_order_with_a_fault_is_refused(cast: Cast, clock: Clock, changed: dict[str, Any], code: str) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    to_order(cast, case, clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "make_order", by=cast.publisher, at=clock.at, form=order(clock.at, **changed))
    assert reasons(refused) == {code}
    assert state(case) == P.AWAITING_ORDER


def test_opening_names_every_fault(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast, state=TitleState.REVOKED)
    with pytest.raises(Refusal) as refused:
        open_proceeding(
            title, kind=K.SUSPENSION, ground=Ground.RECTIFIED, found_facts="略", by=cast.office, at=clock.at
        )
    assert reasons(refused) == {"ground", "text_needed", "title_state"}


def test_who_took_the_case_in_hand_still_orders(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    to_order(cast, case, clock.at)
    take(case, by=cast.publisher, at=clock.at)
    release(case, reason="转由同事办理", by=cast.publisher, at=clock.at)
    take(case, by=cast.publisher, at=clock.at)
    door.perform(case, "make_order", by=cast.publisher, at=clock.at, form=order(clock.at))
    assert state(case) == P.CONCLUDED


def bar_of(case: Case) -> list[tuple[str, str]]:
    row = Proceeding.objects.get(case=case)
    bar = matter_bar(Case.objects.get(pk=case.pk), row, STEPS, passed_over(row))
    return [(step["state"], step.get("note", "")) for step in bar["steps"]]


def test_bar_counts_no_hearing_that_was_not_held(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    assert bar_of(case) == [("done", ""), ("current", ""), ("todo", ""), ("todo", ""), ("todo", "")]
    door.perform(case, "defend", by=cast.member0, at=clock.at, form={"statement": "系统计错误，已更正。"})
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=clock.at, form={"gives_up_rest": True})
    assert bar_of(case) == [("done", ""), ("done", ""), ("todo", "未举行"), ("current", ""), ("todo", "")]
    door.perform(case, "make_order", by=cast.publisher, at=clock.at, form=order(clock.at))
    assert bar_of(case) == [("done", ""), ("done", ""), ("todo", "未举行"), ("done", ""), ("done", "")]


def test_bar_counts_no_defence_of_a_holder_who_asked_itself(cast: Cast, clock: Clock) -> None:
    title = municipal_title(cast)
    case = ask_for_cancellation(title, reason=GIVEN_UP, confirmed=title.number, by=cast.member0, at=clock.at)
    door.perform(case, "submit_for_order", by=cast.office, at=clock.at)
    assert bar_of(case)[1:4] == [("todo", "未进行"), ("todo", "未举行"), ("current", "")]
