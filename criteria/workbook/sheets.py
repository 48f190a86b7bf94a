"""The template's sheets as a plan: cover, basics, data table, annexes, hidden lists; where each answer stands."""

from __future__ import annotations

from collections.abc import Iterator

from criteria.facts import Facts, Scalar
from criteria.fields import AnnexSpec, FieldSpec, Kind
from criteria.workbook.layout import (
    ANCHOR,
    ANSWER_HEAD,
    BASICS_SHEET,
    COVER_SHEET,
    HINT_HEAD,
    LABEL_HEAD,
    LISTS_SHEET,
    NUMBER_HEAD,
    PROPERTY_CHECKSUM,
    PROPERTY_ID,
    TABLE_SHEET,
    UNIT_HEAD,
    Template,
    annex_sheet,
    cell_name,
    column_code,
    column_letters,
    defined_name,
    unit_name,
)
from criteria.workbook.plan import Content, PlanBook, PlanCell, PlanSheet, Rule

HEAD_ROW = 4  # basics and data table
FIRST_YEAR_COLUMN = 4
BASICS_ANSWER_COLUMN = 3
ANNEX_CODE_ROW = 6
SHOWN_LINES = 20  # annex lines that are drawn; the open columns go on below them
PAGE_WIDTH = 145.0  # narrower sheets are stretched, so that all print at about the same size
FIGURES = (Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER)
PREFILLED = "系统预填，请核对"

_STEPS = (
    "1. 依次填写“{basics}”“{table}”和各附表，只填白色单元格；浅黄色表示必填而尚未填写，绿色为系统预填、请核对。",
    "2. 数字只填阿拉伯数字，单位以“单位”列为准（财务数据多为千元，1 万元 = 10 千元）；没有的填 0，不要填“无”或“—”。",
    "3. 请勿改动灰色的代码、项目、单位和表头，不要增删年份列；可以调整行高列宽。附表每行一条，中间不留空行。",
    "4. 不要使用公式：从其他表复制时，请用“选择性粘贴 › 数值”。信用代码、编号等请以文本填写。",
    "5. 日期写成 2024-03-15 的形式；有下拉列表的单元格请从列表中选择。",
    "6. 填完后保存为 .xlsx，不加密码、不带宏，在申报页面上传；系统会一次列出全部问题及所在单元格。",
)
_LEGEND = (
    ("text", "白色", "请填写"),
    ("amber", "黄色", "必填而尚未填写"),
    ("good", "绿色", PREFILLED),
    ("closed", "灰色", "不需要填写，已锁定"),
    ("label", "浅灰", "固定内容，请勿改动"),
)

Key = tuple[str, int | None]
Address = tuple[str, int, int]


def plan_of(template: Template, prefill: Facts | None = None) -> PlanBook:
    """The whole workbook of a batch as a plan, with prefilled answers where there are any."""
    book = PlanBook(template.title, footer=f"{template.title}　{template.mark_text}".replace("&", "&&"))
    book.properties = {PROPERTY_ID: template.id, PROPERTY_CHECKSUM: template.checksum}
    lists = PlanSheet(LISTS_SHEET, concealed=True)
    lists.put(1, 1, template.mark_text, "mark")
    ranges = _lists(template, lists)
    book.sheets = [_cover(template), _basics(template, ranges), _table(template, ranges)]
    book.sheets += [_annex(template, annex, ranges) for annex in template.form.annexes]
    book.sheets.append(lists)
    for key, (sheet, row, column) in addresses(template).items():
        book.names[defined_name(*key)] = f"'{sheet}'!${column_letters(column)}${row}"
    if prefill is not None:
        fill(book, template, prefill, tinted=True)
    return book


def addresses(template: Template) -> dict[Key, Address]:
    """Sheet, row and column of each input cell of basics and data table in an untouched template."""
    found: dict[Key, Address] = {}
    for number, spec in enumerate(template.form.basics, HEAD_ROW + 1):
        found[(spec.code, None)] = (BASICS_SHEET, number, BASICS_ANSWER_COLUMN)
    for row, spec in _table_rows(template):
        for back, year in enumerate(template.years(spec)):
            if spec.code:
                found[(spec.code, year)] = (TABLE_SHEET, row, FIRST_YEAR_COLUMN + back)
    return found


