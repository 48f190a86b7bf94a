"""What follows and precedes the title of a demonstration enterprise, through the pages with all its people."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.audit import verify_all
from accreditation.models import AuditEvent, Batch, Cultivation, GapReport, Message, OwnFigure
from criteria.workbook.listfile import sheet_cells
from criteria.workbook.package import open_book
from tests.clock import STARTED
from tests.factories import recommending as steps
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.cultivation import SOURCE, listed, with_filing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
STATEMENT = "研发投入逐年增长，计划三年内申报国家技术创新示范企业。"


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def batch(cast: Cast) -> Batch:
    return steps.make_demonstration(cast)


def as_(cast: Cast, who: str) -> Client:
    return log_in(Client(), cast.people[who])


def text_of(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def moved(answer: Any) -> str:
    assert answer.status_code == 302, answer.content.decode()[:3000]
    return str(answer["Location"])


def told(cast: Cast, who: str) -> list[str]:
    return list(Message.objects.filter(recipient=cast.people[who]).order_by("pk").values_list("kind", flat=True))


def ask(cast: Cast, n: int = 0) -> Cultivation:
    form = {"enterprise": str(cast.enterprises[n].pk), "industry": "equipment", "statement": STATEMENT}
    moved(as_(cast, f"member{n}").post(reverse("my_cultivation"), form))
    return Cultivation.objects.get(enterprise=cast.enterprises[n])


def settle(cast: Cast, row: Cultivation, verb: str, **form: str) -> Any:
    return as_(cast, "office").post(reverse("office_cultivation_settle", args=[row.number, verb]), form)


def today() -> str:
    return timezone.localdate().isoformat()


# --- the list -----------------------------------------------------------------------------------------------------
def test_enterprise_asks_and_is_taken_on_and_leaves(cast: Cast) -> None:
    row = ask(cast)
    assert told(cast, "office") == ["cultivation_asked"]
    office = as_(cast, "office")
    page = text_of(office.get(reverse("office_cultivation_entry", args=[row.number])))
    assert STATEMENT in page
    assert "同意入库" in page
    assert text_of(settle(cast, row, "take", source="", listed_from=today()), 422).count("errorlist") >= 1
    moved(settle(cast, row, "take", source=SOURCE, listed_from=today()))
    assert told(cast, "member0") == ["cultivation_listed"]
    again = text_of(settle(cast, row, "take", source=SOURCE, listed_from=today()), 422)
    assert "该单位现为“在库”" in again
    own = text_of(as_(cast, "member0").get(reverse("my_cultivation")))
    assert row.number in own
    assert "提交申请" not in own
    too_soon = {"ended_on": "2020-01-01", "ended_for": "left", "reason": "企业来函退出"}
    assert "不早于入库日期" in text_of(settle(cast, row, "end", **too_soon), 422)
    untrue = {"ended_on": today(), "ended_for": "recognised", "reason": "已认定"}
    assert "称号登记簿中没有" in text_of(settle(cast, row, "end", **untrue), 422)
    moved(settle(cast, row, "end", ended_on=today(), ended_for="left", reason="企业来函退出"))
    row = Cultivation.objects.get(pk=row.pk)
    assert (row.state, row.ended_for, row.is_listed_on(timezone.localdate())) == ("ended", "left", False)
    assert "企业来函退出" in text_of(as_(cast, "member0").get(reverse("my_cultivation_entry", args=[row.number])))
    assert ask_again(cast).number != row.number
    verbs = AuditEvent.objects.filter(chain=f"cultivation:{row.number}").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["take_on_list", "end_cultivation"]
    assert verify_all()[1] == []


def ask_again(cast: Cast) -> Cultivation:
    """After an end an enterprise may ask anew."""
    form = {"enterprise": str(cast.enterprises[0].pk), "industry": "", "statement": STATEMENT}
    moved(as_(cast, "member0").post(reverse("my_cultivation"), form))
    return Cultivation.objects.get(enterprise=cast.enterprises[0], state="requested")


def test_declined_enterprise_reads_the_reason(cast: Cast) -> None:
    row = ask(cast)
    assert "errorlist" in text_of(settle(cast, row, "decline", reason=" "), 422)
    moved(settle(cast, row, "decline", reason="研发投入连续两年下降"))
    assert told(cast, "member0") == ["cultivation_declined"]
    assert "研发投入连续两年下降" in text_of(as_(cast, "member0").get(reverse("my_cultivation")))
    assert "未入库" in text_of(as_(cast, "office").get(reverse("office_cultivation"), {"state": "declined"}))


def test_office_puts_an_enterprise_on_the_list_once(cast: Cast) -> None:
    office = as_(cast, "office")
    form = {
        "uscc": cast.enterprises[1].uscc, "ground": "district", "source": SOURCE, "listed_from": today(),
        "industry": "biology", "request_key": "n-1",
    }  # fmt: skip
    address = moved(office.post(reverse("office_cultivation_new"), form))
    assert moved(office.post(reverse("office_cultivation_new"), form)) == address  # sent twice
    twice = text_of(office.post(reverse("office_cultivation_new"), form | {"request_key": "n-2"}), 422)
    assert "已在培育库中" in twice
    unknown = text_of(office.post(reverse("office_cultivation_new"), form | {"uscc": "91310000MA1FL0999X"}), 422)
    assert "没有使用该代码注册的单位" in unknown
    late = form | {"uscc": cast.enterprises[2].uscc, "listed_from": "2999-01-01", "request_key": "n-3"}
    assert "不能晚于今天" in text_of(office.post(reverse("office_cultivation_new"), late), 422)
    assert Cultivation.objects.count() == 1
    assert told(cast, "member1") == ["cultivation_listed"]


def test_list_is_filtered_and_exported(cast: Cast) -> None:
    listed(cast, 0)
    listed(cast, 1, industry="biology")
    office = as_(cast, "office")
    whole = text_of(office.get(reverse("office_cultivation")))
    assert cast.enterprises[0].name in whole
    one = text_of(office.get(reverse("office_cultivation"), {"district": "310114", "industry": "biology"}))
    assert cast.enterprises[1].name in one
    assert cast.enterprises[0].name not in one
    book = office.get(reverse("office_cultivation_export"), {"district": "310114", "file": "xlsx"})
    texts = {cell.text for cell in sheet_cells(open_book(book.content))}
    assert cast.enterprises[1].uscc in texts
    assert cast.enterprises[0].uscc not in texts
    lines = office.get(reverse("office_cultivation_export")).content.decode().splitlines()
    assert len(lines) == 3


def test_publisher_releases_names_as_they_stood(cast: Cast) -> None:
    publisher, stranger = as_(cast, "publisher"), Client()
    address = reverse("office_cultivation_releases")
    assert "还没有公布名单" in text_of(stranger.get(reverse("cultivation")))
    assert "没有在库单位" in text_of(publisher.post(address, {"document": "示例公告〔2026〕1号"}), 422)
    row = listed(cast, 0)
    assert as_(cast, "office").post(address, {"document": "示例公告〔2026〕1号"}).status_code == 403
    moved(publisher.post(address, {"document": "示例公告〔2026〕1号", "request_key": "r-1"}))
    moved(publisher.post(address, {"document": "示例公告〔2026〕1号", "request_key": "r-1"}))
    assert "已用于一次公布" in text_of(publisher.post(address, {"document": "示例公告〔2026〕1号"}), 422)
    listed(cast, 1)
    moved(settle(cast, row, "end", ended_on=today(), ended_for="unfit", reason="不再符合"))
    shown = text_of(stranger.get(reverse("cultivation")))
    assert cast.enterprises[0].name in shown  # as it was released
    assert cast.enterprises[1].name not in shown
    assert cast.enterprises[0].uscc not in shown


# --- gap reports --------------------------------------------------------------------------------------------------
def test_report_of_a_filed_enterprise_has_a_total_and_ways(cast: Cast, batch: Batch) -> None:
    with_filing(cast, batch, employees=280)
    row = listed(cast)
    address = moved(settle(cast, row, "report"))
    page = text_of(as_(cast, "office").get(address))
    report = GapReport.objects.get()
    assert report.total != ""
    case = batch.cases.get().number
    for words in ("从业人员300人以上", "不符合", "合格线", "60.00 分", f"办件 {case} 填报", "演示版"):
        assert words in page, words
    assert told(cast, "member0")[-1] == "gap_report_made"
    own = as_(cast, "member0")
    assert report.digest in text_of(own.get(reverse("my_gap_report", args=[row.number, 1])))
    paper = text_of(own.get(reverse("my_gap_report_print", args=[row.number, 1])))
    assert "本报告只供培育参考" in paper
    assert "<form" not in paper
    other = as_(cast, "member1")
    assert other.get(reverse("my_gap_report", args=[row.number, 1])).status_code == 404
    assert own.get(reverse("my_gap_report", args=[row.number, 2])).status_code == 404
    with_english = text_of(own.get(reverse("my_gap_report", args=[row.number, 1]), headers={"accept-language": "en"}))
    assert "300 employees or more" in with_english


def test_unknown_figures_are_named_and_stated_by_the_enterprise(cast: Cast, batch: Batch) -> None:
    row, own = listed(cast), as_(cast, "member0")
    moved(own.post(reverse("my_cultivation_report", args=[row.number])))
    first = text_of(own.get(reverse("my_gap_report", args=[row.number, 1])))
    assert "总分" in first
    assert "尚不能确定" in first
    year = GapReport.objects.get().reporting_year
    figures = reverse("my_cultivation_figures", args=[row.number])
    asked = text_of(own.get(figures))
    assert f'name="employees-{year}"' in asked
    wrong = text_of(own.post(figures, {f"employees-{year}": "12.5", f"revenue_main-{year}": "很多"}), 422)
    assert wrong.count("请按单位填写数字") >= 2
    said = {f"employees-{year}": "640", f"revenue_main-{year}": "52,000.5", f"profitable_3y-{year}": "true"}
    moved(own.post(figures, said))
    assert OwnFigure.objects.count() == 3
    moved(own.post(reverse("my_cultivation_report", args=[row.number])))
    second = text_of(own.get(reverse("my_gap_report", args=[row.number, 2])))
    assert "企业自填，未经核实" in second
    assert "与第 1 份报告" in second
    assert "待核实" in second
    moved(own.post(figures, said | {f"employees-{year}": ""}))
    assert OwnFigure.objects.count() == 2
    assert as_(cast, "member1").post(figures, said).status_code == 404


def test_the_same_findings_on_one_day_are_one_report(cast: Cast, batch: Batch) -> None:
    row = listed(cast)
    assert moved(settle(cast, row, "report")) == moved(settle(cast, row, "report"))
    assert GapReport.objects.count() == 1


def test_no_report_without_rules_or_off_the_list(cast: Cast) -> None:
    row = ask(cast)
    both = text_of(settle(cast, row, "report"), 422)
    assert "只为在库单位生成差距报告" in both
    assert "还没有启用" in both
    own = as_(cast, "member0")
    assert own.get(reverse("my_cultivation_figures", args=[row.number])).status_code == 404
    moved(own.post(reverse("my_cultivation_report", args=[row.number])))
    assert GapReport.objects.count() == 0
