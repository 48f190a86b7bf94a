"""The yearly report by 30 April through the pages: called for, filled, handed in, sent back, late, noted, dropped."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.errors import Denied, Refusal
from accreditation.models import Case, Deadline, Message, Title, YearlyReport, YearlyReportCall
from accreditation.yearly_report_words import YearlyReportState as S
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending import make_demonstration
from tests.factories.recommending_pages import sent
from tests.factories.returns import SUMMARY as SUMMARY_FIELD
from tests.factories.returns import returned_on_page
from tests.factories.yearly_reports import SUMMARY, called, demonstration_title, whole_figures
from workflows.calendar import current_calendar, seed_calendar
from workflows.consistency import check_all, rebuild_flow
from workflows.demo.material import sample_pdf
from workflows.opening_yearly_reports import due_day, open_call
from workflows.tick import tick
from workflows.workdays import WorkCalendar

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SHANGHAI = ZoneInfo("Asia/Shanghai")
CALL = {"document": "示例通知〔2026〕4号", "moves": "next_working_day", "return_days": "10"}


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return _cast(clock)


def _cast(clock: Clock) -> Cast:
    cast = make_cast(clock.at, panel=1, committee=1)
    make_demonstration(cast)
    demonstration_title(cast)
    return cast


def as_(cast: Cast, who: str) -> Client:
    return log_in(Client(), cast.people[who])


def done(answer: Any) -> Any:
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return answer


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def state(case: Case) -> str:
    return str(YearlyReport.objects.get(case=case).state)


def told(cast: Cast, who: str) -> list[str]:
    return list(Message.objects.filter(recipient=cast.people[who]).order_by("pk").values_list("kind", flat=True))


def call_on_the_page(cast: Cast) -> Case:
    form = CALL | {"year": str(cast.at.year), "request_key": "c-1"}
    office = as_(cast, "office")
    done(office.post(reverse("office_yearly_reports"), form))
    done(office.post(reverse("office_yearly_reports"), form))  # sent twice
    assert YearlyReportCall.objects.count() == 1
    return Case.objects.get(procedure="demonstration_yearly_report/2010")


def act(cast: Cast, case: Case, verb: str, who: str, **form: Any) -> Any:
    address = "my_matter_act" if who.startswith("member") else "matter_act"
    return as_(cast, who).post(reverse(address, args=[case.number, verb]), form | {"confirmed": "1"})


def prepared(cast: Cast, case: Case) -> None:
    """Figures and the sealed paper."""
    done(act(cast, case, "fill_report", "member0", **whole_figures(case)))
    paper = {"file": sent("年度报告.pdf", sample_pdf("yearly")), "purpose": "盖章的年度报告"}
    done(act(cast, case, "add_report_document", "member0", **paper))


# --- the way of a report ------------------------------------------------------------------------------------------
def test_report_is_called_for_handed_in_sent_back_and_noted(cast: Cast, clock: Clock) -> None:
    case = call_on_the_page(cast)
    assert told(cast, "member0") == ["call_for_report"]
    own = as_(cast, "member0")
    assert case.number in text_of(own.get(reverse("my_cases")))
    assert "2025 年度报告" in text_of(own.get(reverse("my_matter", args=[case.number])))
    empty = text_of(act(cast, case, "hand_in_report", "member0", summary=SUMMARY), 422)
    assert "还缺数据" in empty
    assert "请先提交盖章的年度报告文件" in empty
    prepared(cast, case)
    done(act(cast, case, "hand_in_report", "member0", summary=SUMMARY))
    assert (state(case), told(cast, "office")[-1]) == (S.HANDED_IN, "hand_in_report")
    assert case.number in text_of(as_(cast, "office").get(reverse("orders")))
    assert act(cast, case, "fill_report", "member0").status_code == 302  # too late: told so, nothing changed
    points = returned_on_page(SUMMARY_FIELD, remark="研发经费与审计报告不一致")
    done(act(cast, case, "send_report_back", "office", **points))
    assert "研发经费与审计报告不一致" in text_of(own.get(reverse("my_matter", args=[case.number])))
    clock.advance(days=1)
    done(act(cast, case, "hand_in_report", "member0", summary=SUMMARY))
    done(act(cast, case, "note_report", "office", reason=""))
    report = YearlyReport.objects.get(case=case)
    assert (report.state, report.late_days) == (S.NOTED, 0)
    shown = text_of(as_(cast, "office").get(reverse("office_yearly_call", args=[cast.at.year])))
    assert "按期" in shown
    assert list(check_all()) == []
    assert verify_all()[1] == []


def test_report_that_is_late_is_reminded_of_and_still_taken(cast: Cast, clock: Clock) -> None:
    case = call_on_the_page(cast)
    clock.at = datetime(2026, 4, 30, 23, 59, 59, tzinfo=SHANGHAI)
    assert tick(clock.at).fired == 0  # the last second of the day is still in time
    clock.advance(seconds=1)
    assert tick(clock.at).fired == 1
    assert tick(clock.at).fired == 0
    assert state(case) == S.OVERDUE
    assert told(cast, "member0")[-1] == "let_report_due_pass"
    assert told(cast, "office")[-1] == "let_report_due_pass"
    overdue = reverse("office_yearly_call", args=[2026])
    assert case.number in text_of(as_(cast, "office").get(overdue, {"overdue": "1"}))
    done(act(cast, case, "remind_of_report", "office", reason="请于本周内报送"))
    assert told(cast, "member0")[-1] == "remind_of_report"
    rebuild_flow(case)
    prepared(cast, case)
    clock.at = datetime(2026, 5, 8, 9, 0, tzinfo=SHANGHAI)
    done(act(cast, case, "hand_in_report", "member0", summary=SUMMARY))
    report = YearlyReport.objects.select_related("title").get(case=case)
    assert (report.late_days, report.title.state) == (8, "in_force")  # the title is not touched
    page = text_of(as_(cast, "office").get(reverse("matter", args=[case.number])))
    assert "逾期 8 天" in page
    assert "三年复核时供参考" in page
    assert case.number not in text_of(as_(cast, "office").get(overdue, {"overdue": "1"}))


def test_report_sent_back_early_is_not_late_before_the_day_of_all(cast: Cast, clock: Clock) -> None:
    case = call_on_the_page(cast)
    prepared(cast, case)
    done(act(cast, case, "hand_in_report", "member0", summary=SUMMARY))
    done(act(cast, case, "send_report_back", "office", **returned_on_page(SUMMARY_FIELD)))
    due = Deadline.objects.get(case=case, state="running").due_at
    assert due.astimezone(SHANGHAI).date() == YearlyReport.objects.get(case=case).call.due_on == date(2026, 4, 30)
    assert tick(due).fired == 0
    assert "2026年4月30日" in text_of(as_(cast, "member0").get(reverse("my_matter", args=[case.number])))


def test_report_sent_back_runs_out_by_the_days_of_the_call(cast: Cast, clock: Clock) -> None:
    case = call_on_the_page(cast)
    prepared(cast, case)
    clock.at = datetime(2026, 4, 29, 9, 0, tzinfo=SHANGHAI)
    done(act(cast, case, "hand_in_report", "member0", summary=SUMMARY))
    done(act(cast, case, "send_report_back", "office", **returned_on_page(SUMMARY_FIELD)))
    due = Deadline.objects.get(case=case, state="running").due_at
    assert due.astimezone(SHANGHAI).date() == current_calendar().add(clock.on, 10)[0]
    clock.at = due + timedelta(seconds=1)
    assert tick(clock.at).fired == 1
    assert state(case) == S.OVERDUE


def test_report_of_a_title_that_ended_is_dropped(cast: Cast) -> None:
    case = call_on_the_page(cast)
    refused = text_of(act(cast, case, "drop_report", "office", reason="称号已注销"), 422)
    assert "称号仍然有效" in refused
    title = Title.objects.get(programme="demonstration_national")
    title.cancel()
    title.save()
    done(act(cast, case, "drop_report", "office", reason="称号已注销"))
    assert state(case) == S.DROPPED
    assert told(cast, "member0")[-1] == "drop_report"


def test_figures_known_from_filings_stand_in_the_form_already(cast: Cast) -> None:
    case = call_on_the_page(cast)
    address = reverse("my_matter_act", args=[case.number, "fill_report"])
    shown = text_of(as_(cast, "member0").get(address))
    assert 'name="employees-2025"' in shown
    done(as_(cast, "member0").post(address, {"employees-2025": "640"}))
    assert 'value="640"' in text_of(as_(cast, "member0").get(address))
    wrong = text_of(as_(cast, "member0").post(address, {"employees-2025": "六百"}), 422)
    assert "请按单位填写数字" in wrong


def test_nobody_else_sees_or_moves_a_report(cast: Cast) -> None:
    case = call_on_the_page(cast)
    assert as_(cast, "member1").get(reverse("my_matter", args=[case.number])).status_code == 404
    assert as_(cast, "member1").post(reverse("my_matter_act", args=[case.number, "fill_report"])).status_code == 404
    assert as_(cast, "jiading").get(reverse("matter", args=[case.number])).status_code == 404
    assert as_(cast, "pudong").get(reverse("matter", args=[case.number])).status_code == 200
    assert as_(cast, "pudong").get(reverse("office_yearly_reports")).status_code == 403


# --- the call -----------------------------------------------------------------------------------------------------
def test_list_of_holders_is_frozen_with_the_call(cast: Cast) -> None:
    called(cast)
    demonstration_title(cast, 1)
    assert YearlyReport.objects.count() == 1
    with pytest.raises(Refusal) as twice:
        called(cast)
    assert [reason.code for reason in twice.value.reasons] == ["already_called"]


def test_call_says_every_reason_against_it(cast: Cast) -> None:
    Title.objects.filter(programme="demonstration_national").update(valid_from=date(2027, 1, 1))
    with pytest.raises(Refusal) as refused:
        called(cast, year=2025, document=" ")
    assert [reason.code for reason in refused.value.reasons] == ["no_document", "too_late", "no_holders"]
    with pytest.raises(Denied):
        open_call(year=2026, document="x", moves="kept", return_days=5, by=cast.publisher, at=cast.at)


def test_call_without_rules_is_refused(settings: LazySettings, clock: Clock, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, panel=1, committee=1)
    with pytest.raises(Refusal) as refused:
        called(cast)
    assert [reason.code for reason in refused.value.reasons] == ["no_rules", "no_holders"]


# --- 30 April -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("year", "moves", "due"),
    [
        (2026, "next_working_day", date(2026, 4, 30)),  # a Thursday on which offices work
        (2022, "kept", date(2022, 4, 30)),  # a Saturday, the first day of the May holiday
        (2022, "next_working_day", date(2022, 5, 5)),
        (2022, "working_day_before", date(2022, 4, 29)),
        (2023, "next_working_day", date(2023, 5, 4)),  # a Sunday in the May holiday
        (2023, "working_day_before", date(2023, 4, 28)),
    ],
)
def test_due_day_moves_as_the_call_says(year: int, moves: str, due: date, clock: Clock) -> None:
    seed_calendar(range(2022, 2027), at=clock.at)
    assert due_day(year, moves, current_calendar()) == (due, False)


def test_due_day_of_a_year_without_a_plan_is_provisional() -> None:
    calendar = WorkCalendar({}, frozenset({2026}))
    assert due_day(2028, "next_working_day", calendar) == (date(2028, 5, 1), True)
    assert due_day(2028, "kept", calendar) == (date(2028, 4, 30), False)


def test_holiday_year_runs_out_after_the_moved_day(
    settings: LazySettings, clock: Clock, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    clock.at = datetime(2023, 3, 1, 9, 0, tzinfo=SHANGHAI)
    seed_calendar(range(2023, 2024), at=clock.at)
    case = call_on_the_page(_cast(clock))
    clock.at = datetime(2023, 5, 4, 23, 59, 59, tzinfo=SHANGHAI)
    assert (tick(clock.at).fired, state(case)) == (0, S.AWAITED)
    clock.advance(seconds=1)
    assert (tick(clock.at).fired, state(case)) == (1, S.OVERDUE)