def fill(book: PlanBook, template: Template, facts: Facts, *, tinted: bool) -> None:
    """Write the values of facts into their cells; `tinted` marks them as prefilled, to be checked."""
    for key, (sheet, row, column) in addresses(template).items():
        fact = facts.figures.get(key)
        if fact is not None:
            _answer(book.sheet(sheet).cells[(row, column)], template.form.field(key[0]), fact.value, tinted)
    for annex in template.form.annexes:
        _fill_annex(book.sheet(annex_sheet(annex)), annex, facts, tinted)


def answer_cell(spec: FieldSpec, value: Scalar = None) -> PlanCell:
    """An input cell of a field, empty or with a value as it would be typed."""
    look = "figure" if spec.kind in FIGURES else "answer"
    return PlanCell(answer_content(spec, value), look, number_format(spec))


def answer_content(spec: FieldSpec, value: Scalar) -> Content:
    """A value as it stands in a cell: choices by their Chinese name, yes and no as 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, str):
        return {choice.code: choice.name_zh for choice in spec.choices}.get(value, value)
    return value


def number_format(spec: FieldSpec) -> str:
    """Excel's format for a field: figures with groups, everything else as text so that no code is damaged."""
    if spec.kind not in FIGURES:
        return "@"
    return "#,##0" if spec.kind is Kind.INTEGER or not spec.places else f"#,##0.{'0' * spec.places}"


def _answer(cell: PlanCell, spec: FieldSpec, value: Scalar, tinted: bool) -> None:
    cell.content = answer_content(spec, value)
    if tinted:
        cell.look = "prefilled_figure" if spec.kind in FIGURES else "prefilled"
        cell.comment = PREFILLED


def _fill_annex(sheet: PlanSheet, annex: AnnexSpec, facts: Facts, tinted: bool) -> None:
    for row in facts.annexes.get(annex.code, ()):
        line = ANNEX_CODE_ROW + row.number
        sheet.put(line, 1, row.number, "code")
        for column, spec in enumerate(annex.columns, 2):
            cell = answer_cell(spec)
            sheet.cells[(line, column)] = cell
            if row.values.get(spec.code) is not None:
                _answer(cell, spec, row.values[spec.code], tinted)


def _cover(template: Template) -> PlanSheet:
    sheet = PlanSheet(COVER_SHEET, widths={1: 18, 2: 78}, tab="7F7F7F")
    sheet.band(1, 1, 2, template.title, "title")
    sheet.band(2, 1, 2, template.mark_text, "mark")
    sheet.heights = {1: 34}
    facts = (
        ("批次", template.batch_code),
        ("申报年度", f"{template.reporting_year}年"),
        ("规则版本", template.rule_set_ref),
    )
    for row, (key, value) in enumerate((("表单", template.form.title_zh), *facts), 4):
        sheet.put(row, 1, key, "key")
        sheet.put(row, 2, value, "text")
    sheet.band(9, 1, 2, "填写说明", "group")
    for row, step in enumerate(_STEPS, 10):
        sheet.band(row, 1, 2, step.format(basics=BASICS_SHEET, table=TABLE_SHEET), "step")
        sheet.heights[row] = 36
    _legend(sheet, 10 + len(_STEPS) + 1)
    return sheet


def _legend(sheet: PlanSheet, row: int) -> None:
    sheet.band(row, 1, 2, "颜色", "group")
    for number, (look, name, text) in enumerate(_LEGEND, row + 1):
        sheet.put(number, 1, name, look)
        sheet.put(number, 2, text, "text")


def _lists(template: Template, lists: PlanSheet) -> dict[tuple[str, ...], str]:
    """Writes each distinct list of choices into a column of its own; the ranges by their words."""
    ranges: dict[tuple[str, ...], str] = {}
    for spec in _all_specs(template):
        words = _words(spec)
        if words and words not in ranges:
            column = len(ranges) + 2
            for row, word in enumerate(words, 1):
                lists.put(row, column, word)
            letters = column_letters(column)
            ranges[words] = f"'{LISTS_SHEET}'!${letters}$1:${letters}${len(words)}"
    return ranges


def _words(spec: FieldSpec) -> tuple[str, ...]:
    if spec.kind is Kind.BOOLEAN:
        return ("是", "否")
    return tuple(choice.name_zh for choice in spec.choices) if spec.kind is Kind.ENUM else ()


def _all_specs(template: Template) -> Iterator[FieldSpec]:
    yield from (*template.form.basics, *template.form.table)
    for annex in template.form.annexes:
        yield from annex.columns


