"""Pages on which evidence is bound, coverage and recurrences are shown, and files are opened at their page."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.errors import Reason, Refusal
from accreditation.models import Application, Binding, Case, Evidence, StoredFile, WorkbookUpload
from accreditation.services import files
from accreditation.services.files import keep_file
from accreditation.services.rule_sets import template_of
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, stored_file, with_material
from tests.factories.steps import recommend, seat_panel
from tests.workflows.test_intake import PDF, workbook
from tests.workflows.views.test_applicant import address, file, post, text
from workflows import door
from workflows.demo.material import sample_pdf
from workflows.intake import bind_evidence, upload_evidence
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def draft(cast: Cast) -> Case:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    return case


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


def report(case: Case) -> Evidence:
    return Evidence.objects.get(application__case=case, kind="audit_report")


def revenue(cast: Cast, back: int = 0) -> str:
    return f"figure.revenue_main.{cast.batch.reporting_year - back}"


def coverage(shown: str) -> tuple[int, int]:
    found = re.search(r"需佐证数据\s+(\d+)\s+项，已标注佐证\s+(\d+)\s+项", shown)
    assert found is not None
    return int(found[2]), int(found[1])


def test_figure_is_bound_for_two_years_at_once_and_the_meter_moves(cast: Cast, me: Client, draft: Case) -> None:
    before, needed = coverage(text(me.get(address("my_bindings", draft))))
    assert before == 0
    form = {"evidence": report(draft).pk, "page": "3", "target": [revenue(cast), revenue(cast, 1)]}
    for _turn in range(2):  # sent twice it is done once
        answer = post(me, "my_bindings", draft, **form)
        assert answer.status_code == 302
        assert answer.headers["Location"].endswith("/bindings/#prove-revenue_main")
    assert sorted(Binding.objects.values_list("code", "year", "page")) == [
        ("revenue_main", cast.batch.reporting_year - 1, 3), ("revenue_main", cast.batch.reporting_year, 3),
    ]  # fmt: skip
    for name in ("my_bindings", "my_case", "my_check", "my_materials"):
        assert coverage(text(me.get(address(name, draft)))) == (2, needed), name


def test_page_narrowed_to_a_file_lists_what_its_kind_proves_and_keeps_narrow(
    cast: Cast, me: Client, draft: Case
) -> None:
    row = report(draft)
    page = me.get(address("my_bindings", draft), {"evidence": row.pk})
    shown = page.content.decode()
    assert 'id="prove-revenue_main"' in shown
    assert 'id="prove-employees"' not in shown
    assert f'<option value="{row.pk}" selected' in shown
    answer = post(me, "my_bindings", draft, evidence=row.pk, page="1", target=revenue(cast), only=row.pk)
    assert f"?evidence={row.pk}#prove-revenue_main" in answer.headers["Location"]
    away = report(filed_case(cast, 1))
    assert me.get(address("my_bindings", draft), {"evidence": away.pk}).status_code == 404


def test_what_is_missing_in_the_form_is_said_beside_it_and_what_was_typed_is_kept(
    cast: Cast, me: Client, draft: Case
) -> None:
    row = report(draft)
    StoredFile.objects.filter(pk=row.file_id).update(pages=4)
    answer = post(me, "my_bindings", draft, evidence=row.pk, page="9", target=revenue(cast))
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "请填写页码，从 1 到 4；该文件共 4 页。" in text(answer)
    assert 'href="#prove-revenue_main"' in shown
    assert 'value="9"' in shown
    assert "（4 页）" in text(answer)
    empty = post(me, "my_bindings", draft)
    assert empty.status_code == 422
    assert all(each in text(empty) for each in ("请选择文件。", "请勾选至少一项数据。", "请填写页码，从 1 开始。"))


def test_binding_is_taken_back_once(cast: Cast, me: Client, draft: Case) -> None:
    bind_evidence(draft, report(draft).pk, revenue(cast), 1, by=cast.member0, at=cast.at)
    row = Binding.objects.get()
    assert post(me, "my_binding_remove", draft, row.pk).status_code == 302
    again = me.post(address("my_binding_remove", draft, row.pk), {"request_key": "other" * 6})
    assert again.status_code == 409
    assert "该标注已取消" in text(again)


def test_draft_without_figures_says_what_comes_first(cast: Cast) -> None:
    case = open_application(cast.enterprises[1], cast.batch, by=cast.member1, at=cast.at)
    shown = text(log_in(Client(), cast.member1).get(address("my_bindings", case)))
    assert "还没有填报数据" in shown


def test_check_page_warns_of_what_is_not_proven_and_does_not_hold_it_back(cast: Cast, me: Client, draft: Case) -> None:
    assert "未标注不影响提交" in text(me.get(address("my_check", draft)))
    answer = post(me, "my_check", draft, verb="submit", declaration="on", insists="on")
    assert answer.headers["Location"] == address("my_done", draft)


def test_upload_leads_to_binding_at_once(cast: Cast, me: Client, draft: Case) -> None:
    post(me, "my_materials", draft, kind="audit_report", file=file("年报.pdf", sample_pdf("two")))
    row = Evidence.objects.get(application__case=draft, name="年报.pdf")
    assert row.file.pages == 1
    page = me.get(address("my_materials", draft)).content.decode()
    assert f"{address('my_bindings', draft)}?evidence={row.pk}" in page


def test_file_that_cannot_be_counted_is_taken_without_a_count(cast: Cast, draft: Case) -> None:
    upload_evidence(draft, "licence", PDF, "a.pdf", by=cast.member0, at=cast.at)
    assert Evidence.objects.get(application__case=draft, name="a.pdf").file.pages is None


# --- reviewers ------------------------------------------------------------------------------------------------------
def bound_and_filed(cast: Cast) -> tuple[Case, Evidence]:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    row = report(case)
    row.file = keep_file(b"%PDF-1.7 report", media_type="application/pdf", at=cast.at)
    row.save()
    for target in (revenue(cast), "figure.uscc"):
        bind_evidence(case, row.pk, target, 12, by=cast.member0, at=cast.at)
    door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
    return case, row


@pytest.mark.parametrize("desk", ["district", "office"])
def test_reviewer_opens_the_file_at_its_page_beside_the_figure(cast: Cast, desk: str) -> None:
    case, row = bound_and_filed(cast)
    reviewer = log_in(Client(), cast.pudong if desk == "district" else cast.office)
    shown = reviewer.get(reverse(f"{desk}_figures", args=[case.number]))
    link = f"{reverse('staff_evidence', args=[case.number, row.pk])}?shown=1#page=12"
    assert shown.content.decode().count(link) == 2  # beside the figure, and with the basics
    assert "第 12 页" in text(shown)
    assert coverage(text(shown))[0] == 2
    opened = reviewer.get(link.partition("#")[0])
    assert opened.headers["Content-Disposition"].startswith("inline")
    assert opened.headers["X-Content-Type-Options"] == "nosniff"
    download = reviewer.get(reverse("staff_evidence", args=[case.number, row.pk]))
    assert download.headers["Content-Disposition"].startswith("attachment")


def test_expert_opens_the_file_at_its_page_once_the_declaration_is_made(cast: Cast) -> None:
    case, row = bound_and_filed(cast)
    recommend(cast, case, cast.at)
    seat_panel(cast, case, cast.at)
    expert = log_in(Client(), cast.experts[0])
    link = f"{reverse('expert_evidence', args=[case.number, row.pk])}?shown=1#page=12"
    assert link not in expert.get(reverse("expert_case", args=[case.number])).content.decode()
    door.perform(case, "declare_no_tie", by=cast.experts[0], at=cast.at)
    assert link in expert.get(reverse("expert_case", args=[case.number])).content.decode()
    assert expert.get(link.partition("#")[0]).headers["Content-Disposition"].startswith("inline")


def test_coverage_and_recurrences_stand_on_the_page_of_the_first_review(cast: Cast) -> None:
    case, _row = bound_and_filed(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    shown = text(log_in(Client(), cast.pudong).get(reverse("district_review", args=[case.number])))
    assert coverage(shown)[0] == 2
    assert "与其他申报重复 未发现" in " ".join(shown.split())


def test_same_file_of_another_district_is_told_without_names(cast: Cast) -> None:
    cases = []
    for n in (0, 1):
        by = cast.people[f"member{n}"]
        case = open_application(cast.enterprises[n], cast.batch, by=by, at=cast.at)
        with_material(case, by, cast.at)
        form = {"kind": "award_proof", "file": stored_file(b"award", cast.at), "name": "奖状.pdf"}
        door.perform(case, "attach_evidence", by=by, at=cast.at, form=form)
        door.perform(case, "submit", by=by, at=cast.at, form={"declaration": True, "insists": True})
        cases.append(case)
    here = log_in(Client(), cast.pudong).get(reverse("district_case", args=[cases[0].number]))
    assert "另见于 1 件其他申报" in text(here)
    assert cases[1].number not in here.content.decode()
    assert cast.enterprises[1].name not in here.content.decode()
    office = log_in(Client(), cast.office).get(reverse("office_case", args=[cases[0].number])).content.decode()
    assert cases[1].number in office
    assert cast.enterprises[1].name in office
    mine = log_in(Client(), cast.member0).get(address("my_case", cases[0])).content.decode()
    assert cases[1].number not in mine


def test_changes_show_what_was_bound_and_taken_back(cast: Cast) -> None:
    case, row = bound_and_filed(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    points = [{"target": "evidence", "code": "audit_report", "remark": "页码不对"}]
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form={"points": points})
    later = cast.at + timedelta(minutes=5)
    form = {"kind": "audit_report", "file": stored_file(b"new", later), "name": "新报告.pdf"}
    door.perform(case, "attach_evidence", by=cast.member0, at=later, form=form)
    me = log_in(Client(), cast.member0)
    assert post(me, "my_binding_remove", case, Binding.objects.get(code="uscc").pk).status_code == 302
    assert post(me, "my_bindings", case, evidence=row.pk, page="5", target=revenue(cast, 1)).status_code == 302
    door.perform(case, "correct", by=cast.member0, at=later, form={"declaration": True})
    shown = " ".join(text(log_in(Client(), cast.pudong).get(reverse("district_changes", args=[case.number]))).split())
    assert "新增佐证标注" in shown
    assert "第 5 页" in shown
    assert "取消佐证标注的内容" in shown
    assert "数据没有改动" in shown


# --- the scanner ----------------------------------------------------------------------------------------------------
def held_back(content: bytes, name: str) -> None:
    raise Refusal([Reason("malware", f"文件“{name}”被病毒扫描拦截（Eicar），未保存。", "file")])


def test_evidence_and_workbook_that_the_scanner_holds_back_are_refused_and_not_kept(
    cast: Cast, me: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    monkeypatch.setattr(files, "check_clean", held_back)
    answer = post(me, "my_materials", case, kind="licence", file=file("执照.pdf", PDF))
    assert answer.status_code == 422
    assert "执照.pdf" in text(answer)
    assert "Eicar" in text(answer)
    book = workbook(cast.enterprises[0], template_of(cast.batch))
    answer = post(me, "my_workbook", case, file=file("数据表.xlsx", book))
    assert answer.status_code == 409
    assert "Eicar" in text(answer)
    assert not Evidence.objects.exists()
    assert not WorkbookUpload.objects.exists()
    assert not StoredFile.objects.exists()
    assert Application.objects.get(case=case).evidence.count() == 0


@pytest.mark.parametrize(("address_set", "said"), [("", "不经扫描即保存"), ("/nowhere/clamd.ctl", "病毒扫描没有响应")])
def test_operator_is_told_whether_files_are_scanned(
    cast: Cast, settings: LazySettings, address_set: str, said: str
) -> None:
    settings.CLAMD_ADDRESS = address_set
    assert said in text(log_in(Client(), cast.operator).get(reverse("operations")))


def unescaped(answer: Any) -> str:
    return unescape(answer.content.decode())


def test_timeline_of_the_applicant_tells_what_was_bound(cast: Cast, me: Client, draft: Case) -> None:
    bind_evidence(draft, report(draft).pk, revenue(cast), 3, by=cast.member0, at=cast.at)
    assert "标注佐证" in unescaped(me.get(address("my_progress", draft)))
    assert "第 3 页" in text(me.get(address("my_progress", draft)))
