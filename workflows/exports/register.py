"""The register as a CSV file that spreadsheet programs open safely: no cell can become a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Container, Iterable, Iterator

from django.utils.translation import gettext as _

from accreditation.enums import DISTRICTS
from accreditation.models import Title
from accreditation.selectors.granting import granting_bodies
from workflows.presentation.cases import title_name
from workflows.presentation.words import body_name

BYTE_ORDER_MARK = "\ufeff"  # without it a Chinese spreadsheet program reads UTF-8 as GBK
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(text: object) -> str:
    """A cell that is shown as text: one that a program would calculate gets an apostrophe in front."""
    value = str(text)
    return f"'{value}" if value.startswith(FORMULA_SIGNS) else value


def title_lines(titles: Iterable[Title], *, awaiting: Container[int], renewing: Container[int]) -> Iterator[list[str]]:
    """Heading, then one line per title; by their keys the ones that go on past their last day."""
    yield [
        _("称号编号"), _("单位名称"), _("产品"), _("统一社会信用代码"), _("项目"), _("认定机关"), _("所在区"),
        _("认定日期"), _("有效期起"), _("有效期止"), _("认定文号"), _("状态"), _("备注"),
    ]  # fmt: skip
    rows = list(titles)
    bodies = granting_bodies(rows)
    for row in rows:
        body = bodies[row.pk]
        yield [
            inert(cell)
            for cell in (
                row.number, row.holder.name, row.product, row.holder.uscc, title_name(row.programme, body),
                body_name(body), DISTRICTS.get(row.holder.district, row.holder.district), row.granted_on,
                row.valid_from, row.valid_until or "", row.announcement_number, row.get_state_display(),
                _remark(row, awaiting, renewing),
            )
        ]  # fmt: skip


def _remark(row: Title, awaiting: Container[int], renewing: Container[int]) -> str:
    if row.pk in renewing:
        return _("续期待决")
    return _("到期待评价") if row.pk in awaiting else ""


def csv_of(lines: Iterable[Iterable[str]]) -> bytes:
    """The lines as CSV, every cell quoted."""
    stream = io.StringIO()
    stream.write(BYTE_ORDER_MARK)
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(lines)
    return stream.getvalue().encode()
