"""A workbook as plain values: sheets, cells, looks and rules, before the one writer turns them into bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from criteria.workbook.layout import cell_name

Content = str | int | Fraction | None


@dataclass(slots=True)
class PlanCell:
    """One cell: content (text is always text, never a formula), look, number format, comment, link inside the book."""

    content: Content = None
    look: str = "plain"
    number_format: str = "General"
    comment: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A data validation over a range: kind (`list`, `decimal`, `whole`, `length`), bound or list range, words."""

    cells: str
    kind: str
    bound: str
    title: str
    message: str


@dataclass(slots=True)
class PlanSheet:
    """One sheet: cells by row and column from 1, measures, columns open for input, what repeats when printed."""

    name: str
    cells: dict[tuple[int, int], PlanCell] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merges: list[str] = field(default_factory=list)
    open_columns: dict[int, PlanCell] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)  # ranges that are highlighted while empty
    hidden_rows: set[int] = field(default_factory=set)
    freeze: str | None = None
    landscape: bool = False
    repeat_rows: str | None = None
    filters: str | None = None  # range whose columns can be filtered
    protected: bool = True
    concealed: bool = False
    tab: str = "1F4E79"

    def put(
        self, row: int, column: int, content: Content, look: str = "plain", number_format: str = "General"
    ) -> PlanCell:
        """Set a cell and return it."""
        cell = PlanCell(content, look, number_format)
        self.cells[(row, column)] = cell
        return cell

    def band(self, row: int, first: int, last: int, content: Content, look: str) -> None:
        """One text over several merged columns."""
        for column in range(first, last + 1):
            self.put(row, column, content if column == first else None, look)
        if last > first:
            self.merges.append(f"{cell_name(row, first)}:{cell_name(row, last)}")


@dataclass(slots=True)
class PlanBook:
    """A workbook: sheets in order, defined names (name to `'sheet'!$A$1`), custom properties, footer, title."""

    title: str
    sheets: list[PlanSheet] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    footer: str = ""

    def sheet(self, name: str) -> PlanSheet:
        """The sheet of that name; KeyError when there is none."""
        return {sheet.name: sheet for sheet in self.sheets}[name]
