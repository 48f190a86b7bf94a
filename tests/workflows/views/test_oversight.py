"""Pages of the auditor and the operator: every event readable, nothing changeable; health without case content."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation import append_only
from accreditation.audit import verify_all
from accreditation.clocks import DeadlineKind
from accreditation.enums import EffectState
from accreditation.models import AuditEvent, CalendarProposal, Case, Deadline, Effect, Ledger
from accreditation.services.rankings import set_quota
from tests.clock import SHANGHAI, Clock
from tests.factories.batches import another_officer, calendar_by_two
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from workflows.calendar import seed_calendar
from workflows.heartbeat import beat
from workflows.models import CalendarDay, CalendarYear

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
GOOD = "day,is_working,name\n2027-01-01,0,元旦\n2027-01-04,0,元旦\n2027-01-09,1,元旦调休\n"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    return make_cast(clock.at, panel=0, committee=0)


@pytest.fixture
def case(cast: Cast) -> Case:
    return filed_case(cast)


def client_of(user: Any) -> Client:
    return log_in(Client(), user)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


# --- the auditor --------------------------------------------------------------------------------------------------
def test_trail_lists_events_and_filters_them(cast: Cast, case: Case) -> None:
    client, address = client_of(cast.auditor), reverse("audit")
    assert "提交申报" in text_of(client, address)
    assert f"case:{case.number}" in text_of(client, f"{address}?chain={case.number}&verb=submit")
    for nothing in ("?person=无此人", "?verb=recommend", "?since=2027-01-01", "?until=2020-01-01"):
        assert "没有符合条件的记录" in text_of(client, address + nothing)
    assert "提交申报" in text_of(client, f"{address}?since=2026-03-02&until=2026-03-02&person=申报人0")


def test_act_that_is_not_on_the_list_is_looked_for_by_its_code(cast: Cast, case: Case) -> None:
    client, address = client_of(cast.auditor), reverse("audit")
    for unknown in ("no_such_act", "x' OR 1=1", "%00", "submit%00x", "x" * 300):
        text = text_of(client, f"{address}?verb={unknown}")
        assert ("没有符合条件的记录" in text) == (unknown != "%00")
    assert "移除条件</span>办理事项：no_such_act" in text_of(client, f"{address}?verb=no_such_act")


def test_act_outside_the_procedures_is_named_and_found(cast: Cast, case: Case, clock: Clock) -> None:
    set_quota(cast.batch, quota=3, ground="示例通知", by=cast.office, at=clock.at)
    text = text_of(client_of(cast.auditor), f"{reverse('audit')}?verb=set_quota")
    assert '<td role="cell" class="cell-lead"><span class="cell-label" aria-hidden="true">办理事项</span>' in text
    assert text.count('<span class="cell-body">登记推荐名额') == 1
    assert "<code>set_quota</code>" not in text
    assert "提交申报</span>" not in text


def test_trail_takes_equal_queries_for_few_and_many_events(cast: Cast, case: Case) -> None:
    def queries() -> int:
        client = client_of(cast.auditor)
        client.get(reverse("audit"))
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("audit")).status_code == 200
        return len(found)

    few = queries()
    filed_case(cast, 1)
    assert queries() == few


def test_chain_of_a_case_shows_every_hash_and_that_it_verifies(cast: Cast, case: Case) -> None:
    text = text_of(client_of(cast.auditor), reverse("audit_case", args=[case.number]))
    for event in AuditEvent.objects.filter(chain=f"case:{case.number}"):
        assert event.hash in text
    assert "逐条校验相符" in text
    assert client_of(cast.auditor).get(reverse("audit_case", args=["SHETC-2026-9999"])).status_code == 404


def test_tampered_chain_is_shown_as_broken(cast: Cast, case: Case) -> None:
    append_only.uninstall(connection)
    try:
        AuditEvent.objects.filter(chain=f"case:{case.number}", seq=2).update(by_name="别人")
    finally:
        append_only.install(connection)
    client = client_of(cast.auditor)
    assert "日志链校验不符" in text_of(client, reverse("audit_case", args=[case.number]))
    text = client.post(reverse("audit_verify")).content.decode()
    assert "发现不符" in text
    assert f"case:{case.number}" in text


def test_check_of_everything_runs_on_request_only(cast: Cast, case: Case) -> None:
    client, address = client_of(cast.auditor), reverse("audit_verify")
    assert "全部校验相符" not in text_of(client, address)
    assert "全部校验相符" in client.post(address).content.decode()
    Case.objects.filter(pk=case.pk).update(state="recognised")
    assert "发现不符" in client.post(address).content.decode()


@pytest.mark.parametrize("who", ["member0", "pudong", "office", "publisher", "operator", "security", "stranger"])
def test_audit_pages_are_for_the_auditor_alone(cast: Cast, case: Case, who: str) -> None:
    client = client_of(cast.people[who])
    for address in (reverse("audit"), reverse("audit_verify"), reverse("audit_case", args=[case.number])):
        assert client.get(address).status_code == 403


def test_refused_attempts_of_officers_are_on_record(cast: Cast, case: Case) -> None:
    client_of(cast.pudong).get(reverse("audit"))
    client_of(cast.office).get(reverse("meeting", args=["MEET-2026-999"]))
    client_of(cast.member0).get(reverse("audit"))
    client_of(cast.pudong).get("/no/such/page/")
    kept = AuditEvent.objects.filter(chain="ledger:refused").order_by("seq")
    assert [(event.by_id, event.content["address"], event.content["status"]) for event in kept] == [
        (cast.pudong.pk, "audit", 403),
        (cast.office.pk, "meeting", 404),
    ]
    assert verify_all()[1] == []
    assert "访问被拒绝" in text_of(client_of(cast.auditor), reverse("audit") + "?verb=refuse_access")


def test_refused_attempts_are_kept_up_to_a_rate(cast: Cast) -> None:
    client = client_of(cast.pudong)
    for _turn in range(65):
        client.get(reverse("audit"))
    assert Ledger.objects.get(key="refused").audit_count == 60


# --- the operator -------------------------------------------------------------------------------------------------
def test_health_tells_what_is_quiet_and_shows_no_case(cast: Cast, case: Case, clock: Clock) -> None:
    client = client_of(cast.operator)
    text = text_of(client, reverse("operations"))
    assert "后台任务进程两分钟内没有完成一轮" in text
    assert case.number not in text
    assert case.enterprise.name not in text
    clock.at = datetime.now(UTC)
    beat()
    assert "后台任务进程两分钟内没有完成一轮" not in text_of(client_of(cast.operator), reverse("operations"))


def test_failed_effects_are_tried_again(cast: Cast, clock: Clock) -> None:
    Effect.objects.create(kind="mail", key="mail:1", payload={}, due_at=clock.at, state=EffectState.FAILED, attempts=8)
    client = client_of(cast.operator)
    assert "失败的任务" in text_of(client, reverse("operations"))
    assert client.post(reverse("effects_retry")).status_code == 302
    effect = Effect.objects.get(key="mail:1")
    assert (effect.state, effect.attempts) == (EffectState.PENDING, 0)
    assert AuditEvent.objects.get(verb="retry_effects").content == {"count": 1, "kinds": {"mail": 1}}


@pytest.mark.parametrize(("at", "warned"), [("2026-10-31T09:00:00+08:00", False), ("2026-11-01T09:00:00+08:00", True)])
def test_missing_year_is_told_from_november_on(cast: Cast, clock: Clock, at: str, warned: bool) -> None:
    clock.at = datetime.fromisoformat(at)
    for name in ("operations", "operations_calendar"):
        text = text_of(client_of(cast.operator), reverse(name))
        assert ("2027 年的工作日历尚未导入" in text) is warned


def calendar_form(text: str, **changed: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("2027.csv", text.encode("utf-8-sig"))
    return {"year": "2027", "source": "国办发明电〔2026〕0号", "file": file, "request_key": "c-1"} | changed


def test_import_recomputes_provisional_clocks_on_the_chain_of_their_case(cast: Cast, case: Case, clock: Clock) -> None:
    start = datetime(2026, 12, 31, 9, 0, tzinfo=SHANGHAI)
    row = Deadline.objects.get(case=case, kind=DeadlineKind.FIRST_REVIEW)
    before = datetime(2027, 1, 7, 23, 59, 59, tzinfo=SHANGHAI)
    Deadline.objects.filter(pk=row.pk).update(started_at=start, working_days=5, due_at=before, is_provisional=True)
    client = client_of(cast.operator)
    for _turn in range(2):
        assert client.post(reverse("operations_calendar"), calendar_form(GOOD)).status_code == 302
    assert not CalendarYear.objects.filter(year=2027).exists()
    address = reverse("calendar_proposal", args=[CalendarProposal.objects.get().number])
    own = text_of(client, address)
    assert ("核对无误，启用" in own, case.number in own) == (False, False)
    assert client.post(f"{address}confirm/").status_code == 403
    officer = client_of(another_officer())
    assert "核对无误，启用" in text_of(officer, address)
    assert "日历已启用" in officer.post(f"{address}confirm/", follow=True).content.decode()
    row.refresh_from_db()
    assert (row.due_at.astimezone(SHANGHAI).isoformat(), row.is_provisional) == ("2027-01-09T23:59:59+08:00", False)
    event = AuditEvent.objects.get(chain=f"case:{case.number}", verb="recompute_deadline")
    assert event.by_id == another_officer().pk
    assert event.content["before"] == before.astimezone(UTC).isoformat()
    verbs = AuditEvent.objects.filter(chain="ledger:calendar").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["propose_calendar", "import_calendar"]
    assert (CalendarYear.objects.filter(year=2027).count(), CalendarDay.objects.filter(day__year=2027).count()) == (
        1,
        3,
    )
    assert verify_all()[1] == []
    assert "元旦调休" in text_of(client, reverse("operations_year", args=[2027]))


def test_holidays_are_named_in_the_readers_language(cast: Cast) -> None:
    seed_calendar([2025], at=cast.at)
    CalendarDay.objects.filter(day="2025-10-08").update(name="Mid-autumn Festival")  # as older seeds wrote it
    CalendarDay.objects.filter(day="2025-01-28").update(name="春节前一日")
    client, address = client_of(cast.operator), reverse("operations_year", args=[2025])
    page = text_of(client, address)
    for name in ("元旦", "春节", "清明节", "劳动节", "端午节", "国庆节", "中秋节", "春节前一日"):
        assert name in page, name
    assert "Festival" not in page
    english = client.get(address, headers={"accept-language": "en"}).content.decode()
    for name in ("New Year&#x27;s Day", "Spring Festival", "Tomb-sweeping Day", "Mid-autumn Festival", "National Day"):
        assert name in english, name
    assert '<span lang="zh-CN">春节前一日</span>' in english


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("2027/1/1,0,元旦", "日期应写成"),
        ("2026-01-01,0,元旦", "不在 2027 年"),
        ("2027-01-01,放假,元旦", "是否上班应为 1 或 0"),
        ("2027-01-04,1,星期一", "与周一至周五的常规相同"),
        ("2027-01-01,0,元旦\n2027-01-01,0,又一次", "重复"),
        ("2027-01-01", "应有三列"),
        ("", "文件中没有日期"),
        (f"2027-01-01,0,{'长' * 61}", "名称不超过 60 个字"),
        ("2027-01-01,0,", "第 2 行第 3 列：放假的日子须写明节假日名称"),
        ("2027-01-09,1,调休", "按此日历工作日为 262 天"),
    ],
)
def test_faulty_calendar_is_refused_with_its_line_and_nothing_stored(cast: Cast, line: str, told: str) -> None:
    text = f"day,is_working,name\n{line}\n"
    answer = client_of(cast.operator).post(reverse("operations_calendar"), calendar_form(text))
    assert answer.status_code in (422,)
    assert told in answer.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_every_fault_of_a_calendar_is_told_at_once(cast: Cast) -> None:
    bad = "2027-01-04,1,甲\n昨天,0,乙\n2027-01-05,也许,丙\n"
    text = client_of(cast.operator).post(reverse("operations_calendar"), calendar_form(bad)).content.decode()
    for told in ("第 1 行", "第 2 行", "第 3 行"):
        assert told in text


@pytest.mark.parametrize("who", ["member0", "pudong", "office", "auditor", "security", "stranger"])
def test_operator_pages_are_for_the_operator_alone(cast: Cast, who: str) -> None:
    client = client_of(cast.people[who])
    for address in (reverse("operations"), reverse("operations_calendar"), reverse("operations_year", args=[2026])):
        assert client.get(address).status_code == 403
    assert client.post(reverse("effects_retry")).status_code == 403


def test_operator_reaches_no_case(cast: Cast, case: Case) -> None:
    client = client_of(cast.operator)
    for name in ("expert_case", "audit_case"):
        assert client.get(reverse(name, args=[case.number])).status_code == 403


def test_clock_that_stays_the_same_leaves_no_event(cast: Cast, case: Case, clock: Clock) -> None:
    client_of(cast.operator).post(reverse("operations_calendar"), calendar_form(GOOD))
    calendar_by_two()
    assert not AuditEvent.objects.filter(verb="recompute_deadline").exists()


@pytest.mark.parametrize("days", [{"since": "0001-01-01"}, {"until": "9999-12-31"}, {"since": "2026-02-30"}])
def test_days_that_are_none_filter_nothing(cast: Cast, case: Case, days: dict[str, str]) -> None:
    page = client_of(cast.auditor).get(reverse("audit"), days)
    assert (page.status_code, page.context["page"].paginator.count) == (200, AuditEvent.objects.count())


@pytest.mark.parametrize("name", ["centre", "notice", "announcement", "audit_case", "meeting"])
def test_address_that_no_text_of_a_database_holds_is_not_found_and_is_kept(cast: Cast, name: str) -> None:
    page = reverse(name, args=["A\0B"])
    assert client_of(cast.auditor).get(page).status_code == 404
    kept = AuditEvent.objects.filter(chain="ledger:refused").values_list("content__path", flat=True)
    assert list(kept) == [page]
    assert client_of(cast.office).post(reverse("meeting_new"), {"batch": "A\0B"}).status_code == 200