def _headed(template: Template, name: str, title: str, last: int) -> PlanSheet:
    sheet = PlanSheet(name)
    sheet.band(1, 1, last, title, "title")
    sheet.band(2, 1, last, template.mark_text, "mark")
    sheet.heights = {1: 30, HEAD_ROW: 26}
    return sheet


def _basics(template: Template, ranges: dict[tuple[str, ...], str]) -> PlanSheet:
    sheet = _headed(template, BASICS_SHEET, f"{BASICS_SHEET}", 5)
    sheet.widths = {1: 8, 2: 30, 3: 44, 4: 8, 5: 46}
    sheet.freeze, sheet.repeat_rows, sheet.landscape = f"C{HEAD_ROW + 1}", f"{HEAD_ROW}:{HEAD_ROW}", True
    for column, head in enumerate((ANCHOR, LABEL_HEAD, ANSWER_HEAD, UNIT_HEAD, HINT_HEAD), 1):
        sheet.put(HEAD_ROW, column, head, "head")
    for row, spec in enumerate(template.form.basics, HEAD_ROW + 1):
        sheet.put(row, 1, spec.row, "code")
        sheet.put(row, 2, spec.name_zh, "label")
        sheet.cells[(row, BASICS_ANSWER_COLUMN)] = answer_cell(spec)
        sheet.put(row, 4, unit_name(spec), "unit")
        sheet.put(row, 5, _hint(spec), "hint")
        sheet.heights[row] = _height(_hint(spec), 23, spec.name_zh, 15)
        _guard(sheet, spec, cell_name(row, BASICS_ANSWER_COLUMN), ranges)
    return sheet


def _table(template: Template, ranges: dict[tuple[str, ...], str]) -> PlanSheet:
    years = template.table_years
    hint_column = FIRST_YEAR_COLUMN + len(years)
    sheet = _headed(template, TABLE_SHEET, f"{TABLE_SHEET}（{template.reporting_year}年）", hint_column)
    widths = {FIRST_YEAR_COLUMN + back: 15.0 for back in range(len(years))}
    sheet.widths = {1: 8, 2: 44, 3: 8, **widths, hint_column: 48}
    sheet.freeze = f"{column_letters(FIRST_YEAR_COLUMN)}{HEAD_ROW + 1}"
    sheet.repeat_rows, sheet.landscape = f"{HEAD_ROW}:{HEAD_ROW}", True
    heads = (ANCHOR, LABEL_HEAD, UNIT_HEAD, *(f"{year}年" for year in years), HINT_HEAD)
    for column, head in enumerate(heads, 1):
        sheet.put(HEAD_ROW, column, head, "head")
    for row, spec in _table_rows(template):
        if spec.code:
            _table_row(template, sheet, row, spec, ranges)
        else:
            sheet.band(row, 1, hint_column, spec.group_zh, "group")
    return sheet


def _table_row(
    template: Template, sheet: PlanSheet, row: int, spec: FieldSpec, ranges: dict[tuple[str, ...], str]
) -> None:
    years = template.years(spec)
    hint_column = FIRST_YEAR_COLUMN + len(template.table_years)
    sheet.put(row, 1, spec.row, "code")
    sheet.put(row, 2, spec.name_zh, "part" if spec.name_zh.startswith("其中") else "label")
    sheet.put(row, 3, unit_name(spec), "unit")
    for back, year in enumerate(template.table_years):
        asked = year in years
        sheet.cells[(row, FIRST_YEAR_COLUMN + back)] = answer_cell(spec) if asked else PlanCell("—", "closed")
    sheet.put(row, hint_column, _hint(spec), "hint")
    sheet.heights[row] = _height(_hint(spec), 24, spec.name_zh, 22)
    last = FIRST_YEAR_COLUMN + len(years) - 1
    _guard(sheet, spec, f"{cell_name(row, FIRST_YEAR_COLUMN)}:{cell_name(row, last)}", ranges)


def _table_rows(template: Template) -> Iterator[tuple[int, FieldSpec]]:
    """Row numbers of the data table, group by group; a spec without code stands for the heading of a group."""
    row, group = HEAD_ROW + 1, ""
    groups = list(dict.fromkeys(spec.group_zh for spec in template.form.table))
    for spec in sorted(template.form.table, key=lambda spec: groups.index(spec.group_zh)):
        if spec.group_zh and spec.group_zh != group:
            group = spec.group_zh
            yield row, FieldSpec("", "", "", "", "text", Kind.TEXT, group_zh=group)
            row += 1
        yield row, spec
        row += 1


