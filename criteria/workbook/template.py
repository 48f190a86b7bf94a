"""The one module that writes workbooks: from a plan to the bytes of an .xlsx."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule as Condition
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from criteria.facts import Facts, exact_text
from criteria.workbook.layout import Template, column_letters
from criteria.workbook.plan import Content, PlanBook, PlanCell, PlanSheet, Rule
from criteria.workbook.sheets import plan_of

_FONT = "微软雅黑"
_MADE = datetime(2000, 1, 1)  # the same template gives the same bytes
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # a program would calculate what begins so
_NAVY, _GREY, _INK, _RED, _AMBER = "1F4E79", "595959", "262626", "C00000", "7F6000"
_HAIR = Side(style="thin", color="A6A6A6")
_GRID = Border(left=_HAIR, right=_HAIR, top=_HAIR, bottom=_HAIR)
_RULE_KINDS: dict[str, Literal["decimal", "whole", "list", "textLength"]] = {
    "decimal": "decimal",
    "whole": "whole",
    "list": "list",
    "length": "textLength",
}

Styles = dict[tuple[str, str, bool], Any]


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks: size and colour of the font, fill, frame, alignment, whether it may be typed into."""

    size: int = 10
    bold: bool = False
    colour: str = _INK
    fill: str = ""
    framed: bool = False
    across: str = "left"
    wrap: bool = False
    open: bool = False
    underline: bool = False


LOOKS: dict[str, Look] = {
    "plain": Look(),
    "title": Look(size=16, bold=True, colour=_NAVY),
    "subtitle": Look(size=11, colour=_GREY),
    "mark": Look(size=8, colour="808080"),
    "step": Look(size=11, wrap=True),
    "key": Look(bold=True, fill="F2F2F2", framed=True),
    "head": Look(bold=True, colour="FFFFFF", fill=_NAVY, framed=True, across="center", wrap=True),
    "code_head": Look(size=8, colour="808080", fill="F2F2F2", framed=True, across="center"),
    "group": Look(bold=True, colour=_NAVY, fill="DDEBF7", framed=True),
    "code": Look(size=9, colour=_GREY, fill="F2F2F2", framed=True, across="center"),
    "label": Look(fill="F2F2F2", framed=True, wrap=True),
    "part": Look(fill="F2F2F2", framed=True, wrap=True, colour=_GREY),
    "unit": Look(size=9, colour=_GREY, fill="F2F2F2", framed=True, across="center"),
    "hint": Look(size=9, colour=_GREY, framed=True, wrap=True),
    "closed": Look(colour="BFBFBF", fill="E7E6E6", framed=True, across="center"),
    "answer": Look(fill="FFFFFF", framed=True, open=True, wrap=True),
    "figure": Look(fill="FFFFFF", framed=True, open=True, across="right"),
    "prefilled": Look(fill="E2EFDA", framed=True, open=True, wrap=True),
    "prefilled_figure": Look(fill="E2EFDA", framed=True, open=True, across="right"),
    "faulty": Look(bold=True, colour=_RED, fill="FFC7CE", framed=True, open=True, wrap=True),
    "asked": Look(colour=_AMBER, fill="FFEB9C", framed=True, open=True, wrap=True),
    "red": Look(bold=True, colour=_RED, fill="FFC7CE", framed=True, wrap=True),
    "amber": Look(colour=_AMBER, fill="FFEB9C", framed=True, wrap=True),
    "good": Look(fill="E2EFDA", framed=True, wrap=True),
    "text": Look(framed=True, wrap=True),
    "link": Look(colour="0563C1", framed=True, underline=True, wrap=True),
}


def write_template(template: Template, prefill: Facts | None = None) -> bytes:
    """The batch's workbook as bytes; prefilled answers are tinted and marked for checking."""
    return render(plan_of(template, prefill))


def write_list(title: str, heads: Sequence[str], rows: Iterable[Sequence[Content]], notes: Sequence[str] = ()) -> bytes:
    """A plain list as a workbook: a header, every text as text and never as a formula; notes on a second sheet."""
    sheets = [_list_sheet(title, heads, rows)]
    if notes:
        sheets.append(_list_sheet("说明", ["说明"], [[note] for note in notes]))
        sheets[-1].widths[1] = 100.0
    return render(PlanBook(title, sheets))


def _list_sheet(title: str, heads: Sequence[str], rows: Iterable[Sequence[Content]]) -> PlanSheet:
    sheet = PlanSheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31] or "1", protected=False, freeze="A2", repeat_rows="1:1")
    for column, head in enumerate(heads, 1):
        sheet.put(1, column, head, "head")
        sheet.widths[column] = max(12.0, min(40.0, len(head) * 2.4))
    for number, row in enumerate(rows, 2):
        for column, content in enumerate(row, 1):
            sheet.put(number, column, content, "text")
    return sheet


