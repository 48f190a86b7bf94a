"""Days of a proceeding over a title: no order before what it rests on, none backwards, a hearing called in time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.enums import ProceedingKind as K
from accreditation.enums import ProceedingState as P
from accreditation.enums import TitleState
from accreditation.errors import Refusal
from accreditation.grounds import Ground
from accreditation.models import AuditEvent, Case, Deadline, Letter, Proceeding, Title
from tests.clock import SHANGHAI, Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast, stored_file
from tests.factories.recommending import make_demonstration
from tests.factories.titles import FACTS, hearing_day, municipal_title
from tests.factories.yearly_reports import demonstration_title
from workflows import door
from workflows.opening_proceedings import open_proceeding
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
OPENED, TOLD, HEARD, DECIDES = (date(2026, 3, day) for day in (2, 3, 4, 6))
REASONS = "事实清楚，申辩理由不成立。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


@pytest.fixture
def heard(cast: Cast, clock: Clock) -> Case:
    """A revocation opened on Monday, told on Tuesday, heard on Wednesday, to be decided on Friday."""
    case = opened(cast, municipal_title(cast), clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.advance(days=1))
    defence = {"statement": "系统计错误，已更正。"}
    door.perform(case, "defend", by=cast.member0, at=clock.advance(days=1), form=defence)
    door.perform(case, "waive_rest_of_defence", by=cast.member0, at=clock.at, form={"gives_up_rest": True})
    clock.advance(days=2)
    assert clock.on == DECIDES
    return case


def opened(cast: Cast, title: Title, at: datetime, kind: str = K.REVOCATION) -> Case:
    ground = Ground.FALSE_MATERIAL
    return open_proceeding(title, kind=kind, ground=ground, found_facts=FACTS, by=cast.office, at=at)


def order(cast: Cast, case: Case, at: datetime, **days: Any) -> Proceeding:
    form = {
        "order_number": "示例撤〔2026〕1号",
        "ordered_on": at.date(),
        "effective_from": at.date(),
        "reasons": REASONS,
    }
    door.perform(case, "make_order", by=cast.publisher, at=at, form=form | days)
    return Proceeding.objects.get(case=case)


def refused(act: Any) -> dict[str, list[str]]:
    """Texts of the reasons against an act by the field that each belongs to."""
    with pytest.raises(Refusal) as found:
        act()
    texts: dict[str, list[str]] = {}
    for reason in found.value.reasons:
        texts.setdefault(reason.place, []).append(str(reason))
    return texts


# --- the order ----------------------------------------------------------------------------------------------------
def test_order_is_not_dated_before_any_step_it_rests_on(cast: Cast, clock: Clock, heard: Case) -> None:
    long_ago = date(2022, 1, 4)
    found = refused(lambda: order(cast, heard, clock.at, ordered_on=long_ago, effective_from=long_ago))
    assert found["ordered_on"] == [
        "日期（2022年1月4日）不能早于称号授予之日（2025年6月1日）。",
        "日期（2022年1月4日）不能早于立案之日（2026年3月2日）。",
        "日期（2022年1月4日）不能早于告知持有单位之日（2026年3月3日）。",
        "日期（2022年1月4日）不能早于听取陈述申辩之日（2026年3月4日）。",
    ]
    assert found["effective_from"] == ["日期（2022年1月4日）不能早于办理决定的当日（2026年3月6日）。"]
    assert Proceeding.objects.get(case=heard).state == P.AWAITING_ORDER


@pytest.mark.parametrize(("day", "is_taken"), [(TOLD, False), (HEARD, True), (DECIDES, True)])
def test_order_is_dated_from_the_day_of_the_hearing_on(
    cast: Cast, clock: Clock, heard: Case, day: date, is_taken: bool
) -> None:
    if is_taken:
        assert order(cast, heard, clock.at, ordered_on=day).ordered_on == day
    else:
        assert list(refused(lambda: order(cast, heard, clock.at, ordered_on=day))) == ["ordered_on"]


def test_order_does_not_take_effect_backwards(cast: Cast, clock: Clock, heard: Case) -> None:
    found = refused(lambda: order(cast, heard, clock.at, ordered_on=HEARD, effective_from=HEARD))
    assert found == {"effective_from": ["日期（2026年3月4日）不能早于办理决定的当日（2026年3月6日）。"]}


def test_order_after_the_holder_let_its_time_pass_is_not_dated_within_it(cast: Cast, clock: Clock) -> None:
    case = opened(cast, municipal_title(cast), clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    due = Deadline.objects.get(case=case, state="running").due_at
    last_day = due.astimezone(SHANGHAI).date()
    clock.at = due.astimezone(SHANGHAI) + timedelta(seconds=1)
    tick(clock.at)
    found = refused(lambda: order(cast, case, clock.at, ordered_on=last_day))
    assert "听取陈述申辩之日" in found["ordered_on"][0]
    assert order(cast, case, clock.at).state == P.CONCLUDED


def test_bar_counts_from_the_day_of_effect(cast: Cast, clock: Clock, heard: Case) -> None:
    later = DECIDES + timedelta(days=20)
    row = order(cast, heard, clock.at, ordered_on=HEARD, effective_from=later)
    assert (row.state, row.ordered_on, row.barred_until) == (P.ORDERED, HEARD, date(2029, 3, 26))
    tick(datetime.combine(later, clock.at.timetz()))
    assert Title.objects.get(pk=row.title_id).state == TitleState.REVOKED


def test_page_of_an_order_shows_both_days(cast: Cast, heard: Case) -> None:
    form = {
        "order_number": "示例撤〔2026〕1号", "ordered_on": "2022-01-04", "effective_from": "2022-01-04",
        "reasons": REASONS, "confirmed": "1",
    }  # fmt: skip
    publisher = log_in(Client(), cast.publisher)
    answer = publisher.post(reverse("matter_act", args=[heard.number, "make_order"]), form)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "日期（2022年1月4日）不能早于听取陈述申辩之日（2026年3月4日）。" in text
    assert 'href="#id_effective_from"' in text
    assert Proceeding.objects.get(case=heard).order_number == ""


@pytest.mark.parametrize(("dated", "is_taken"), [(date(2021, 1, 9), False), (date(2021, 1, 10), True)])
def test_national_document_may_be_older_than_the_proceeding_but_not_than_the_title(
    cast: Cast, clock: Clock, dated: date, is_taken: bool
) -> None:
    make_demonstration(cast)
    case = opened(cast, demonstration_title(cast), clock.at)
    document = {
        "authority": "示例工业主管部门", "number": "示例公告〔2026〕7号", "dated": dated,
        "file": stored_file(b"notice", clock.at), "name": "公告.pdf",
    }  # fmt: skip

    def enter() -> None:
        door.perform(case, "record_notice", by=cast.office, at=clock.at, form=document)

    if not is_taken:
        assert refused(enter) == {"dated": ["日期（2021年1月9日）不能早于称号授予之日（2021年1月10日）。"]}
        return
    enter()
    door.perform(case, "submit_for_order", by=cast.office, at=clock.at)
    assert list(refused(lambda: order(cast, case, clock.at, effective_from=date(2021, 1, 9)))) == ["effective_from"]
    row = order(cast, case, clock.at, effective_from=dated)
    assert (row.ordered_on, row.effective_from, row.barred_until) == (dated, dated, date(2024, 1, 10))


# --- the hearing --------------------------------------------------------------------------------------------------
@pytest.fixture
def asked(cast: Cast, clock: Clock) -> Case:
    """A hearing asked for on Monday, 2 March 2026; its twenty working days end on Monday, 30 March."""
    case = opened(cast, municipal_title(cast), clock.at)
    door.perform(case, "notify_holder", by=cast.office, at=clock.at)
    door.perform(case, "ask_for_hearing", by=cast.member0, at=clock.at, form={"statement": "请求听证"})
    return case


def call(cast: Cast, case: Case, at: datetime, day: date, reason: str = "") -> None:
    form = {"hearing_on": day, "hearing_place": "示例会议室", "late_reason": reason}
    door.perform(case, "call_hearing", by=cast.office, at=at, form=form)


def test_hearing_is_on_a_working_day_after_seven_working_days(cast: Cast, clock: Clock, asked: Case) -> None:
    day = hearing_day(clock.at)
    assert day == date(2026, 3, 11)
    for early in (date(2026, 3, 9), date(2026, 3, 10)):
        found = refused(lambda early=early: call(cast, asked, clock.at, early))
        assert found == {"hearing_on": ["听证须在举行的七个工作日前通知，最早可定在2026年3月11日。"]}
    found = refused(lambda: call(cast, asked, clock.at, date(2026, 3, 14)))
    assert found == {"hearing_on": ["2026年3月14日不是工作日。"]}
    call(cast, asked, clock.at, day)
    assert Proceeding.objects.get(case=asked).hearing_on == day
    assert "late_reason" not in AuditEvent.objects.get(verb="call_hearing").content


def test_hearing_after_its_time_needs_a_reason_that_is_kept_and_sent(cast: Cast, clock: Clock, asked: Case) -> None:
    last, late = date(2026, 3, 30), date(2026, 3, 31)
    call(cast, asked, clock.at, last)
    found = refused(lambda: call(cast, asked, clock.at, late))
    assert found == {"late_reason": ["听证日期（2026年3月31日）晚于应组织听证的期限（2026年3月30日），请写明理由。"]}
    call(cast, asked, clock.at, late, "持有单位申请延期")
    event = AuditEvent.objects.filter(verb="call_hearing").latest("pk")
    assert (event.content["late_reason"], event.content["due_on"]) == ("持有单位申请延期", last.isoformat())
    assert "理由：持有单位申请延期" in Letter.objects.filter(kind="hearing_notice").latest("pk").body


def test_page_asks_for_the_reason_of_a_late_hearing_and_shows_it(cast: Cast, asked: Case) -> None:
    office, address = log_in(Client(), cast.office), reverse("matter_act", args=[asked.number, "call_hearing"])
    form = {"hearing_on": "2026-04-01", "hearing_place": "示例会议室"}
    answer = office.post(address, form)
    assert (answer.status_code, 'href="#id_late_reason"' in answer.content.decode()) == (422, True)
    assert office.post(address, form | {"late_reason": "持有单位申请延期"}).status_code == 302
    shown = office.get(reverse("matter", args=[asked.number])).content.decode()
    assert "持有单位申请延期" in shown
