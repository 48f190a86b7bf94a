"""Recommendation of a demonstration enterprise through the pages, from the draft to the national result."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.errors import Refusal
from accreditation.models import Application, AuditEvent, Batch, Case, Title
from accreditation.services.evaluation import reported_facts, verified_evaluation
from tests.clock import STARTED
from tests.factories import recommending as steps
from tests.factories.cast import Cast, make_cast
from tests.factories.recommending_pages import Pages, sent, words
from workflows import door
from workflows.calendar import current_calendar
from workflows.consistency import check_all, rebuild_flow
from workflows.demo.material import sample_pdf

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return steps.make_demonstration(cast)


def state(case: Case) -> str:
    return str(Application.objects.get(case=case).state)


def test_demonstration_enterprise_passes_all_hands_on_the_pages(cast: Cast, batch: Batch) -> None:
    pages = Pages(cast, batch)
    case = pages.apply(0)
    pages.submit(case, 0)
    office = pages.as_("office")
    shown = office.get(reverse("office_case", args=[case.number]))
    assert [step["label"] for step in shown.context["bar"]["steps"]] == [
        "填报", "市级核查", "排序审议", "行文推荐", "国家评审",
    ]  # fmt: skip
    pages.check(case)
    assert state(case) == S.AWAITING_RANKING
    pages.rank(1)
    pages.meet()
    publisher = pages.as_("publisher")
    day = timezone.localdate()
    letter = {
        "cases": [case.number], "number": "示例推荐〔2026〕2号", "dated": day.isoformat(),
        "addressed_to": "示例工业主管部门", "confirmed": "1",
    }  # fmt: skip
    pages.done(publisher.post(reverse("batch_recommend", args=[batch.code]), letter))
    _official_table_holds(publisher.post(reverse("office_package", args=[batch.code])), case)
    document = {"authority": "示例工业主管部门", "number": "示例公示〔2026〕1号", "dated": day.isoformat()}
    scan = {"file": sent("公示.pdf", sample_pdf("public notice"))}
    pages.done(office.post(reverse("office_public_notice", args=[batch.code]), document | scan))
    assert state(case) == S.RECOMMENDED_UPWARD
    event = AuditEvent.objects.get(verb="note_public_notice_above")
    assert event.content["ends_on"] == current_calendar().add(day, 15)[0].isoformat()
    assert "示例公示〔2026〕1号" in words(pages.as_("member0").get(reverse("my_progress", args=[case.number])))
    result = document | {
        "number": "示例名单〔2026〕3号", "recognised": [case.number], "checked": "on",
        "file": sent("名单.pdf", sample_pdf("list")),
    }  # fmt: skip
    early = office.post(reverse("office_result", args=[batch.code]), result)
    assert (early.status_code, "国家公示至" in early.content.decode()) == (422, True)
    assert state(case) == S.RECOMMENDED_UPWARD
    result |= {"without_public_notice": "国家公示提前结束", "file": sent("名单.pdf", sample_pdf("list"))}
    pages.done(office.post(reverse("office_result", args=[batch.code]), result))
    assert state(case) == S.RECOMMENDED_UPWARD
    pages.confirm_result()
    entered = AuditEvent.objects.get(verb="recognise_above")
    assert entered.content["without_public_notice"] == "国家公示提前结束"
    title = Title.objects.get(programme=batch.programme)
    assert (state(case), title.announcement_number) == (S.RECOGNISED_ABOVE, "示例名单〔2026〕3号")
    assert list(check_all()) == []
    assert verify_all()[1] == []


def _official_table_holds(answer: Any, case: Case) -> None:
    """The table with the columns of the notices, read back: figures as numbers, what nobody asked for empty."""
    package = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    workbook = load_workbook(io.BytesIO(package.read("推荐企业汇总表.xlsx")))
    table, notes = workbook["推荐企业汇总表"], workbook["说明"]
    heads, line = ([cell.value for cell in row] for row in table.iter_rows(min_row=1, max_row=2))
    assert [head.partition("（")[0] for head in heads] == [
        "序号", "企业名称", "企业类型", "所属行业", "研发经费", "主营业务收入", "新产品销售收入", "发明专利数",
        "实用新型专利数", "外观设计专利数", "企业技术中心级别", "备注",
    ]  # fmt: skip
    shown = dict(zip((head.partition("（")[0] for head in heads), line, strict=True))
    application = Application.objects.get(case=case)
    facts = reported_facts(application)
    assert facts is not None
    year = application.batch.reporting_year
    assert (shown["序号"], shown["企业名称"]) == (1, case.enterprise.name)
    assert shown["所属行业"] == facts.value("industry_code")
    for head, code in (
        ("研发经费", "rd_expenditure"), ("主营业务收入", "revenue_main"), ("新产品销售收入", "new_product_revenue"),
        ("发明专利数", "invention_patents_valid"),
    ):  # fmt: skip
        assert Fraction(shown[head]) == facts.value(code, year), head
    assert not any(shown[head] for head in ("企业类型", "实用新型专利数", "外观设计专利数", "备注"))
    assert shown["企业技术中心级别"] == "省级"
    said = " ".join(str(row[0].value) for row in notes.iter_rows())
    assert "未取得通知原表" in said
    assert table.max_row == 2
    assert "推荐企业汇总表.xlsx" in package.read("目录.csv").decode("utf-8-sig")


def test_score_below_seventy_bars_nobody_where_the_text_sets_no_least_score(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch, 0, figures=steps.WEAK)
    found = verified_evaluation(Application.objects.get(case=case))
    assert found is not None
    assert found.total is not None
    assert found.total < 70
    steps.score_at_check(cast, case, cast.at)
    assert state(case) == S.AWAITING_RANKING


def test_failed_floor_ends_as_ineligible_and_is_not_scored(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch, 0, employees=299)
    with pytest.raises(Refusal) as refused:
        steps.score_at_check(cast, case, cast.at)
    assert [reason.code for reason in refused.value.reasons] == ["gate_failed"]
    door.perform(case, "find_ineligible", by=cast.office, at=cast.at, form={})
    assert state(case) == S.INELIGIBLE


def test_lost_flow_is_rebuilt_in_every_waiting_state(cast: Cast, batch: Batch) -> None:
    case = steps.filed(cast, batch)
    for step in (
        lambda: None, lambda: steps.score_at_check(cast, case, cast.at), lambda: steps.rank(cast, batch),
        lambda: steps.decide(cast, batch), lambda: steps.send(cast, batch),
    ):  # fmt: skip
        step()
        rebuild_flow(case)
        assert list(check_all()) == []


def test_batch_of_centres_has_no_public_notice_of_the_national_authority(cast: Cast) -> None:
    national = steps.make_national(cast)
    pages = Pages(cast, national)
    assert pages.as_("office").get(reverse("office_public_notice", args=[national.code])).status_code == 404
