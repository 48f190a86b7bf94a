"""The applicant's pages: who sees them, what each act does, what is said when it may not be done."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accreditation.enums import ApplicationState as S
from accreditation.models import (
    Application,
    AuditEvent,
    Case,
    Evidence,
    Letter,
    Member,
    StoredFile,
    WorkbookUpload,
)
from accreditation.services.rule_sets import rules_of, template_of
from criteria.workbook.samples import faulty_workbook
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from tests.factories.steps import to_committee
from tests.workflows.test_intake import PDF, workbook
from workflows import door
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
KEY = "k" * 32
PAGES = ("my_case", "my_workbook", "my_materials", "my_score", "my_what_if", "my_check", "my_progress", "my_withdraw")
STRANGERS = ("member1", "pudong", "office", "auditor", "operator", "stranger")


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def draft(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


@pytest.fixture
def me(cast: Cast) -> Client:
    return as_(cast.member0)


@pytest.fixture
def returned(cast: Cast) -> Case:
    case = filed_case(cast, 0)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    points = [
        {"target": "figure", "code": "awards_2y", "year": cast.batch.reporting_year, "remark": "请核对奖项"},
        {"target": "evidence", "code": "audit_report", "remark": "缺附注页"},
    ]
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": points})
    return case


def as_(user: Any) -> Client:
    return log_in(Client(), user)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def address(name: str, case: Case, *args: object) -> str:
    return reverse(name, args=[case.number, *args])


def post(client: Client, name: str, case: Case, *args: object, **form: Any) -> Any:
    return client.post(address(name, case, *args), {"request_key": KEY, **form})


def text(answer: Any) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", answer.content.decode()))


def file(name: str, content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


# --- who sees what ----------------------------------------------------------------------------------------------
def test_pages_of_a_draft_open_for_its_applicant(me: Client, draft: Case) -> None:
    assert {name: me.get(address(name, draft)).status_code for name in PAGES} == dict.fromkeys(PAGES, 200)
    assert me.get(reverse("my_cases")).status_code == 200
    assert me.get(reverse("my_new")).status_code == 200


@pytest.mark.parametrize("who", STRANGERS)
def test_pages_of_a_case_are_closed_to_everybody_else(cast: Cast, who: str) -> None:
    case = filed_case(cast, 0)
    client = as_(cast.people[who])
    upload = WorkbookUpload.objects.get(application__case=case)
    evidence = Evidence.objects.filter(application__case=case)[0]
    letter = Letter.objects.get(case=case)
    wanted = 404 if who == "member1" else 403
    addresses = [address(name, case) for name in (*PAGES, "my_done", "my_return", "my_certificate")]
    addresses += [address("my_upload", case, upload.number), address("my_evidence", case, evidence.pk)]
    addresses += [address("my_letter", case, letter.number), address("my_upload_file", case, upload.number)]
    assert {client.get(each).status_code for each in addresses} == {wanted}


@pytest.mark.parametrize("who", ["member1", "pudong", "stranger"])
def test_acts_of_a_case_are_closed_to_everybody_else(cast: Cast, draft: Case, who: str) -> None:
    client = as_(cast.people[who])
    answers = [post(client, name, draft) for name in ("my_workbook", "my_materials", "my_check", "my_withdraw")]
    assert {answer.status_code for answer in answers} <= {403, 404}
    assert state(draft) == S.DRAFT


def test_visitor_is_sent_to_log_in(draft: Case) -> None:
    answer = Client().get(address("my_case", draft))
    assert answer.status_code == 302
    assert reverse("account_login") in answer.headers["Location"]


def test_letter_or_file_of_another_own_case_answers_404(cast: Cast, draft: Case) -> None:
    other = filed_case(cast, 1)
    Member.objects.create(
        enterprise=cast.enterprises[1], user=cast.member0, state="active", requested_at=cast.at, settled_at=cast.at
    )
    client = as_(cast.member0)
    evidence = Evidence.objects.filter(application__case=other)[0]
    assert client.get(address("my_letter", draft, Letter.objects.get(case=other).number)).status_code == 404
    assert client.get(address("my_evidence", draft, evidence.pk)).status_code == 404
    assert client.get(address("my_letter", other, Letter.objects.get(case=other).number)).status_code == 200


# --- opening ----------------------------------------------------------------------------------------------------
def test_new_application_is_opened_once_for_a_form_sent_twice(cast: Cast, me: Client) -> None:
    form = {"place": f"{cast.batch.code}:{cast.enterprises[0].pk}", "request_key": KEY}
    first = me.post(reverse("my_new"), form)
    assert first.status_code == 302
    second = me.post(reverse("my_new"), form)
    assert second.headers["Location"] == first.headers["Location"]
    assert Case.objects.count() == 1
    other = me.post(reverse("my_new"), {**form, "request_key": "n" * 32})
    assert other.status_code == 422
    assert "该单位在本批次已有申报" in text(other)
    assert Case.objects.count() == 1


def test_new_application_without_a_choice_says_what_is_missing(cast: Cast, me: Client) -> None:
    answer = me.post(reverse("my_new"), {"request_key": KEY})
    assert answer.status_code == 422
    assert "请选择申报批次和单位" in text(answer)


def test_new_application_for_another_enterprise_is_no_choice(cast: Cast, me: Client) -> None:
    answer = me.post(reverse("my_new"), {"place": f"{cast.batch.code}:{cast.enterprises[1].pk}"})
    assert answer.status_code == 422
    assert not Case.objects.exists()


# --- workbook ---------------------------------------------------------------------------------------------------
def test_clean_workbook_leads_to_its_reading_and_opens_the_score(cast: Cast, me: Client, draft: Case) -> None:
    content = workbook(cast.enterprises[0], template_of(cast.batch))
    answer = post(me, "my_workbook", draft, file=file("数据表.xlsx", content))
    assert answer.status_code == 302
    assert answer.headers["Location"] == address("my_upload", draft, 1)
    assert "读取通过" in text(me.get(address("my_upload", draft, 1)))
    download = me.get(address("my_upload_file", draft, 1))
    assert download.content == content
    assert download.headers["X-Content-Type-Options"] == "nosniff"


def test_faulty_workbook_shows_every_fault_and_gives_a_marked_copy(cast: Cast, me: Client, draft: Case) -> None:
    post(me, "my_workbook", draft, file=file("数据表.xlsx", faulty_workbook(template_of(cast.batch))))
    shown = text(me.get(address("my_upload", draft, 1)))
    for fault in ("校验位不符", "应填数字", "被隐藏", "必填"):
        assert fault in shown
    marked = me.get(address("my_upload_annotated", draft, 1))
    assert marked.content.startswith(b"PK")
    assert marked.headers["Content-Disposition"].startswith("attachment")
    assert not StoredFile.objects.exists()


def test_refused_file_is_answered_in_both_languages_and_leaves_no_trace(me: Client, draft: Case) -> None:
    before = AuditEvent.objects.count()
    answer = post(me, "my_workbook", draft, file=file("数据表.xlsx", PDF))
    assert answer.status_code == 422
    assert "上传的文件是 PDF 文档" in text(answer)
    assert 'lang="en"' in answer.content.decode()
    assert "The uploaded file is a PDF document" in text(answer)
    assert AuditEvent.objects.count() == before
    assert not WorkbookUpload.objects.exists()


def test_upload_without_a_file_asks_for_one(me: Client, draft: Case) -> None:
    answer = post(me, "my_workbook", draft)
    assert answer.status_code == 422
    assert "请先选择要上传的文件" in text(answer)


# --- evidence ---------------------------------------------------------------------------------------------------
def test_files_of_one_upload_are_judged_one_by_one(me: Client, draft: Case) -> None:
    files = [file("a.pdf", PDF), file("b.exe", b"MZ"), file("c.pdf", b"")]
    answer = post(me, "my_materials", draft, kind="licence", file=files)
    assert answer.status_code == 422
    assert "b.exe" in text(answer)
    assert "c.pdf" in text(answer)
    assert [row.name for row in Evidence.objects.all()] == ["a.pdf"]


def test_evidence_sent_twice_is_attached_once_and_can_be_removed(me: Client, draft: Case) -> None:
    for _turn in range(2):
        assert post(me, "my_materials", draft, kind="licence", file=file("执照.pdf", PDF)).status_code == 302
    row = Evidence.objects.get()
    download = me.get(address("my_evidence", draft, row.pk))
    assert download.content == PDF
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert post(me, "my_evidence_remove", draft, row.pk).status_code == 302
    assert Evidence.objects.get().removed_at is not None


def test_closed_kind_of_evidence_is_refused_in_a_correction(me: Client, returned: Case) -> None:
    answer = post(me, "my_materials", returned, kind="licence", file=file("a.pdf", PDF))
    assert answer.status_code == 422
    assert "不在其中" in text(answer)
    assert post(me, "my_materials", returned, kind="audit_report", file=file("a.pdf", PDF)).status_code == 302


# --- checking ---------------------------------------------------------------------------------------------------
def test_each_value_stands_after_its_year(cast: Cast, me: Client, draft: Case) -> None:
    with_material(draft, cast.member0, cast.at)
    shown, year = me.get(address("my_check", draft)).content.decode(), cast.batch.reporting_year
    values = re.findall(r'<span class="year-value">(.*?)</span>\s*(\S[^<]*)</span>', shown)
    assert f'<span class="input-year">{year} 年' in [start for start, _value in values]
    assert all(re.search(r"\d", value) for _start, value in values)


# --- filing -----------------------------------------------------------------------------------------------------
def test_filing_an_empty_draft_shows_every_reason(cast: Cast, me: Client, draft: Case) -> None:
    answer = post(me, "my_check", draft, verb="submit")
    assert answer.status_code == 422
    shown = text(answer)
    assert "还没有读取通过的申报数据表" in shown
    assert "请确认所填内容真实" in shown
    required = [kind.name_zh for kind in rules_of(cast.batch).evidence if kind.required]
    assert all(f"缺少必交材料：{name}" in shown for name in required)
    assert state(draft) == S.DRAFT


def test_complete_draft_is_filed_once_with_receipt_and_hash(cast: Cast, me: Client, draft: Case) -> None:
    with_material(draft, cast.member0, cast.at)
    form = {"verb": "submit", "declaration": "on"}
    for _turn in range(2):
        assert post(me, "my_check", draft, **form).headers["Location"] == address("my_done", draft)
    assert state(draft) == S.SUBMITTED
    submission = Application.objects.get(case=draft).submissions.get()
    shown = text(me.get(address("my_done", draft)))
    assert draft.number in shown
    assert submission.content_sha256 in shown
    assert f"查询码  {submission.content_sha256[:8]} " in shown
    receipt = Letter.objects.get(case=draft)
    page = text(me.get(address("my_letter", draft, receipt.number)))
    assert submission.content_sha256 in page
    assert receipt.sha256 in page


def test_failed_condition_is_filed_only_when_insisted_on(cast: Cast, me: Client, draft: Case) -> None:
    with_material(draft, cast.member0, cast.at, rd_staff=20, rd_staff_stat=20)
    shown = text(me.get(address("my_check", draft)))
    assert "申报条件不符合" in shown
    refused = me.post(address("my_check", draft), {"verb": "submit", "declaration": "on", "request_key": "a" * 32})
    assert refused.status_code == 422
    assert "不符合申报条件：" in text(refused)
    form = {"verb": "submit", "declaration": "on", "insists": "on", "request_key": "b" * 32}
    assert me.post(address("my_check", draft), form).status_code == 302
    assert state(draft) == S.SUBMITTED


def test_return_lists_its_points_with_the_page_to_correct_them(me: Client, returned: Case) -> None:
    answer = me.get(address("my_return", returned))
    shown = text(answer)
    assert "请核对奖项" in shown
    assert "缺附注页" in shown
    assert f"{address('my_materials', returned)}#evidence-audit_report" in answer.content.decode()
    refused = post(me, "my_check", returned, verb="correct", declaration="on")
    assert refused.status_code == 422
    assert text(refused).count("尚未补正") == 2
    assert state(returned) == S.RETURNED


def test_return_page_is_gone_when_nothing_is_to_correct(me: Client, draft: Case) -> None:
    assert me.get(address("my_return", draft)).status_code == 404


def test_withdrawal_asks_first_then_ends_the_case(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    assert "确定撤回这件申报吗" in text(me.get(address("my_withdraw", case)))
    assert state(case) == S.SUBMITTED
    assert post(me, "my_withdraw", case).status_code == 302
    assert state(case) == S.WITHDRAWN


def test_who_is_late_to_withdraw_is_told_and_nothing_happens(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    answer = post(me, "my_withdraw", case)
    assert answer.status_code == 409
    assert "已由" in text(answer)
    assert state(case) == S.UNDER_FIRST_REVIEW


# --- figures and lists ------------------------------------------------------------------------------------------
def test_score_page_shows_every_gate_and_indicator_with_source(cast: Cast, me: Client, draft: Case) -> None:
    with_material(draft, cast.member0, cast.at)
    shown = text(me.get(address("my_score", draft)))
    rules = rules_of(cast.batch)
    assert all(gate.code in shown for gate in rules.gates)
    assert all(row.name_zh in shown for row in (*rules.indicators, *rules.bonus))
    assert "代入" in shown
    assert "演示用，非法规" in shown


def test_expert_names_never_reach_the_applicant(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    to_committee(cast, case, cast.at)
    for name in ("my_case", "my_progress", "my_score"):
        shown = text(me.get(address(name, case)))
        assert [expert.name for expert in cast.experts if expert.name in shown] == []
    assert "专家评审完成" in text(me.get(address("my_progress", case)))


@pytest.mark.parametrize("opened", ["drafted", "filed"])
def test_list_of_cases_asks_the_same_queries_for_one_and_three(cast: Cast, me: Client, opened: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert me.get(reverse("my_cases")).status_code == 200
        return len(captured)

    def open_case(n: int) -> None:
        if opened == "filed":  # with its district, whose name is told
            filed_case(cast, n)
        else:
            open_application(cast.enterprises[n], cast.batch, by=cast.people[f"member{n}"], at=cast.at)

    open_case(0)
    me.get(reverse("my_cases"))
    one = queries()
    for n in (1, 2):
        open_case(n)
        Member.objects.create(
            enterprise=cast.enterprises[n], user=cast.member0, state="active", requested_at=cast.at, settled_at=cast.at
        )
    assert queries() == one


def test_person_whose_authority_is_being_checked_reaches_no_case(cast: Cast, draft: Case) -> None:
    Member.objects.filter(user=cast.member0).update(state="requested", settled_at=None)
    client = as_(cast.member0)
    assert client.get(address("my_case", draft)).status_code == 404
    assert post(client, "my_materials", draft, kind="licence", file=file("a.pdf", PDF)).status_code == 404
    assert draft.number not in text(client.get(reverse("my_cases")))
    assert not Evidence.objects.exists()


def test_certificate_is_missing_until_it_is_issued(me: Client, draft: Case) -> None:
    assert me.get(address("my_certificate", draft)).status_code == 404
