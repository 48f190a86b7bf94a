"""The cultivation list as CSV and workbook; no cell can become a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from accreditation.cultivation_words import CultivationEnd, CultivationState
from accreditation.models import Cultivation
from criteria.workbook.plan import PlanBook
from criteria.workbook.template import render
from workflows.exports.register import inert
from workflows.exports.standings import table_sheet
from workflows.presentation.cultivation import ground_name
from workflows.presentation.standings import industry_name
from workflows.presentation.words import district_name

WIDTHS = (18, 32, 22, 14, 18, 18, 36, 14, 14, 12, 14, 24, 36)


def headings() -> list[str]:
    """Columns of the export."""
    return [
        _("编号"), _("单位名称"), _("统一社会信用代码"), _("所在区"), _("产业领域"), _("入库依据"), _("依据文件"),
        _("入库日期"), _("最近差距报告"), _("状态"), _("出库日期"), _("出库原因"), _("理由"),
    ]  # fmt: skip


def cells(row: Cultivation) -> list[str]:
    """One stay as texts, days in ISO."""
    reported = getattr(row, "reported_on", None)
    return [
        row.number, row.enterprise.name, row.enterprise.uscc, district_name(row.enterprise.district),
        industry_name(row.industry) if row.industry else "", ground_name(row.ground), row.source,
        str(row.listed_from or ""), str(reported or ""), str(CultivationState(row.state).label),
        str(row.ended_on or ""), str(CultivationEnd(row.ended_for).label) if row.ended_for else "", row.remark,
    ]  # fmt: skip


def csv_lines(rows: Iterable[Cultivation]) -> Iterator[list[str]]:
    """Heading, then one line per stay, each cell shown as text."""
    yield headings()
    for row in rows:
        yield [inert(cell) for cell in cells(row)]


def workbook_of(rows: Iterable[Cultivation]) -> bytes:
    """The same as .xlsx, where a text is never a formula."""
    sheet = table_sheet(_("培育库"), headings(), [cells(row) for row in rows], WIDTHS)
    return render(PlanBook(_("培育库"), [sheet]))
