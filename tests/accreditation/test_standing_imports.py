"""Files of standings: every fault by its cell, nothing stored with one; sent twice it adds nothing; hostile ones."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_chain
from accreditation.errors import Denied, Refusal
from accreditation.models import Standing, StandingImport
from accreditation.services.standing_imports import MOST_BYTES, propose_import, read_file
from accreditation.services.standing_texts import HEADINGS
from accreditation.services.standings import confirm_entry, drop_entry, end_standing
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.standings import STRANGER, csv_file, standing_texts, xlsx_file
from workflows.exports.standings import csv_lines, template_workbook, workbook_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
CHINESE = ["类别", "级别", "持有单位", "统一社会信用代码", "年份", "来源文件", "可信度", "名称"]
ROW = ["重点实验室", "市级", "上海示例企业有限公司", STRANGER, 2021, "示例〔2021〕1 号", "已查到原文", "示例实验室"]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


def send(cast: Cast, clock: Clock, content: bytes, name: str = "登记表.csv") -> StandingImport | None:
    return propose_import(content, name, by=cast.office, at=clock.at)


def faults(content: bytes, name: str, clock: Clock) -> list[tuple[str, str]]:
    with pytest.raises(Refusal) as refused:
        read_file(content, name, on=clock.at.date())
    assert Standing.objects.count() == 0
    return [(reason.place, reason.code) for reason in refused.value.reasons]


def test_a_file_is_taken_whole_and_confirmed_whole(cast: Cast, clock: Clock) -> None:
    rows = [standing_texts(), standing_texts(year="2020"), standing_texts(holder_uscc=STRANGER)]
    sent = send(cast, clock, csv_file(rows))
    assert sent is not None
    assert (sent.rows, sent.known) == (3, 0)
    assert set(Standing.objects.values_list("state", flat=True)) == {"proposed"}
    with pytest.raises(Refusal):  # not one by one
        confirm_entry(Standing.objects.order_by("pk")[0], by=cast.publisher, at=clock.at)
    with pytest.raises(Denied):
        confirm_entry(sent, by=cast.office, at=clock.at)
    confirm_entry(sent, by=cast.publisher, at=clock.at)
    assert set(Standing.objects.values_list("state", "settled_by")) == {("confirmed", cast.publisher.pk)}
    assert verify_chain(StandingImport.objects.get()) == []


def test_the_same_file_again_adds_nothing_and_a_longer_one_only_what_is_new(cast: Cast, clock: Clock) -> None:
    one, two = standing_texts(), standing_texts(year="2020")
    first = send(cast, clock, csv_file([one]))
    assert send(cast, clock, csv_file([one])) is None
    longer = send(cast, clock, csv_file([one, two]))
    assert longer is not None
    assert (longer.rows, longer.known) == (1, 1)
    assert StandingImport.objects.count() == 2
    assert first is not None
    drop_entry(first, reason="来源不符", by=cast.publisher, at=clock.at)
    assert Standing.objects.filter(state="dropped", remark="来源不符").count() == 1
    again = send(cast, clock, csv_file([one]))  # what was dropped may come again
    assert again is not None
    assert again.rows == 1


def test_a_row_that_says_something_else_is_a_fault_and_overwrites_nothing(cast: Cast, clock: Clock) -> None:
    send(cast, clock, csv_file([standing_texts()]))
    changed = csv_file([standing_texts(valid_until="2030-01-01", source="另一份文件")])
    with pytest.raises(Refusal) as refused:
        send(cast, clock, changed)
    assert [(one.place, one.code) for one in refused.value.reasons] == [("K2", "differs"), ("L2", "differs")]
    assert Standing.objects.get().source == standing_texts()["source"]


def test_every_fault_has_its_cell(clock: Clock) -> None:
    rows = [
        standing_texts(kind="无此类", year="1900"),
        standing_texts(),
        standing_texts(holder_uscc="91310000MA1FL0007D", source=""),
        standing_texts(),
    ]
    assert faults(csv_file(rows), "登记表.csv", clock) == [
        ("A2", "unknown"), ("I2", "year"), ("4", "empty"), ("D4", "uscc_check"), ("5", "row_twice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        (b"", "a.csv", [("file", "empty_file")]),
        (b"kind,level\n", "a.csv", None),
        (b"x" * (MOST_BYTES + 1), "a.csv", [("file", "file_kind")]),
        (b"PK\x03\x04", "a.xls", [("file", "file_kind")]),
        (b"PK\x03\x04 no zip", "a.xlsx", [("file", "damaged")]),
        (b"%PDF-1.4", "a.xlsx", [("file", "pdf")]),
        (b"\xff\xfe\x00kind", "a.csv", [("file", "unreadable")]),
        (b'kind\n"' + b"x" * 200_000, "a.csv", [("file", "unreadable")]),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content: bytes, name: str, expected: Any, clock: Clock) -> None:
    found = faults(content, name, clock)
    if expected is None:
        assert {code for _place, code in found} == {"no_column", "no_rows"}
    else:
        assert found == expected


def test_headings_may_be_chinese_in_any_order_and_dates_may_be_cells(cast: Cast, clock: Clock) -> None:
    sent = send(cast, clock, xlsx_file([[*CHINESE, "有效期起", "备注"], [*ROW, clock.at.date(), "不读"]]), "名单.xlsx")
    assert sent is not None
    row = Standing.objects.get()
    assert (row.kind, row.year, row.valid_from) == ("key_laboratory", 2021, clock.at.date())


def test_csv_in_gb18030_is_read(cast: Cast, clock: Clock) -> None:
    text = ",".join(CHINESE) + "\n" + ",".join(map(str, ROW)) + "\n"
    assert send(cast, clock, text.encode("gb18030")) is not None
    assert Standing.objects.get().name == "示例实验室"


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://x.invalid","示例")', "=1+1", '=cmd|"/c calc"!A1'])
def test_formula_cells_are_refused_by_cell(formula: str, clock: Clock) -> None:
    row = [*ROW[:7], formula]
    assert ("H2", "formula") in faults(xlsx_file([CHINESE, row]), "名单.xlsx", clock)
    text = io.StringIO()
    csv.writer(text).writerows([CHINESE, row])
    assert ("H2", "formula") in faults(text.getvalue().encode(), "名单.csv", clock)


def test_hidden_and_doubled_columns_are_refused(clock: Clock) -> None:
    twice = xlsx_file([[*CHINESE, "名称"], [*ROW, "第二个名称"]])
    assert faults(twice, "名单.xlsx", clock) == [("I1", "column_twice")]


def test_an_export_comes_back_without_a_change_and_without_a_live_formula(cast: Cast, clock: Clock) -> None:
    """Texts that spreadsheet programs would calculate stay texts out and in."""
    names = ["'=1+1", "'+cmd|' /C calc'!A0", "'@SUM(A1)", "－示例"]
    rows = [standing_texts(name=name, reference=str(n)) for n, name in enumerate(names)]
    sent = send(cast, clock, csv_file(rows))
    assert sent is not None
    confirm_entry(sent, by=cast.publisher, at=clock.at)
    stored = set(Standing.objects.values_list("name", flat=True))
    assert stored == {"=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "－示例"}
    lines = list(csv_lines(Standing.objects.order_by("pk")))
    assert not any(cell.startswith(("=", "+", "@", "－")) for line in lines for cell in line)
    stream = io.StringIO()
    csv.writer(stream).writerows(lines)
    assert send(cast, clock, stream.getvalue().encode()) is None
    workbook = workbook_of(Standing.objects.order_by("pk"))
    assert b"<f>" not in workbook
    assert send(cast, clock, workbook, "standings.xlsx") is None
    end_standing(
        Standing.objects.order_by("pk")[0], ended_on=clock.at.date(), reason="撤销", by=cast.office, at=clock.at
    )
    assert send(cast, clock, workbook, "standings.xlsx") is None


def test_the_empty_file_asks_for_every_column_and_holds_no_row(clock: Clock) -> None:
    assert faults(template_workbook(), "standings-template.xlsx", clock) == [("file", "no_rows")]
    assert len(HEADINGS) == 14


def test_the_number_of_queries_does_not_grow_with_the_rows(
    cast: Cast, clock: Clock, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 30):
        rows = [standing_texts(name=f"实验室{count}-{n}") for n in range(count)]
        with django_assert_max_num_queries(24):
            assert send(cast, clock, csv_file(rows)) is not None
