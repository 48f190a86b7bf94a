"""The report for the joint conference as a workbook: one sheet per cut, one of the changes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from criteria.workbook.plan import Content, PlanBook
from criteria.workbook.template import render
from workflows.exports.standings import table_sheet
from workflows.presentation.conference import heads
from workflows.presentation.words import Words

WIDTHS = (36, 12, 12, 12)
CHANGE_WIDTHS = (12, 12, 32, 36, 10, 22)


def conference_workbook(report: Words) -> bytes:
    """The .xlsx of `conference_words`; every text is text, never a formula."""
    period = f"{report['since']} — {report['until']}"
    total: list[list[Content]] = [[_("合计"), *report["total"]]]
    sheets = [table_sheet(_("合计"), [period, *heads()], total, WIDTHS)]
    for table in report["tables"]:
        rows: list[list[Content]] = [[str(row["label"]), *row["counts"]] for row in table["rows"]]
        sheets.append(table_sheet(table["title"], [table["head"], *heads()], rows, WIDTHS))
    changes: list[list[Content]] = [
        [str(row["on"]), row["what"], row["plain_holder"], row["programme"], row["tier"], row["number"]]
        for row in report["changes"]
    ]
    columns = [_("日期"), _("变化"), _("单位名称"), _("项目"), _("级别"), _("称号编号")]
    sheets.append(table_sheet(_("期内变化"), columns, changes, CHANGE_WIDTHS))
    return render(PlanBook(_("联席会议报告"), sheets, footer=period))
