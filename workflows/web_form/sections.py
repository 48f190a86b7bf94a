"""Pages of the form: the basics, each group of the data table, each annex; what each input is called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse

from criteria.fields import AnnexSpec, FieldSpec, FormSpec

MOST_LINES = 200  # of an annex; for more the workbook is the better tool
LINES_A_PAGE = 50
INPUTS_A_PAGE = 450  # below the number of drafts that one form may have
LINES_ADDED = 5

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the form: code in the address, names, fields of basics or data table, or an annex."""

    code: str
    name_zh: str
    name_en: str
    specs: tuple[FieldSpec, ...]
    annex: AnnexSpec | None = None

    @property
    def lines_a_page(self) -> int:
        """Lines of an annex that stand on one page."""
        return max(1, min(LINES_A_PAGE, INPUTS_A_PAGE // max(1, len(self.specs))))

    @property
    def most_lines(self) -> int:
        """Lines of an annex that can be filled in on pages."""
        return min(MOST_LINES, self.annex.max_rows) if self.annex else 0

    @property
    def parts(self) -> int:
        """How many pages the section can have."""
        return -(-self.most_lines // self.lines_a_page) if self.annex else 1

    def lines_of(self, part: int) -> range:
        """Lines of an annex that belong to a page."""
        first = (part - 1) * self.lines_a_page + 1
        return range(first, min(first + self.lines_a_page, self.most_lines + 1))

    def part_of(self, line: int) -> int:
        """The page of a line."""
        return (line - 1) // self.lines_a_page + 1


def sections_of(form: FormSpec) -> list[Section]:
    """All sections in the order of the workbook; groups of the data table are numbered as they first occur."""
    sections = [Section("basics", "基本情况", "Basic information", form.basics)] if form.basics else []
    sections += [Section(f"table-{n}", *names, specs) for n, (names, specs) in enumerate(_groups(form), 1)]
    sections += [
        Section(f"annex-{annex.code}", _lettered(annex)[0], _lettered(annex)[1], annex.columns, annex)
        for annex in form.annexes
    ]
    return sections


def _groups(form: FormSpec) -> Iterator[tuple[tuple[str, str], tuple[FieldSpec, ...]]]:
    for name in dict.fromkeys(spec.group_zh for spec in form.table):
        specs = tuple(spec for spec in form.table if spec.group_zh == name)
        yield (name or "评价数据", specs[0].group_en or "Data table"), specs


def _lettered(annex: AnnexSpec) -> tuple[str, str]:
    return f"附表{annex.letter} {annex.name_zh}", f"Annex {annex.letter} {annex.name_en}"


def figure_name(code: str, year: int | None) -> str:
    """Name of the input of a basic or a figure."""
    return code if year is None else f"{code}-{year}"


def line_name(annex: str, line: int, column: str) -> str:
    """Name of an input in a line of an annex."""
    return f"{annex}-{line}-{column}"


def form_path(number: str) -> str:
    """Address of the overview."""
    return reverse("my_form", args=[number])


def section_path(number: str, code: str, part: int = 1) -> str:
    """Address of a page of the form; also the key under which its drafts are kept."""
    if part == 1:
        return reverse("my_form_section", args=[number, code])
    return reverse("my_form_part", args=[number, code, part])


def place_on_form(form: FormSpec, number: str, target: str, code: str, year: int | None) -> str:
    """Address of a figure's input, or of an annex, on the form; the overview where the form has no such field."""
    for section in sections_of(form):
        if target == "annex" and section.annex is not None and section.annex.code == code:
            return section_path(number, section.code)
        if target == "figure" and section.annex is None and any(spec.code == code for spec in section.specs):
            return f"{section_path(number, section.code)}#id_{figure_name(code, year)}"
    return form_path(number)
