"""The report for the joint conference in words: tables with their heads, changes, the same for page and workbook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _

from accreditation.enums import TitleState
from accreditation.models import Programme
from accreditation.selectors.conference import Conference, Line
from workflows.presentation.holders import step_words
from workflows.presentation.standings import industry_name
from workflows.presentation.words import Words, district_name, either


def conference_words(found: Conference) -> Words:
    """The report: `tables` (`title`, `head`, `note`, `rows` of label and three counts), `total`, `changes`."""
    names = {row.pk: either(row, "name") for row in Programme.objects.all()}
    labels = {code: _batch_name(*pair) for code, pair in found.batches.items()}
    tables = found.tables
    districts = {code: district_name(code) for code in tables["district"]}
    return {
        "since": found.since,
        "until": found.until,
        "total": _counts(found.total),
        "tables": [
            _table("district", _("按区"), _("区"), tables["district"], districts),
            _table("programme", _("按项目"), _("项目"), tables["programme"], names),
            _table("industry", _("按产业领域"), _("产业领域"), tables["industry"], _industries(tables["industry"])),
            _table("batch", _("按批次"), _("批次"), tables["batch"], labels | {"": _("登记的既有称号")}),
            _table("state", _("按状态"), _("状态"), tables["state"], {s.value: str(s.label) for s in TitleState}),
        ],
        "changes": [step_words(step) for step in found.changes],
    }  # fmt: skip


def heads() -> list[str]:
    """The three counts of every table."""
    return [_("期末数"), _("期内认定"), _("期内终止")]


def _table(code: str, title: str, head: str, lines: Mapping[str, Line], names: Mapping[str, str]) -> Words:
    notes = {
        "industry": _("领域取自资质登记簿；一个单位登记多个领域的，各计一次。"),
        "state": _("全部称号按期末状态统计；其他各表的期末数只计有效和警告。"),
    }
    rows = [{"label": names.get(key, key), "counts": _counts(one)} for key, one in lines.items()]
    return {"code": code, "title": title, "head": head, "rows": rows, "note": notes.get(code, "")}


def _counts(line: Line) -> list[int]:
    return [line.standing, line.granted, line.ended]


def _industries(codes: Iterable[str]) -> dict[str, str]:
    return {code: industry_name(code) for code in codes}


def _batch_name(year: int, ordinal: int) -> str:
    return _("%(year)s 年第 %(n)s 批") % {"year": year, "n": ordinal}
