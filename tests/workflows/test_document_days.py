"""No document is dated before what it rests on, by the services and on the pages; a meeting is held on its day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.enums import ApplicationState as S
from accreditation.enums import MeetingState
from accreditation.errors import Refusal
from accreditation.models import Announcement, Application, Batch, Case, Meeting, Recommendation, Reconsideration
from accreditation.reconsideration_words import Outcome
from accreditation.services import meetings
from tests.clock import Clock
from tests.factories import recommending as national
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, stored_file
from tests.factories.recommending_pages import sent
from tests.factories.reconsidering import challenged, declined, proposed, reconsiderers
from tests.factories.steps import hold_meeting, publish, to_committee
from workflows import batch_acts, door, outside_lists, recommendation_acts
from workflows.demo.material import sample_pdf
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = timedelta(days=1)


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at)


def refused(act: Any) -> list[tuple[str, str]]:
    """Field and text of every reason against an act."""
    with pytest.raises(Refusal) as found:
        act()
    return [(reason.place, str(reason)) for reason in found.value.reasons]


def page_of(answer: Any) -> str:
    assert answer.status_code == 422
    return str(answer.content.decode())


# --- announcement -------------------------------------------------------------------------------------------------
@pytest.fixture
def completed(cast: Cast, clock: Clock) -> Case:
    """Decided on 2 March 2026, its notice over; the clock stands two days after its last day."""
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    notice = publish(cast, [case], clock.at)
    tick(notice.ends_at + timedelta(seconds=1))
    clock.at = notice.ends_at + 2 * DAY
    return case


def announce(cast: Cast, case: Case, clock: Clock, dated: date) -> Announcement:
    listed = [Application.objects.get(case=case)]
    return batch_acts.announce(
        cast.batch, listed, number="示例〔2026〕9号", dated=dated, body="现予公布。", by=cast.publisher, at=clock.at
    )


def test_announcement_is_dated_after_the_last_day_of_the_notice(cast: Cast, clock: Clock, completed: Case) -> None:
    notice = Application.objects.get(case=completed).notice
    assert notice is not None
    last = timezone.localdate(notice.ends_at)
    (found,) = refused(lambda: announce(cast, completed, clock, last))
    assert found[0] == "dated"
    assert f"（{last.year}年{last.month}月{last.day}日）不能早于公示 {notice.number} 期满的次日" in found[1]
    both = [text for _field, text in refused(lambda: announce(cast, completed, clock, date(2026, 3, 1)))]
    assert [("会议纪要" in text, "公示" in text) for text in both] == [(True, False), (False, True)]
    assert "（2026年3月2日）" in both[0]
    ahead = refused(lambda: announce(cast, completed, clock, clock.on + DAY))
    assert ahead == [("dated", "日期不能晚于今天。")]
    assert announce(cast, completed, clock, last + DAY).dated == last + DAY
    title = Application.objects.get(case=completed).title
    assert title is not None
    assert title.valid_from == last + DAY


def test_page_of_an_announcement_tells_both_days(cast: Cast, completed: Case) -> None:
    client = log_in(Client(), cast.publisher)
    form = {
        "cases": [completed.number], "number": "示例〔2026〕9号", "dated": "2024-01-02", "body": "现予公布。",
        "confirmed": "1", "request_key": "a" * 32,
    }  # fmt: skip
    text = page_of(client.post(reverse("batch_announce", args=[cast.batch.code]), form))
    assert "日期（2024年1月2日）不能早于公示" in text
    assert not Announcement.objects.exists()


# --- recommendation -----------------------------------------------------------------------------------------------
@pytest.fixture
def batch(cast: Cast) -> Batch:
    return national.make_national(cast)


@pytest.fixture
def decided(cast: Cast, batch: Batch, clock: Clock) -> Case:
    """Within the quota, to be recommended; the clock stands a day after the committee."""
    case = national.filed(cast, batch, 0)
    national.score(cast, case, cast.at)
    national.rank(cast, batch)
    national.decide(cast, batch)
    clock.at = batch.closes_at + DAY
    return case


def recommend(cast: Cast, batch: Batch, clock: Clock, dated: date) -> Recommendation:
    listed = Application.objects.filter(batch=batch, state=S.TO_BE_RECOMMENDED)
    return recommendation_acts.send_recommendation(
        batch, listed, number="示例推荐〔2026〕1号", dated=dated, addressed_to="示例", by=cast.publisher, at=clock.at
    )


def test_letter_is_not_older_than_ranking_and_minutes_nor_the_result_than_the_letter(
    cast: Cast, batch: Batch, decided: Case, clock: Clock
) -> None:
    early = timezone.localdate(batch.closes_at) - DAY
    texts = [text for _field, text in refused(lambda: recommend(cast, batch, clock, early))]
    assert len(texts) == 2
    assert any("排序" in text and "固定之日" in text for text in texts)
    assert any("会议纪要" in text for text in texts)
    letter = recommend(cast, batch, clock, clock.on)
    clock.advance(days=3)

    def enter(dated: date) -> None:
        entry = outside_lists.propose_result(
            batch, [Application.objects.get(case=decided)], {}, number="示例公告〔2026〕9号", dated=dated,
            authority="示例国家主管部门", file=stored_file(b"notice", clock.at), file_name="公告.pdf", by=cast.office,
            at=clock.at, without_public_notice="国家公示未在本系统登记",
        )  # fmt: skip
        outside_lists.record_result(entry, by=national.colleague(cast), at=clock.at)

    ((field, text),) = refused(lambda: enter(letter.dated - DAY))
    assert (field, f"推荐文件 {letter.number} 的行文日期" in text) == ("dated", True)
    enter(letter.dated)
    assert Application.objects.get(case=decided).state == S.RECOGNISED_ABOVE


def test_pages_of_letter_and_result_tell_both_days(cast: Cast, batch: Batch, decided: Case, clock: Clock) -> None:
    publisher, office = log_in(Client(), cast.publisher), log_in(Client(), cast.office)
    letter = {
        "cases": [decided.number], "number": "示例推荐〔2026〕1号", "dated": "2020-01-02", "addressed_to": "示例",
        "confirmed": "1", "request_key": "r" * 32,
    }  # fmt: skip
    text = page_of(publisher.post(reverse("batch_recommend", args=[batch.code]), letter))
    assert "日期（2020年1月2日）不能早于排序" in text
    recommend(cast, batch, clock, clock.on)
    result = {
        "recognised": [decided.number], "authority": "示例国家主管部门", "number": "示例公告〔2026〕9号",
        "dated": "2020-01-02", "file": sent("公告.pdf", sample_pdf("notice")), "checked": "on",
    }  # fmt: skip
    text = page_of(office.post(reverse("office_result", args=[batch.code]), result))
    assert "日期（2020年1月2日）不能早于推荐文件 示例推荐〔2026〕1号" in text
    assert Application.objects.get(case=decided).state == S.RECOMMENDED_UPWARD


def test_answer_of_a_department_is_not_older_than_the_question(cast: Cast, batch: Batch, clock: Clock) -> None:
    case = national.filed(cast, batch, 0)
    national.consult(cast, case, cast.at)
    clock.advance(days=2)
    form = {"department": "tax", "position": "no_objection", "text": "经查无异常", "document_number": "示例函1号"}

    def enter(dated: date) -> None:
        door.perform(case, "record_answer", by=cast.office, at=clock.at, form=form | {"dated": dated})

    asked = timezone.localdate(cast.at)
    ((field, text),) = refused(lambda: enter(asked - DAY))
    assert (field, "征求意见之日（2026年3月2日）" in text) == ("dated", True)
    enter(asked)
    assert Application.objects.get(case=case).consultations.get(department="tax").dated == asked


# --- meetings -----------------------------------------------------------------------------------------------------
@pytest.fixture
def tabled(cast: Cast, clock: Clock) -> Case:
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    return case


def call(cast: Cast, case: Case, clock: Clock, days: int) -> Meeting:
    return meetings.call_meeting(
        cast.batch, [Application.objects.get(case=case)], held_at=clock.at + days * DAY, place="示例会议室",
        chair=cast.members[0], secretary=cast.office, by=cast.office, at=clock.at,
    )  # fmt: skip


def start(cast: Cast, meeting: Meeting, clock: Clock) -> Meeting:
    return meetings.start_meeting(meeting, present=cast.members, by=cast.office, at=clock.at)


def test_meeting_is_called_for_a_day_to_come_and_begun_on_it(cast: Cast, clock: Clock, tabled: Case) -> None:
    found = refused(lambda: call(cast, tabled, clock, -1))
    assert found == [("held_on", "日期（2026年3月1日）不能早于召集会议之日（2026年3月2日）。")]
    meeting = call(cast, tabled, clock, 3)
    ((_field, text),) = refused(lambda: start(cast, meeting, clock))
    assert text.startswith("会议定于2026年3月5日举行，不能在2026年3月2日开始")
    clock.advance(days=4)
    ((_field, text),) = refused(lambda: start(cast, meeting, clock))
    assert "不能在2026年3月6日开始" in text
    clock.advance(days=-1, minutes=40)
    begun = start(cast, meeting, clock)
    assert begun.state == MeetingState.IN_SESSION
    clock.advance(hours=2)
    for member in cast.members:
        meetings.cast_vote(begun.items.get(), choice="recognise", remark="", by=member, at=clock.at)
    drafted = meetings.draft_minutes(begun, reasons={}, by=cast.office, at=clock.at)
    assert "时　　间：2026年3月5日 09:00\n开　　始：2026年3月5日 09:40\n" in drafted.minutes


def test_pages_of_a_meeting_refuse_another_day(cast: Cast, clock: Clock, tabled: Case) -> None:
    office = log_in(Client(), cast.office)
    form = {
        "batch": cast.batch.code, "cases": [tabled.number], "held_on": "2026-02-27", "held_time": "14:00",
        "place": "示例会议室", "chair": str(cast.members[0].pk), "request_key": "call-1",
    }  # fmt: skip
    text = page_of(office.post(reverse("meeting_new"), form))
    assert "日期（2026年2月27日）不能早于召集会议之日（2026年3月2日）。" in text
    meeting = call(cast, tabled, clock, 3)
    present = {"present": [str(member.pk) for member in cast.members]}
    text = page_of(office.post(reverse("meeting_start", args=[meeting.number]), present))
    assert "会议定于2026年3月5日举行" in text


# --- reconsideration ----------------------------------------------------------------------------------------------
def test_reconsideration_is_not_decided_before_it_was_accepted(cast: Cast, clock: Clock) -> None:
    reconsiderers(cast)
    letter = declined(cast, clock.at)
    case = challenged(cast, letter, clock.advance(days=1))
    form = proposed(cast, case, Outcome.UPHELD, clock.advance(days=1), respondent=cast.pudong)
    clock.advance(days=2)
    second = cast.people["reconsiderer2"]

    def decide(dated: date) -> None:
        door.perform(case, "decide_reconsideration", by=second, at=clock.at, form=form | {"decided_on": dated})

    assert refused(lambda: decide(date(2026, 3, 1))) == [
        ("decided_on", f"日期（2026年3月1日）不能早于被复议行为 {letter.number} 的作出之日（2026年3月2日）。"),
        ("decided_on", "日期（2026年3月1日）不能早于复议申请之日（2026年3月3日）。"),
        ("decided_on", "日期（2026年3月1日）不能早于受理复议申请之日（2026年3月4日）。"),
    ]
    assert refused(lambda: decide(clock.on + DAY)) == [("decided_on", "决定日期不能晚于今天。")]
    page = {
        "outcome": Outcome.UPHELD, "decision_number": "示例复决〔2026〕1号", "decided_on": "2026-03-03",
        "reasons": "原决定认定事实清楚。", "confirmed": "1",
    }  # fmt: skip
    answer = log_in(Client(), second).post(reverse("matter_act", args=[case.number, "decide_reconsideration"]), page)
    assert "不能早于受理复议申请之日（2026年3月4日）" in page_of(answer)
    decide(date(2026, 3, 4))
    assert Reconsideration.objects.get(case=case).decided_on == date(2026, 3, 4)
