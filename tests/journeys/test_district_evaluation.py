"""A round of evaluations of a district on the pages of whoever takes each step, and who may not take any of it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.enums import ProceedingState, TitleState
from accreditation.models import Application, Case, EvaluationCall, Meeting, Notice, Proceeding, Title, User
from accreditation.roles import Role
from accreditation.services.rule_sets import rules_of
from tests.clock import Clock
from tests.factories import local_evaluating as steps
from tests.factories.browser import log_in
from tests.factories.cast import grant
from tests.factories.cast import person as new_person
from tests.factories.local import LocalCast
from tests.workflows.test_intake import PDF
from workflows.consistency import check_all
from workflows.demo.material import workbook_for
from workflows.tick import tick

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
WARNED, LATE = 0, 2  # enterprises of Jinshan; the one between them is of Jiading
MARGINAL = {
    "platforms_provincial_up": 0, "certified_labs": 0, "new_product_revenue": 0, "new_product_profit": 0,
    "profit_total": 5000, "overseas_rd_units": 0, "joint_rd_units": 0, "national_special_projects_2y": 0,
    "awards_2y": 0, "patents_transferred_or_licensed": 0,
}  # fmt: skip


@pytest.fixture
def local(settings: LazySettings, clock: Clock, monkeypatch: pytest.MonkeyPatch, var_dir: Path) -> LocalCast:
    settings.ACCREDITATION_DEMO = True
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    found = steps.make_jinshan(clock.at)
    for n in (1, LATE):
        steps.hold(found, n)
    return found


def words(answer: Any) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


class Round:
    """The pages of the round as the people of the district use them; every form goes through the HTTP client."""

    def __init__(self, local: LocalCast, clock: Clock) -> None:
        self.local, self.clock, self.batch = local, clock, steps.make_round(local)
        self.clients: dict[int, Client] = {}

    def client(self, user: User) -> Client:
        return self.clients.setdefault(user.pk, log_in(Client(), user))

    def send(self, user: User, name: str, *arguments: Any, **form: Any) -> None:
        answer = self.client(user).post(reverse(name, args=arguments), form)
        assert answer.status_code == 302, (name, words(answer)[-2000:])
        assert "/login/" not in answer.headers["Location"]

    def seen(self, user: User | None, name: str, *arguments: Any) -> str:
        client = self.client(user) if user else Client()
        answer = client.get(reverse(name, args=arguments))
        assert answer.status_code == 200, (name, answer.status_code)
        return words(answer)

    def freeze_and_call(self) -> None:
        """Found among the own batches, looked at, frozen, called; each is asked before it is done."""
        officer, code = self.local.officer, self.batch.code
        assert "评价范围、通知与结果" in self.seen(officer, "district_batches")
        assert "尚未固定" in self.seen(officer, "district_evaluation", code)
        for verb, question in (("freeze", "确认固定评价范围"), ("call", "确认发出评价通知")):
            asked = self.client(officer).post(reverse("district_evaluation_act", args=[code, verb]))
            assert question in words(asked)
            self.send(officer, "district_evaluation_act", code, verb, confirmed="1")

    def report(self) -> Case:
        """Opened from the call, workbook and evidence handed in, filed."""
        me, enterprise, year = self.local.applicant, self.local.enterprise, self.batch.reporting_year
        assert "报送评价材料" in self.seen(me, "my_cases")
        self.send(me, "my_new", place=f"{self.batch.code}:{enterprise.pk}", request_key="open")
        case = Case.objects.get(batch=self.batch, enterprise=enterprise)
        figures = {(code, year): value for code, value in MARGINAL.items()}
        book = workbook_for(enterprise, self.batch, seed=3, profile="strong", changed=figures)
        self.send(me, "my_workbook", case.number, file=SimpleUploadedFile("数据表.xlsx", book))
        for kind in rules_of(self.batch).evidence:
            if kind.required:
                self.send(me, "my_materials", case.number, kind=kind.code, file=SimpleUploadedFile("材料.pdf", PDF))
        self.send(me, "my_check", case.number, verb="submit", declaration="on", insists="on")
        return case

    def check(self, case: Case) -> None:
        """Accepted, conditions answered, score and band fixed: all by the authority."""
        checker = self.local.checker
        assert case.number in self.seen(checker, "district_inbox")
        self.send(checker, "district_act", case.number, "accept")
        for gate in rules_of(self.batch).gates:
            if gate.is_answered and gate.is_binding:
                self.send(checker, "district_gate", case.number, gate.code, is_met="yes", reason="经查符合")
        assert "认定领导小组可以退回核查" in words(
            self.client(checker).post(
                reverse("district_act", args=[case.number, "fix_result"]), {"opinion": "核查无误"}
            )
        )
        self.send(checker, "district_act", case.number, "fix_result", opinion="核查无误", confirmed="1")

    def meet(self, case: Case) -> None:
        """Called by the officer; begun, voted by the leading group, minuted and signed."""
        officer, people = self.local.officer, self.local.group
        form = {
            "batch": self.batch.code, "cases": [case.number], "held_on": f"{self.clock.on}",
            "held_time": f"{self.clock.at:%H:%M}", "place": "示例", "chair": people[0].pk,
        }  # fmt: skip
        self.send(officer, "meeting_new", **form)
        number = Meeting.objects.get(batch=self.batch).number
        self.send(officer, "meeting_start", number, present=[person.pk for person in people])
        for person in people:
            assert "同意评价结果" in self.seen(person, "meeting_item", number, 1)
            self.send(person, "meeting_vote", number, 1, choice="recognise", remark="")
        self.send(officer, "meeting_minutes", number, sent="1")
        sha256 = Meeting.objects.get(number=number).minutes_sha256
        for person in (officer, people[0]):
            self.send(person, "meeting_sign", number, sha256=sha256, confirmed="1")

    def publish(self, case: Case) -> None:
        """The result put to the public until the notice and the window are over, then announced."""
        publisher, code = self.local.publisher, self.batch.code
        form = {"cases": [case.number], "body": "公示评价结果。", "confirmed": "1"}
        self.send(publisher, "batch_notice", code, **form)
        notice = Notice.objects.get(batch=self.batch)
        self.clock.at = max(notice.ends_at, self.batch.closes_at) + timedelta(hours=9)
        self.clients.clear()  # nobody stays signed in for a month
        assert tick(self.clock.at).late_listed == 1
        named = {"number": "金示例〔2026〕9号", "body": "现公布评价结果。", "dated": self.clock.on.isoformat()}
        self.send(publisher, "batch_announce", code, **form | named)


def title_of(local: LocalCast, n: int) -> Title:
    return Title.objects.get(programme="district_centre", holder=local.cast.enterprises[n])


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_round_runs_on_the_pages_of_the_district_alone(local: LocalCast, clock: Clock) -> None:
    pages = Round(local, clock)
    pages.freeze_and_call()
    assert set(EvaluationCall.objects.values_list("title__holder", flat=True)) == {
        local.cast.enterprises[n].pk for n in (WARNED, LATE)
    }
    case = pages.report()
    pages.check(case)
    assert "基本合格" not in pages.seen(local.applicant, "my_case", case.number)
    pages.meet(case)
    pages.publish(case)
    assert state(case) == S.UNDER_RECTIFICATION
    warned = title_of(local, WARNED)
    assert (warned.state, str(warned.valid_until)) == (TitleState.WARNED, "2029-02-28")
    assert "基本合格" in pages.seen(None, "centre", warned.number)
    letter = case.letters.get(kind="evaluation_result")
    assert letter.issued_by == "金山示例主管部门"
    assert "你单位金山区企业技术中心（" in letter.body
    pages.send(local.applicant, "my_rectification", case.number, report="已补充研发平台和新产品收入。")
    assert case.number in pages.seen(local.officer, "district_inbox")
    pages.send(local.officer, "district_act", case.number, "accept_rectification", remark="整改到位")
    assert state(case) == S.EVALUATED
    assert title_of(local, WARNED).state == TitleState.IN_FORCE
    _proposal_waits_for_the_bureau(pages)
    _list_is_the_districts(pages, case)
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _proposal_waits_for_the_bureau(pages: Round) -> None:
    """Who handed in nothing is heard by the district before anything is ordered; the municipal office has no part."""
    found = Proceeding.objects.select_related("case").get()
    assert found.title == title_of(pages.local, LATE)
    assert found.case.number in pages.seen(pages.local.checker, "orders")
    notify = reverse("matter_act", args=[found.case.number, "notify_holder"])
    assert pages.client(pages.local.cast.office).post(notify, {"confirmed": "1"}).status_code in (403, 404)
    pages.send(pages.local.checker, "matter_act", found.case.number, "notify_holder", confirmed="1")
    assert Proceeding.objects.get(pk=found.pk).state == ProceedingState.DEFENCE_OPEN


def _list_is_the_districts(pages: Round, case: Case) -> None:
    officer, code = pages.local.officer, pages.batch.code
    shown = pages.seen(officer, "district_evaluation", code)
    assert case.number in shown
    assert "逾期未报送" in shown
    csv = pages.client(officer).get(reverse("district_evaluation_file", args=[code, "csv"])).content.decode("utf-8-sig")
    assert csv.count("\r\n") == 3
    assert pages.client(officer).get(reverse("district_case", args=[case.number])).status_code == 200


def test_only_the_districts_own_officer_runs_its_round(local: LocalCast, clock: Clock) -> None:
    pages = Round(local, clock)
    code, act = pages.batch.code, {"confirmed": "1"}
    for person, wanted in ((local.other_officer, 404), (local.checker, 403), (local.publisher, 403)):
        client = pages.client(person)
        assert client.get(reverse("district_evaluation", args=[code])).status_code == wanted
        assert client.post(reverse("district_evaluation_act", args=[code, "freeze"]), act).status_code == wanted
        assert client.get(reverse("district_evaluation_earlier", args=[code])).status_code == wanted
    office = pages.client(local.cast.office)
    read = office.get(reverse("office_evaluation", args=[code]))
    assert "本轮评价由金山示例主管部门组织" in words(read)
    assert "evaluation/freeze" not in read.content.decode()
    assert office.post(reverse("office_evaluation_act", args=[code, "freeze"]), act).status_code == 404
    assert office.get(reverse("office_evaluation_earlier", args=[code])).status_code == 404
    assert not EvaluationCall.objects.exists()


def test_earlier_results_are_entered_by_the_district(local: LocalCast, clock: Clock) -> None:
    pages = Round(local, clock)
    code, title = pages.batch.code, title_of(local, WARNED)
    form = {
        "year": "2025", "document_number": "金示例〔2025〕8号", "dated": "2025-12-01", f"title-{title.number}": "good",
    }  # fmt: skip
    pages.send(local.officer, "district_evaluation_earlier", code, **form)
    second = new_person("js_officer2", "金山经办二示例")
    grant(second, Role.LOCAL_OFFICER, local.enterprise.district, at=clock.at)
    assert "金示例〔2025〕8号" in pages.seen(second, "district_evaluation_earlier", code)
    pages.send(second, "district_evaluation_earlier", code, is_confirmed="yes")
    pages.freeze_and_call()
    assert "上一次评价未满评价周期" in pages.seen(local.officer, "district_evaluation", code)