def _annex(template: Template, annex: AnnexSpec, ranges: dict[tuple[str, ...], str]) -> PlanSheet:
    last = len(annex.columns) + 1
    sheet = _headed(template, annex_sheet(annex), f"附表{annex.letter}　{annex.name_zh}", last)
    sheet.band(3, 1, last, _annex_hint(template, annex), "subtitle")
    sheet.freeze, sheet.landscape, sheet.tab = f"B{ANNEX_CODE_ROW + 1}", True, "548235"
    sheet.repeat_rows = f"{HEAD_ROW}:{ANNEX_CODE_ROW}"
    sheet.widths[1] = 8
    for row, text, look in (
        (HEAD_ROW, NUMBER_HEAD, "head"),
        (5, UNIT_HEAD, "unit"),
        (ANNEX_CODE_ROW, ANCHOR, "code_head"),
    ):
        sheet.put(row, 1, text, look)
    for line in range(1, min(SHOWN_LINES, annex.max_rows) + 1):
        sheet.put(ANNEX_CODE_ROW + line, 1, line, "code")
    for column, spec in enumerate(annex.columns, 2):
        _annex_column(sheet, annex, column, spec, ranges)
    stretch = max(1.0, PAGE_WIDTH / sum(sheet.widths.values()))
    sheet.widths = {column: width * (stretch if column > 1 else 1) for column, width in sheet.widths.items()}
    return sheet


def _annex_column(
    sheet: PlanSheet, annex: AnnexSpec, column: int, spec: FieldSpec, ranges: dict[tuple[str, ...], str]
) -> None:
    sheet.put(HEAD_ROW, column, spec.name_zh + ("" if spec.required else "（选填）"), "head").comment = _hint(spec)
    sheet.put(5, column, unit_name(spec), "unit")
    sheet.put(ANNEX_CODE_ROW, column, column_code(annex, spec), "code_head")
    sheet.widths[column] = {Kind.TEXT: 24.0, Kind.ENUM: 18.0}.get(spec.kind, 14.0)
    sheet.open_columns[column] = answer_cell(spec)
    for line in range(1, min(SHOWN_LINES, annex.max_rows) + 1):
        sheet.cells[(ANNEX_CODE_ROW + line, column)] = answer_cell(spec)
    letters, first = column_letters(column), ANNEX_CODE_ROW + 1
    _validate(sheet, spec, f"{letters}{first}:{letters}{ANNEX_CODE_ROW + annex.max_rows}", ranges)


def _annex_hint(template: Template, annex: AnnexSpec) -> str:
    text = f"每行一条，最多 {annex.max_rows} 行，中间不留空行。"
    if annex.counts:
        spec = template.form.field(annex.counts)
        text += f"行数应与评价数据表 {spec.row}“{spec.name_zh}”一致。"
    return text


def _guard(sheet: PlanSheet, spec: FieldSpec, cells: str, ranges: dict[tuple[str, ...], str]) -> None:
    if spec.required:
        sheet.wanted.append(cells)
    _validate(sheet, spec, cells, ranges)


def _validate(sheet: PlanSheet, spec: FieldSpec, cells: str, ranges: dict[tuple[str, ...], str]) -> None:
    title = f"{spec.row} {spec.name_zh}"
    if words := _words(spec):
        sheet.rules.append(Rule(cells, "list", ranges[words], title, "请从列表中选择"))
    elif spec.kind is Kind.INTEGER:
        sheet.rules.append(Rule(cells, "whole", "0", title, f"请填整数，单位：{unit_name(spec)}"))
    elif spec.kind in FIGURES:
        bound = "-1E+15" if spec.kind is Kind.DECIMAL_SIGNED else "0"
        text = f"请填数字，单位：{unit_name(spec)}，最多 {spec.places} 位小数"
        sheet.rules.append(Rule(cells, "decimal", bound, title, text))
    elif spec.kind is Kind.USCC:
        sheet.rules.append(Rule(cells, "length", "18", title, "请填 18 位统一社会信用代码"))


def _hint(spec: FieldSpec) -> str:
    parts = [spec.hint_zh]
    if not spec.required:
        parts.append("选填")
    if spec.evidence_zh:
        parts.append(f"佐证：{spec.evidence_zh}")
    return "；".join(part for part in parts if part)


def _height(hint: str, hint_width: int, label: str, label_width: int) -> float:
    """Row height for the longer of two wrapped texts, in points."""
    lines = max(-(-len(hint) // hint_width), -(-len(label) // label_width), 1)
    return 8 + 14.0 * lines
