"""A third way to the score: the seventeen indicators as formulas of a spreadsheet, computed by LibreOffice."""

from __future__ import annotations

import csv
import shutil
import subprocess
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from criteria.fast import compile_rules
from criteria.golden import shipped_cases
from criteria.ruleset import RuleSet
from tests.criteria import oracle
from tests.criteria.builders import SOUND, facts
from tests.criteria.generated import CODES, INDUSTRY, exact, industry_of, rows

ON = date(2026, 3, 1)
COLUMNS = (INDUSTRY, *CODES)
LETTER = {code: get_column_letter(number) for number, code in enumerate(COLUMNS, start=1)}
# Weight, basic, full, value; `{name}` is the cell of a field, `#` a requirement of the industry by its column.
LINES: tuple[tuple[int, str, str, str], ...] = (
    (8, "8", "60", "{rd_expenditure}/{rd_staff}/10"), (12, "3", "8", "{rd_expenditure}/{revenue_main}*100"),
    (9, "#2", "#3", "{rd_staff}/{employees}*100"), (4, "3", "20", "{senior_experts}+{doctors}"),
    (2, "10", "50", "{external_expert_months}"), (7, "3", "20", "{invention_patents_valid}"),
    (3, "3", "50", "{rd_projects}"), (3, "2", "8", "{rd_projects_basic_applied}/{rd_projects}*100"),
    (5, "#4", "#5", "{equipment_original_value}/10"), (4, "1", "3", "{platforms_provincial_up}"),
    (3, "1", "2", "{certified_labs}"), (5, "5", "40", "{ip_applications_year}"), (5, "6", "40", "{ip_obtained_3y}"),
    (5, "1", "8", "{standards_3y}"), (10, "20", "40", "{new_product_revenue}/{revenue_main}*100"),
    (10, "15", "40", 'IF({profit_total}>0,{new_product_profit}/{profit_total}*100,"")'),
    (5, "2", "10", "{profit_total}/{revenue_main}*100"),
)  # fmt: skip


def written(applications: list[dict[str, Any]], path: Path) -> None:
    """The workbook: figures, one formula per value and per indicator, bonus, total."""
    book = Workbook()
    sheet, table = book.active, book.create_sheet("table")
    assert sheet is not None
    for one in oracle.CLASSES:
        table.append([one, oracle.STAFF_BASIC[one], oracle.STAFF_FULL[one],
                      oracle.EQUIPMENT_BASIC[one], oracle.EQUIPMENT_FULL[one]])  # fmt: skip
    for number, chosen in enumerate(applications, start=1):
        cells = {code: f"{letter}{number}" for code, letter in LETTER.items()}
        sheet.append([chosen[code] if code == INDUSTRY else float(chosen[code]) for code in COLUMNS])
        first = len(COLUMNS) + 1
        for place, (weight, basic, full, value) in enumerate(LINES):
            at, to = sheet.cell(number, first + 2 * place), sheet.cell(number, first + 2 * place + 1)
            at.value = f'=IFERROR({value.format(**cells)},"")'
            low, high = (required(one, cells[INDUSTRY]) for one in (basic, full))
            v = at.coordinate
            to.value = (
                f'=IF({v}="",0,IF({v}<{low},0,IF({v}>={high},{weight},'
                f"ROUND({weight}*(0.6+0.4*({v}-{low})/({high}-{low})),2))))"
            )
        points = "+".join(f"{get_column_letter(first + 2 * place + 1)}{number}" for place in range(len(LINES)))
        sheet.cell(
            number, first + 2 * len(LINES)
        ).value = f"=ROUND({points}+ROUND(MAX(0,MIN(5,{cells['awards_2y']})),2),2)"
    book.save(path)


def required(text: str, industry: str) -> str:
    """A requirement, looked up by the industry where it differs."""
    return f"VLOOKUP({industry},table.$A$1:$E$7,{text[1:]},0)".replace("table.", "table!") if text[0] == "#" else text


def computed(applications: list[dict[str, Any]], folder: Path) -> list[Fraction]:
    """The totals as LibreOffice computes them."""
    source = folder / "totals.xlsx"
    written(applications, source)
    program = shutil.which("soffice")
    assert program is not None
    command = [program, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", "csv"]
    subprocess.run([*command, "--outdir", str(folder), str(source)], check=True, capture_output=True, timeout=120)
    with (folder / "totals.csv").open(encoding="utf-8") as lines:
        return [Fraction(line[-1]) for line in csv.reader(lines)]


def golden() -> list[dict[str, Any]]:
    """The applications of the boundary cases, each complete."""
    return [
        SOUND | case.start | ({"industry_class": case.limit.case} if case.limit.case else {}) | {case.field: case.given}
        for case in shipped_cases("demo/2026")
        if case.field
    ]


@pytest.mark.slow
@pytest.mark.libreoffice
def test_spreadsheet_plain_fractions_and_engine_agree_on_golden_and_generated_cases(
    demo: RuleSet, tmp_path: Path
) -> None:
    sound = [row for row in rows(400, seed=21, hostile=False) if industry_of(row)]
    applications = golden() + [exact(row) | {INDUSTRY: industry_of(row)} for row in sound]
    assert len(golden()) > 100
    scorer = compile_rules(demo)
    engine = [scorer.score(facts(demo.fields, **chosen), ON).total for chosen in applications]
    plain = [
        oracle.total({c: Fraction(v) for c, v in chosen.items() if not isinstance(v, str)}, chosen[INDUSTRY])
        for chosen in applications
    ]
    assert computed(applications, tmp_path) == engine == plain
