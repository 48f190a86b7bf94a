"""A simulation as a workbook: summary, counts by district, trade and size, bands, every applicant."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from criteria.exact import shown_text
from criteria.simulation import Move, Result, Row, SetName, Simulation, Verdict
from criteria.simulation_text import MOVES
from criteria.workbook.layout import cell_name
from criteria.workbook.plan import Content, PlanBook, PlanSheet
from criteria.workbook.template import render

POINTS = "0.00"
_VERDICTS = {
    Verdict.RECOGNISED: ("符合", "recognised"),
    Verdict.REFUSED: ("不符合", "refused"),
    Verdict.UNDETERMINED: ("不能判定", "undetermined"),
}
_LOOKS = {Move.GAINS: "good", Move.LOSES: "red", Move.CANNOT_TELL: "amber"}
_SHEETS = {
    "summary": ("概要", "Summary"),
    "district": ("分区", "By district"),
    "industry": ("分行业", "By industry"),
    "size": ("分规模", "By size"),
    "bands": ("等次变化", "Bands"),
    "rows": ("逐户", "Applicants"),
}
_HEADS = {
    "zh": ("申报编号", "单位名称", "区", "行业", "规模", "现有资格", "变化", "原版本结论", "原得分", "原等次",
           "新版本结论", "新得分",
           "新等次", "得分差", "起作用的条件和指标", "未计入的条件"),
    "en": ("Case", "Applicant", "District", "Industry", "Size", "Holds the title", "Change", "Before", "Points before",
           "Band before", "After", "Points after", "Band after", "Difference", "Gates and indicators that matter",
           "Gates left aside"),
}  # fmt: skip
_WIDTHS = (18, 32, 14, 18, 10, 10, 12, 12, 10, 12, 12, 10, 12, 10, 30, 16)


_QUARTILES = (("得分下四分位", "lower quartile"), ("得分中位数", "median"), ("得分上四分位", "upper quartile"))


class _Words:
    """Texts of one language."""

    def __init__(self, lang: str, simulation: Simulation) -> None:
        self.place = 0 if lang == "zh" else 1
        self.lang, self.labels = lang, simulation.labels

    def say(self, zh: str, en: str) -> str:
        return (zh, en)[self.place]

    def move(self, move: Move) -> str:
        return MOVES[move][self.place]

    def label(self, group: str, code: str) -> str:
        found = self.labels.get(group, {}).get(code)
        return found[self.place] if found else code or self.say("未填", "not given")

    def band(self, edition: SetName, code: str) -> str:
        names = {one: pair for one, *pair in edition.bands}
        return names[code][self.place] if code in names else "—"

    def name(self, edition: SetName) -> str:
        return (edition.name_zh, edition.name_en)[self.place]


def simulation_workbook(simulation: Simulation, lang: str) -> bytes:
    """The .xlsx of a simulation, `lang` being `zh` or `en`; every text is text, never a formula."""
    words = _Words(lang, simulation)
    sheets = [_summary(simulation, words)]
    sheets += [_groups(simulation, words, group) for group in ("district", "industry", "size")]
    sheets += [_bands(simulation, words), _rows(simulation, words)]
    return render(PlanBook(words.say("规则试算", "Policy simulation"), sheets, footer=simulation.after.ref))


def _sheet(words: _Words, name: str, widths: Sequence[float]) -> PlanSheet:
    sheet = PlanSheet(_SHEETS[name][words.place], protected=False)
    sheet.widths = dict(enumerate(widths, start=1))
    return sheet


def _summary(simulation: Simulation, words: _Words) -> PlanSheet:
    sheet = _sheet(words, "summary", (34, 40, 40))
    sheet.put(1, 1, words.say("规则试算", "Policy simulation"), "title")
    sheet.put(
        2, 1, words.say("按两个版本重新计算以往全部申报", "All past applications scored under two editions"), "subtitle"
    )
    _table(sheet, 4, ("", words.say("原版本", "before"), words.say("新版本", "after")), _editions(simulation, words))
    counts: list[list[Content]] = [[words.move(move), count] for move, count in simulation.counts().items()]
    total: list[Content] = [words.say("合计", "all"), len(simulation.rows)]
    after = _table(sheet, 13, (words.say("变化", "change"), words.say("户数", "applicants")), [*counts, total])
    holders = sum(row.holds_title and row.move is Move.LOSES for row in simulation.rows)
    sheet.put(
        after + 1, 1, words.say("其中现有资格的单位失去资格", "of these, present holders that lose the title"), "label"
    )
    sheet.put(after + 1, 2, holders, "text")
    return sheet


def _editions(simulation: Simulation, words: _Words) -> list[list[Content]]:
    both = (simulation.before, simulation.after)
    totals = [words.say("是", "yes") if one.has_total else words.say("否", "no") for one in both]
    rows: list[list[Content]] = [
        [words.say("名称", "name"), *(words.name(one) for one in both)],
        [words.say("版本", "edition"), *(one.ref for one in both)],
        [words.say("校验码", "checksum"), *(one.checksum[:16] for one in both)],
        [words.say("能给出总分", "gives a total"), *totals],
    ]
    quartiles = [simulation.quartiles(side) for side in ("before", "after")]
    for number, name in enumerate(_QUARTILES):
        rows.append([words.say(*name), *(shown_text(one[number]) if one else "—" for one in quartiles)])
    return rows


def _groups(simulation: Simulation, words: _Words, group: str) -> PlanSheet:
    sheet = _sheet(words, group, (30, 12, 12, 12, 12, 12, 12))
    heads = [_SHEETS[group][words.place], words.say("户数", "applicants"), *(words.move(move) for move in Move)]
    rows: list[list[Content]] = [
        [words.label(group, code), sum(held.values()), *held.values()] for code, held in simulation.by(group).items()
    ]
    sums: list[Content] = [words.say("合计", "all"), len(simulation.rows), *simulation.counts().values()]
    _table(sheet, 1, heads, [*rows, sums])
    sheet.freeze, sheet.repeat_rows = "B2", "1:1"
    return sheet


def _bands(simulation: Simulation, words: _Words) -> PlanSheet:
    sheet = _sheet(words, "bands", (24, 24, 12))
    rows: list[list[Content]] = [
        [words.band(simulation.before, old), words.band(simulation.after, new), count]
        for (old, new), count in simulation.bands().items()
    ]
    _table(
        sheet, 1, (words.say("原等次", "before"), words.say("新等次", "after"), words.say("户数", "applicants")), rows
    )
    end = len(rows) + 3
    columns: list[list[Content]] = [[f"{low}–{low + 5}", old, new] for low, old, new in simulation.histogram()]
    heads = (words.say("总分", "total"), words.say("原户数", "before"), words.say("新户数", "after"))
    _table(sheet, end, heads, columns)
    return sheet


def _rows(simulation: Simulation, words: _Words) -> PlanSheet:
    sheet = _sheet(words, "rows", _WIDTHS)
    sheet.landscape, sheet.freeze, sheet.repeat_rows = True, "C2", "1:1"
    heads = _HEADS[words.lang]
    for column, head in enumerate(heads, start=1):
        sheet.put(1, column, head, "head")
    for number, row in enumerate(simulation.rows, start=2):
        _applicant(sheet, number, row, simulation, words)
    sheet.filters = f"A1:{cell_name(max(len(simulation.rows) + 1, 1), len(heads))}"
    return sheet


def _applicant(sheet: PlanSheet, number: int, row: Row, simulation: Simulation, words: _Words) -> None:
    holds = words.say("有", "yes") if row.holds_title else words.say("无", "no")
    cells: list[Content] = [
        row.reference, row.name, row.district, words.label("industry", row.industry), words.label("size", row.size),
        holds, words.move(row.move), *_result(row.before, simulation.before, words),
        *_result(row.after, simulation.after, words), row.difference, "、".join(row.causes),
        "、".join(dict.fromkeys((*row.before.left_aside, *row.after.left_aside))),
    ]  # fmt: skip
    for column, content in enumerate(cells, start=1):
        look = _LOOKS.get(row.move, "text") if column == 7 else "text"
        sheet.put(number, column, content, look, POINTS if isinstance(content, Fraction) else "General")


def _result(result: Result, edition: SetName, words: _Words) -> list[Content]:
    return [_VERDICTS[result.verdict][words.place], result.total, words.band(edition, result.band)]


def _table(sheet: PlanSheet, top: int, heads: Sequence[str], rows: Sequence[Sequence[Content]]) -> int:
    """Write a small table; the row after its last."""
    for column, head in enumerate(heads, start=1):
        sheet.put(top, column, head, "head")
    for number, row in enumerate(rows, start=top + 1):
        for column, content in enumerate(row, start=1):
            sheet.put(number, column, content, "label" if column == 1 else "text")
    return top + len(rows) + 1
