"""Lists of paper certificates as an office would fill them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import date

from criteria.workbook.plan import PlanBook, PlanSheet
from criteria.workbook.template import render
from workflows.exports.paper_template import SHEET
from workflows.paper_rows import COLUMNS

HOLDER = "上海示例精密仪器有限公司"
USCC = "91310000MA1FL0031W"
LINE: Mapping[str, str] = {
    "number": "沪经信技〔2015〕第 12 号",
    "programme": "上海市市级企业技术中心",
    "holder": HOLDER,
    "uscc": USCC,
    "district": "浦东新区",
    "granted_on": "2015-06-01",
    "valid_until": "2030-05-31",
    "document_number": "示例经信技〔2015〕88 号",
    "document_date": "2015年5月20日",
    "original_seen": "是",
    "state": "",
    "ground": "",
}


def line(**changes: str) -> dict[str, str]:
    """One good line with other values."""
    return {**LINE, **changes}


def as_workbook(lines: Sequence[Mapping[str, str]], *, leave_out: str = "") -> bytes:
    """The list as .xlsx, every cell as text, under the template's headings."""
    sheet = PlanSheet(SHEET, protected=False)
    columns = [column for column in COLUMNS if column.code != leave_out]
    for place, column in enumerate(columns, start=1):
        sheet.put(1, place, f"{column.heading}*" if column.required else column.heading, "head")
        for row, values in enumerate(lines, start=2):
            sheet.put(row, place, values[column.code] or None, "text", "@")
    return render(PlanBook("名单", [sheet]))


def as_csv(lines: Sequence[Mapping[str, str]], encoding: str = "utf-8-sig") -> bytes:
    """The same as CSV."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([column.heading for column in COLUMNS])
    writer.writerows([[values[column.code] for column in COLUMNS] for values in lines])
    return stream.getvalue().encode(encoding)


def run_out(day: date) -> dict[str, str]:
    """A line that ended on a day."""
    return line(valid_until=day.isoformat())
