"""A round of evaluations on the pages of whoever takes each step, from the frozen population to what follows."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import ProceedingState, TitleState
from accreditation.models import Application, Batch, Case, EvaluationRound, Meeting, Notice, Proceeding, Title, User
from accreditation.services.rule_sets import rules_of
from certificates.models import Certificate
from tests.clock import Clock
from tests.factories import evaluating as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.titles import second_officer
from tests.workflows.test_intake import PDF
from workflows.consistency import check_all, rebuild_flow
from workflows.demo.material import workbook_for
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
EXCELLENT, WARNED, FAILED, LATE, EXEMPT = range(5)
MARGINAL = {  # of the sample workbook: 62.72 points
    "platforms_provincial_up": 0, "certified_labs": 0, "new_product_revenue": 0, "new_product_profit": 0,
    "profit_total": 5000, "overseas_rd_units": 0, "joint_rd_units": 0, "national_special_projects_2y": 0,
    "awards_2y": 0, "patents_transferred_or_licensed": 0,
}  # fmt: skip
WEAK = MARGINAL | {"rd_expenditure": 21000, "rd_expense_stat": 21500}  # below 60 points
FIGURES: dict[int, dict[str, int]] = {EXCELLENT: {}, WARNED: MARGINAL, FAILED: WEAK}
BODIES = {"number": "示例〔2026〕9号", "body": "现公布评价结果。", "confirmed": "1"}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = make_cast(clock.at)
    for n in range(2):
        steps.add_enterprise(found, n)
    for n in (EXCELLENT, WARNED, FAILED, LATE):
        steps.hold(found, n)
    steps.hold(found, EXEMPT, date(2025, 6, 1))
    return found


class Round:
    """The pages of a round as the cast uses them; every form goes through the HTTP client."""

    def __init__(self, cast: Cast, clock: Clock) -> None:
        self.cast, self.clock, self.batch = cast, clock, steps.make_round(cast)
        self.clients: dict[int, Client] = {}

    def client(self, user: User) -> Client:
        return self.clients.setdefault(user.pk, log_in(Client(), user))

    def send(self, user: User, name: str, *arguments: Any, **form: Any) -> str:
        answer = self.client(user).post(reverse(name, args=arguments), form)
        assert answer.status_code == 302, (name, words(answer)[-2000:])
        assert "/login/" not in answer.headers["Location"]
        return str(answer.headers["Location"])

    def seen(self, user: User | None, name: str, *arguments: Any) -> str:
        client = self.client(user) if user else Client()
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 200, (name, answer.status_code)
        return words(answer)

    def member(self, n: int) -> User:
        return self.cast.people[f"member{n}"]

    def bureau(self, case: Case) -> User:
        return self.cast.people["pudong" if case.district == "310115" else "jiading"]

    def freeze_and_call(self) -> None:
        """Looked at, frozen, called; each is asked before it is done."""
        office, code = self.cast.office, self.batch.code
        assert "尚未固定" in self.seen(office, "office_evaluation", code)
        for verb, question in (("freeze", "确认固定评价范围"), ("call", "确认发出评价通知")):
            asked = self.client(office).post(reverse("office_evaluation_act", args=[code, verb]))
            assert question in words(asked)
            self.send(office, "office_evaluation_act", code, verb, confirmed="1")

    def report(self, n: int) -> Case:
        """Opened from the call, workbook and evidence handed in, filed."""
        me, enterprise, year = self.member(n), self.cast.enterprises[n], self.batch.reporting_year
        assert "报送评价材料" in self.seen(me, "my_cases")
        self.send(me, "my_new", place=f"{self.batch.code}:{enterprise.pk}", request_key=f"open-{n}")
        case = Case.objects.get(batch=self.batch, enterprise=enterprise)
        form = rules_of(self.batch).form
        assert form is not None
        asked = {spec.code for spec in form.table}
        figures = {(code, year): value for code, value in FIGURES[n].items() if code in asked}
        book = workbook_for(enterprise, self.batch, seed=3, profile="strong", changed=figures)
        self.send(me, "my_workbook", case.number, file=SimpleUploadedFile("数据表.xlsx", book))
        for kind in rules_of(self.batch).evidence:
            if kind.required:
                self.send(me, "my_materials", case.number, kind=kind.code, file=SimpleUploadedFile("材料.pdf", PDF))
        self.send(me, "my_check", case.number, verb="submit", declaration="on", insists="on")
        return case

    def check(self, case: Case) -> None:
        """Accepted, conditions answered, passed on, score and band fixed."""
        bureau, office = self.bureau(case), self.cast.office
        self.send(bureau, "district_act", case.number, "accept")
        for gate in rules_of(self.batch).gates:
            if gate.is_answered and gate.is_binding:
                self.send(bureau, "district_gate", case.number, gate.code, is_met="yes", reason="经查符合")
        ticked = ["identity", "evidence", "figures", "annexes", "gates"]
        page = self.seen(bureau, "district_review", case.number)
        assert "出具意见并上报" in page
        assert "不予推荐" not in page
        self.send(bureau, "district_review", case.number, checked=ticked, opinion="属实", decision="recommend")
        self.send(office, "office_act", case.number, "fix_result", opinion="核查无误", confirmed="1")

    def meet(self, cases: list[Case]) -> None:
        """Called, begun, voted, minuted and signed."""
        office, people = self.cast.office, self.cast.members
        form = {
            "batch": self.batch.code, "cases": [case.number for case in cases], "held_on": f"{self.clock.on}",
            "held_time": f"{self.clock.at:%H:%M}", "place": "示例", "chair": people[0].pk,
        }  # fmt: skip
        self.send(office, "meeting_new", **form)
        number = Meeting.objects.get(batch=self.batch).number
        self.send(office, "meeting_start", number, present=[person.pk for person in people])
        for person in people:
            for place in range(1, len(cases) + 1):
                assert "同意评价结果" in self.seen(person, "meeting_item", number, place)
                self.send(person, "meeting_vote", number, place, choice="recognise", remark="")
        self.send(office, "meeting_minutes", number, sent="1")
        sha256 = Meeting.objects.get(number=number).minutes_sha256
        for person in (office, people[0]):
            self.send(person, "meeting_sign", number, sha256=sha256, confirmed="1")

    def publish(self, cases: list[Case]) -> None:
        """The results put to the public until the notice and the window are over, then announced."""
        publisher, code = self.cast.publisher, self.batch.code
        form = {"cases": [case.number for case in cases], "body": "公示评价结果。", "confirmed": "1"}
        assert "优秀" in self.seen(publisher, "batch_notice", code)
        self.send(publisher, "batch_notice", code, **form)
        notice = Notice.objects.get(batch=self.batch)
        self.clock.at = max(notice.ends_at, self.batch.closes_at) + timedelta(hours=9)
        self.clients.clear()  # nobody stays signed in for a month
        assert tick(self.clock.at).late_listed == 1
        self.send(publisher, "batch_announce", code, **form | BODIES | {"dated": self.clock.on.isoformat()})


def words(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def title_of(cast: Cast, n: int) -> Title:
    return Title.objects.get(programme=cast.programme, holder=cast.enterprises[n])


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_round_runs_on_the_pages_from_the_population_to_what_follows(cast: Cast, clock: Clock) -> None:
    pages = Round(cast, clock)
    pages.freeze_and_call()
    assert "认定未满首次评价的年数" in pages.seen(pages.member(EXEMPT), "my_cases")
    cases = [pages.report(n) for n in (EXCELLENT, WARNED, FAILED)]
    for case in cases:
        pages.check(case)
    assert "优秀" not in pages.seen(pages.member(EXCELLENT), "my_case", cases[EXCELLENT].number)
    pages.meet(cases)
    pages.publish(cases)
    assert [state(case) for case in cases] == [S.EVALUATED, S.UNDER_RECTIFICATION, S.EVALUATED]
    kept = [(title_of(cast, n).state, str(title_of(cast, n).valid_until)) for n in range(5)]
    assert kept == [
        (TitleState.IN_FORCE, "2031-02-28"), (TitleState.WARNED, "2029-02-28"), (TitleState.IN_FORCE, "2027-02-28"),
        (TitleState.IN_FORCE, "2027-02-28"), (TitleState.IN_FORCE, "2028-02-28"),
    ]  # fmt: skip
    _results_are_public(pages)
    _holders_see_what_follows(pages, cases)
    _office_sees_the_round(pages)
    _proposals_wait_for_an_officer(pages)
    for case in cases:
        rebuild_flow(case)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _results_are_public(pages: Round) -> None:
    announced = pages.seen(None, "announcement", BODIES["number"])
    for band in ("优秀", "基本合格", "不合格", "逾期未报送"):
        assert band in announced
    assert pages.cast.enterprises[EXEMPT].name not in announced
    centre = pages.seen(None, "centre", title_of(pages.cast, EXCELLENT).number)
    assert "2026 年度 优秀" in centre
    assert "称号续期" in centre
    assert "结果公布" in pages.seen(None, "notices")
    assert "2026 年度评价" in pages.seen(None, "home")


def _holders_see_what_follows(pages: Round, cases: list[Case]) -> None:
    warned = cases[WARNED]
    assert "基本合格" in pages.seen(pages.member(WARNED), "my_case", warned.number)
    assert "报告整改情况" in pages.seen(pages.member(WARNED), "my_cases")
    pages.send(pages.member(WARNED), "my_rectification", warned.number, report="已补充研发人员和研发投入。")
    assert state(warned) == S.RECTIFICATION_REPORTED
    pages.send(pages.cast.office, "office_act", warned.number, "accept_rectification", remark="整改到位")
    assert (state(warned), title_of(pages.cast, WARNED).state) == (S.EVALUATED, TitleState.IN_FORCE)
    assert "逾期未报送" in pages.seen(pages.member(LATE), "my_cases")
    renewed = {row.snapshot["uscc"]: row.snapshot["occasion"] for row in Certificate.objects.all()}
    assert renewed == {pages.cast.enterprises[n].uscc: "renewal" for n in (EXCELLENT, WARNED)}


def _office_sees_the_round(pages: Round) -> None:
    office, code = pages.cast.office, pages.batch.code
    page = pages.seen(office, "office_evaluation", code)
    assert EvaluationRound.objects.get().list_sha256 in page
    late = pages.client(office).get(reverse("office_evaluation", args=[code]), {"part": "late"})
    assert [row["name"] for row in late.context["page"].object_list] == [pages.cast.enterprises[LATE].name]
    csv = pages.client(office).get(reverse("office_evaluation_file", args=[code, "csv"])).content.decode("utf-8-sig")
    assert csv.count("\r\n") == 6
    book = pages.client(office).get(reverse("office_evaluation_file", args=[code, "xlsx"])).content
    rows = list(openpyxl.load_workbook(io.BytesIO(book)).active.values)
    assert [row[12] for row in rows[1:]] == ["优秀", "基本合格", "不合格", "逾期未报送", None]


def _proposals_wait_for_an_officer(pages: Round) -> None:
    found = {row.title.holder.name: row for row in Proceeding.objects.select_related("title__holder", "case")}
    assert set(found) == {pages.cast.enterprises[n].name for n in (FAILED, LATE)}
    for row in found.values():
        assert row.case.number in pages.seen(pages.cast.office, "orders")
        pages.send(pages.cast.office, "matter_act", row.case.number, "notify_holder", confirmed="1")
        assert Proceeding.objects.get(pk=row.pk).state == ProceedingState.DEFENCE_OPEN


def test_population_is_frozen_once_and_files_wait_for_it(cast: Cast, clock: Clock) -> None:
    pages = Round(cast, clock)
    office, code = cast.office, pages.batch.code
    pages.send(office, "office_evaluation_act", code, "call", confirmed="1")
    assert not EvaluationRound.objects.exists()
    assert pages.client(office).get(reverse("office_evaluation_file", args=[code, "csv"])).status_code == 302
    pages.freeze_and_call()
    pages.send(office, "office_evaluation_act", code, "freeze", confirmed="1")
    assert "不能再次固定" in words(pages.client(office).get(reverse("office_evaluation", args=[code])))
    assert EvaluationRound.objects.get().calls.count() == 5


def test_earlier_results_are_entered_before_the_freeze(cast: Cast, clock: Clock) -> None:
    pages = Round(cast, clock)
    office, code = cast.office, pages.batch.code
    name = f"title-{title_of(cast, EXCELLENT).number}"
    empty = pages.client(office).post(reverse("office_evaluation_earlier", args=[code]), {"year": "2024"})
    assert empty.status_code == 422
    form = {"year": "2024", "document_number": "示例〔2024〕8号", "dated": "2024-12-01", name: "excellent"}
    pages.send(office, "office_evaluation_earlier", code, **form)
    pages.send(office, "office_evaluation_act", code, "freeze", confirmed="1")
    assert "以往评价结果待第二人核对，请先确认" in pages.seen(office, "office_evaluation", code)
    assert not EvaluationRound.objects.exists()
    address = reverse("office_evaluation_earlier", args=[code])
    assert pages.client(office).post(address, {"is_confirmed": "yes"}).status_code == 403
    second = second_officer(cast)
    assert "示例〔2024〕8号" in words(pages.client(second).get(address))
    pages.send(second, "office_evaluation_earlier", code, is_confirmed="yes")
    pages.freeze_and_call()
    assert "上一次评价为优秀，免于参加" in pages.seen(office, "office_evaluation", code)
    assert "示例〔2024〕8号" in pages.seen(None, "centre", title_of(cast, EXCELLENT).number)


def test_batch_of_recognitions_has_no_page_of_a_round(cast: Cast) -> None:
    assert isinstance(cast.batch, Batch)
    answer = log_in(Client(), cast.office).get(reverse("office_evaluation", args=[cast.batch.code]))
    assert answer.status_code == 404
