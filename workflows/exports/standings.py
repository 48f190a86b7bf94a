"""The register of standings as CSV and workbook, in the columns that an import reads; no cell can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext as _

from accreditation.models import Standing
from accreditation.seeds.standings import catalogue
from accreditation.services.standing_texts import HEADINGS
from criteria.workbook.plan import Content, PlanBook, PlanSheet
from criteria.workbook.template import render
from workflows.exports.register import inert
from workflows.presentation.standings import industry_name, kind_name, level_name, mark_of
from workflows.presentation.words import district_name, either

WIDTHS = (24, 10, 32, 22, 12, 32, 20, 18, 8, 12, 12, 36, 36, 16, 20, 12)


def headings() -> list[str]:
    """Columns of an import, then what only an export tells."""
    return [*(str(label) for label in HEADINGS.values()), _("登记编号"), _("状态"), _("终止日期")]


def cells(row: Standing) -> list[str]:
    """One standing as texts."""
    named = {
        "kind": kind_name(row.kind), "level": level_name(row.level), "district": district_name(row.district),
        "industry": industry_name(row.industry) if row.industry else "", "confidence": mark_of(row.confidence)["text"],
    }  # fmt: skip
    texts = [str(named.get(name, getattr(row, name) or "")) for name in HEADINGS]
    return [*texts, row.number, str(row.get_state_display()), str(row.ended_on or "")]


def csv_lines(rows: Iterable[Standing]) -> Iterator[list[str]]:
    """Heading, then one line per standing, each cell shown as text."""
    yield headings()
    for row in rows:
        yield [inert(cell) for cell in cells(row)]


def workbook_of(rows: Iterable[Standing]) -> bytes:
    """The same as .xlsx, where a text is never a formula; dates stand as ISO text."""
    sheet = table_sheet(_("资质登记簿"), headings(), [cells(row) for row in rows], WIDTHS)
    return render(PlanBook(_("资质登记簿"), [sheet]))


def template_workbook() -> bytes:
    """An empty file for an import, with a second sheet of the values that its columns take."""
    sheet = table_sheet(_("资质登记簿"), [str(label) for label in HEADINGS.values()], [], WIDTHS)
    found = catalogue()
    kinds = [[either(row, "name"), "、".join(map(level_name, row.levels))] for row in found.kinds.values()]
    industries = [[either(row, "name"), ""] for row in found.industries.values()]
    values = table_sheet(_("取值"), [_("类别、领域"), _("可用级别")], [*kinds, *industries], (40, 40))
    return render(PlanBook(_("资质登记簿"), [sheet, values]))


def table_sheet(
    name: str, heads: Sequence[str], rows: Iterable[Sequence[Content]], widths: Sequence[float]
) -> PlanSheet:
    """A plain table: a head that stays, then the rows; texts stay texts."""
    sheet = PlanSheet(name, protected=False, landscape=True)
    sheet.widths = dict(enumerate(widths, start=1))
    for column, head in enumerate(heads, start=1):
        sheet.put(1, column, head, "head")
    for number, row in enumerate(rows, start=2):
        for column, content in enumerate(row, start=1):
            if content not in ("", None):
                sheet.put(number, column, content, "text")
    sheet.freeze, sheet.repeat_rows = "A2", "1:1"
    return sheet