def render(book: PlanBook) -> bytes:
    """The bytes of a planned workbook; the same plan gives the same cells."""
    workbook: Any = Workbook()
    workbook.remove(workbook.worksheets[0])
    workbook.properties.title = book.title
    workbook.properties.creator = "accreditation"
    workbook.properties.created = workbook.properties.modified = _MADE
    styles: Styles = {}
    for plan in book.sheets:
        _write_sheet(workbook.create_sheet(plan.name), plan, book.footer, styles)
    for name, reference in book.names.items():
        workbook.defined_names[name] = DefinedName(name, attr_text=reference)
    for name, value in book.properties.items():
        workbook.custom_doc_props.append(StringProperty(name=name, value=value))
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def _write_sheet(sheet: Worksheet, plan: PlanSheet, footer: str, styles: Styles) -> None:
    for (row, column), cell in plan.cells.items():
        _write_cell(sheet, row, column, cell, styles)
    for column, width in plan.widths.items():
        sheet.column_dimensions[column_letters(column)].width = width
    for row, height in plan.heights.items():
        sheet.row_dimensions[row].height = height
    for row in plan.hidden_rows:
        sheet.row_dimensions[row].hidden = True
    for column, cell in plan.open_columns.items():
        _open_column(sheet, column, cell)
    _add_rules(sheet, plan)
    _finish(sheet, plan, footer)


def _add_rules(sheet: Worksheet, plan: PlanSheet) -> None:
    for merge in plan.merges:
        sheet.merge_cells(merge)
    for rule in plan.rules:
        sheet.add_data_validation(_validation(rule))
    for cells in plan.wanted:
        _highlight_empty(sheet, cells)


def _write_cell(sheet: Worksheet, row: int, column: int, plan: PlanCell, styles: Styles) -> None:
    cell: Any = sheet.cell(row, column)  # openpyxl's cells carry styles that its types do not show
    content = _content(plan.content)
    if content is not None:
        cell.value = content
        if isinstance(content, str):
            cell.data_type = "s"  # a text that begins with = would else become a live formula
    risky = isinstance(content, str) and content.startswith(FORMULA_SIGNS)
    key = (plan.look, plan.number_format, risky)
    if key in styles:
        cell._style = copy(styles[key])
    else:
        _dress(cell, LOOKS[plan.look], plan.number_format)
        cell.quotePrefix = risky
        styles[key] = cell._style
    if plan.comment:
        cell.comment = Comment(_clean(plan.comment)[:2000], "accreditation", height=120, width=320)
    if plan.link:
        cell.hyperlink = f"#{plan.link}"
        cell._style = copy(styles[key])


def _content(content: Content) -> str | int | Decimal | float | None:
    if isinstance(content, Fraction):
        text = exact_text(content)
        return float(content) if "/" in text else Decimal(text)
    return _clean(content)[:32767] if isinstance(content, str) else content


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)


def _dress(cell: Any, look: Look, number_format: str) -> None:
    cell.font = Font(
        name=_FONT, size=look.size, bold=look.bold, color=look.colour, underline="single" if look.underline else None
    )
    indent = 1 if look.framed and look.across != "center" else 0
    cell.alignment = Alignment(horizontal=look.across, vertical="center", wrap_text=look.wrap, indent=indent)
    cell.protection = Protection(locked=not look.open)
    cell.number_format = number_format
    if look.fill:
        cell.fill = PatternFill("solid", start_color=look.fill)
    if look.framed:
        cell.border = _GRID


def _open_column(sheet: Worksheet, column: int, plan: PlanCell) -> None:
    dimension = sheet.column_dimensions[column_letters(column)]
    dimension.protection = Protection(locked=False)
    dimension.number_format = plan.number_format
    dimension.font = Font(name=_FONT, size=10)


def _validation(rule: Rule) -> DataValidation:
    operator: Literal["equal", "greaterThanOrEqual"] = "equal" if rule.kind == "length" else "greaterThanOrEqual"
    checked = DataValidation(
        type=_RULE_KINDS[rule.kind],
        operator=None if rule.kind == "list" else operator,
        formula1=rule.bound,
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=bool(rule.message),
    )
    checked.error = f"{rule.title}：{rule.message}"[:220]
    checked.errorTitle = "填写有误"
    checked.prompt, checked.promptTitle = rule.message[:220], rule.title[:30]
    checked.add(rule.cells)
    return checked


def _highlight_empty(sheet: Any, cells: str) -> None:
    first = cells.partition(":")[0]
    look = DifferentialStyle(fill=PatternFill(bgColor="FFF9DB", fill_type="solid"))
    sheet.conditional_formatting.add(cells, Condition(type="expression", dxf=look, formula=[f"LEN(TRIM({first}))=0"]))


def _finish(sheet: Any, plan: PlanSheet, footer: str) -> None:
    sheet.sheet_view.showGridLines = False
    sheet.sheet_properties.tabColor = plan.tab
    sheet.freeze_panes = plan.freeze
    sheet.sheet_format.defaultRowHeight, sheet.sheet_format.customHeight = 20, True
    if plan.concealed:
        sheet.sheet_state = "veryHidden"
    if plan.protected:
        _protect(sheet)
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if plan.landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins.left = sheet.page_margins.right = 0.5
    sheet.print_title_rows = plan.repeat_rows
    sheet.auto_filter.ref = plan.filters
    sheet.oddFooter.left.text, sheet.oddFooter.left.size = footer, 8
    sheet.oddFooter.right.text, sheet.oddFooter.right.size = "第 &P 页，共 &N 页", 8


def _protect(sheet: Worksheet) -> None:
    """Locks against slips, not against intent: no password, and rows and columns may still be sized and sorted."""
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = protection.formatCells = False
    protection.sort = protection.autoFilter = False
