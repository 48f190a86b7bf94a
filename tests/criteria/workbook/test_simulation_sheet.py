"""The workbook of a simulation: counts and rows read back, both languages, texts that stay texts."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from criteria.loading import load
from criteria.simulation import Applicant, Move, Simulation, simulate
from criteria.workbook.simulation_sheet import simulation_workbook
from tests.criteria.builders import facts
from tests.criteria.test_simulation import KNOWN, with_limit

DEMO = load("shanghai_municipal_centre/2022-demo")


@pytest.fixture(scope="module")
def simulation() -> Simulation:
    names = ("=HYPERLINK(1)", "+示例", "示例三", "示例四")
    people = [
        Applicant(f"C-{n}", name, ("浦东新区", "嘉定区")[n % 2], "", "", facts(DEMO.fields, rd_staff_stat=60 + 10 * n),
                  date(2026, 3, 1), KNOWN, n == 0)
        for n, name in enumerate(names)
    ]  # fmt: skip
    return simulate(DEMO, with_limit("MG4", 75), people)


def read(simulation: Simulation, lang: str) -> Any:
    return openpyxl.load_workbook(io.BytesIO(simulation_workbook(simulation, lang)))


@pytest.mark.parametrize(
    ("lang", "names"),
    [
        ("zh", ["概要", "分区", "分行业", "分规模", "等次变化", "逐户"]),
        ("en", ["Summary", "By district", "By industry", "By size", "Bands", "Applicants"]),
    ],
)
def test_sheets_are_named_in_the_language(simulation: Simulation, lang: str, names: list[str]) -> None:
    assert read(simulation, lang).sheetnames == names


def test_counts_and_rows_read_back(simulation: Simulation) -> None:
    book = read(simulation, "zh")
    told = {row[0].value: row[1].value for row in book["概要"].iter_rows(min_row=13) if row[0].value}
    assert (told["失去资格"], told["保持"], told["合计"]) == (2, 2, 4)
    assert simulation.counts()[Move.LOSES] == 2
    rows = list(book["逐户"].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[6]) for row in rows] == [
        ("C-0", "失去资格"), ("C-1", "失去资格"), ("C-2", "保持"), ("C-3", "保持"),
    ]  # fmt: skip
    assert rows[0][14] == "MG4"
    assert book["逐户"].auto_filter.ref == "A1:P5"


def test_name_that_looks_like_a_formula_stays_text(simulation: Simulation) -> None:
    cells = [cell for (cell,) in read(simulation, "zh")["逐户"]["B2:B3"]]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        ("=HYPERLINK(1)", "s", True), ("+示例", "s", True),
    ]  # fmt: skip


def test_districts_add_up(simulation: Simulation) -> None:
    rows = list(read(simulation, "en")["By district"].iter_rows(min_row=2, values_only=True))
    assert [row[1] for row in rows] == [2, 2, 4]
    assert rows[-1][0] == "all"
