"""The empty list of paper certificates that the office fills, with what belongs in each column."""

from __future__ import annotations

from collections.abc import Iterable

from accreditation.models import Programme
from criteria.workbook.lists import MAX_LINES
from criteria.workbook.plan import PlanBook, PlanCell, PlanSheet
from criteria.workbook.template import render
from workflows.paper_rows import COLUMNS

SHEET = "纸质证书"
WIDTHS = {"number": 26, "programme": 24, "holder": 34, "uscc": 24, "document_number": 26, "ground": 40}
NOTES = (
    "每份纸质证书一行；表头不要改名。日期写成 2015-06-01。",
    "代码和编号按文本填写，前面的 0 不会丢失。",
    "登记前逐格检查；有一处错误，整份名单都不登记。与已登记内容相同的行不会重复登记。",
    "录入人不能复核自己的名单，须由另一人确认后才进入名录和公开日志。",
)


def paper_template(programmes: Iterable[Programme]) -> bytes:
    """The .xlsx: one sheet to fill, one that explains."""
    fill = PlanSheet(SHEET, protected=False, freeze="A2", landscape=True, repeat_rows="1:1")
    for place, column in enumerate(COLUMNS, start=1):
        fill.put(1, place, f"{column.heading}*" if column.required else column.heading, "head")
        fill.widths[place] = WIDTHS.get(column.code, 14)
        for row in range(2, 52):
            fill.put(row, place, None, "text", "@")
        fill.open_columns[place] = PlanCell(None, "text", "@")
    told = PlanSheet("填写说明", protected=False)
    told.widths = {1: 24, 2: 10, 3: 60}
    told.put(1, 1, "填写说明", "title")
    for row, note in enumerate(NOTES, start=2):
        told.put(row, 1, note, "text")
    start = len(NOTES) + 3
    for place, head in enumerate(("列", "必填", "填写内容"), start=1):
        told.put(start, place, head, "head")
    for row, column in enumerate(COLUMNS, start=start + 1):
        told.put(row, 1, column.heading, "text")
        told.put(row, 2, "必填" if column.required else "", "text")
        told.put(row, 3, column.hint, "text")
    start += len(COLUMNS) + 2
    for place, head in enumerate(("认定项目", "", "代码"), start=1):
        told.put(start, place, head, "head")
    of_holders = (programme for programme in programmes if not programme.is_of_product)
    for row, programme in enumerate(of_holders, start=start + 1):
        told.put(row, 1, programme.name_zh, "text")
        told.put(row, 3, programme.code, "text")
    return render(PlanBook(f"纸质证书名单（至多 {MAX_LINES} 行）", [fill, told]))
