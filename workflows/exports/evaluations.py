"""The list of a round of evaluations as CSV and workbook; no cell can become a formula."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from django.utils.translation import gettext as _

from accreditation.models import EvaluationCall
from criteria.workbook.plan import PlanBook
from criteria.workbook.template import render
from workflows.exports.register import inert
from workflows.exports.standings import table_sheet
from workflows.presentation.evaluations import call_words
from workflows.presentation.words import Words

WIDTHS = (8, 22, 34, 34, 34, 22, 14, 16, 28, 22, 22, 12, 12, 14, 22)


def headings() -> list[str]:
    """Columns of the list."""
    return [
        _("序号"), _("称号编号"), _("单位名称"), _("现名"), _("称号现持有单位"), _("统一社会信用代码"), _("所在区"),
        _("报送情况"), _("不参加的理由"), _("申报编号"), _("办理状态"), _("评价得分"), _("评价等次"), _("公布日期"),
        _("处理立案"),
    ]  # fmt: skip


def cells(row: Words) -> list[str]:
    """One call as texts."""
    names = (
        "position", "title", "name", "now", "passed_to", "uscc", "district", "part", "reason", "number", "state",
        "score", "band", "published_on", "proposal",
    )  # fmt: skip
    return [str(row[name] or "") for name in names]


def csv_lines(calls: Iterable[EvaluationCall], *, own: Collection[int] = ()) -> Iterator[list[str]]:
    """Heading, then one line per title, each cell shown as text; `own` are keys of own matters of the reader."""
    yield headings()
    for call in calls:
        yield [inert(cell) for cell in cells(call_words(call, is_own=call.pk in own))]


def workbook_of(calls: Iterable[EvaluationCall], *, sha256: str, own: Collection[int] = ()) -> bytes:
    """The same as .xlsx; the hash of the frozen list stands at the foot."""
    lines = [cells(call_words(call, is_own=call.pk in own)) for call in calls]
    sheet = table_sheet(_("评价名单"), headings(), lines, WIDTHS)
    return render(PlanBook(_("评价名单"), [sheet], footer=f"SHA-256 {sha256}"))
