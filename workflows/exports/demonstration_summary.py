"""推荐企业汇总表 of demonstration enterprises: the columns that the notices list, filled from the filed versions.

The notices' own form was not found, only the list of its columns; what the data table does not ask for stays empty and
is named on the sheet of notes, so that nobody takes an empty cell for a figure of nought.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

from accreditation.enums import Level
from accreditation.models import Application, Title
from accreditation.models.titles import STANDING
from accreditation.services.evaluation import verified_facts
from criteria.facts import Facts
from criteria.workbook.plan import Content
from criteria.workbook.template import write_list
from workflows.presentation.ranking import official_place

OFFICIAL = "推荐企业汇总表.xlsx"
CENTRES = {"national_centre": Level.NATIONAL, "shanghai_municipal_centre": Level.MUNICIPAL}  # programme: level
LEVELS = {Level.NATIONAL: "国家级", Level.MUNICIPAL: "省级"}
HEADS = (
    "序号", "企业名称", "企业类型", "所属行业", "研发经费（千元）", "主营业务收入（千元）", "新产品销售收入（千元）",
    "发明专利数（件）", "实用新型专利数（件）", "外观设计专利数（件）", "企业技术中心级别", "备注",
)  # fmt: skip
NOTES = (
    "栏目依据历年推荐通知所附《推荐企业汇总表》的栏目名称；未取得通知原表，栏目的准确措辞、计量单位和填报口径以当年通知为准。",
    "“企业类型”“实用新型专利数”“外观设计专利数”：评价数据表不采集，留空，报送前由经办人补填。",
    "“所属行业”：评价数据表的主营业务统计行业代码（GB/T 4754）。",
    "“发明专利数”：评价数据表的全部有效发明专利数。",
    "研发经费、主营业务收入、新产品销售收入：{year} 年，千元，核实后采用的数值优先；数据表未填的留空。",
    "“企业技术中心级别”：名录中仍然有效的最高一级；省级即上海市市级企业技术中心。",
    "“序号”：固定的推荐排序；列入补充排序的，写明补充排序的编号和位次。",
)


def demonstration_summary(applications: Sequence[Application]) -> bytes:
    """The table as XLSX, one line for each application of one batch in the order given, and a sheet of notes."""
    levels = _levels({row.enterprise_id for row in applications})
    year = applications[0].batch.reporting_year
    rows = (_line(row, levels.get(row.enterprise_id, ""), year) for row in applications)
    return write_list("推荐企业汇总表", HEADS, rows, notes=[note.format(year=year) for note in NOTES])


def _line(row: Application, level: str, year: int) -> list[Content]:
    facts = verified_facts(row)
    figures = [_shown(facts, code, year) for code in ("rd_expenditure", "revenue_main", "new_product_revenue")]
    return [
        official_place(row.ranking_line),
        row.enterprise.name,
        "",
        _shown(facts, "industry_code", None),
        *figures,
        _shown(facts, "invention_patents_valid", year),
        "",
        "",
        level,
        "",
    ]


def _shown(facts: Facts | None, code: str, year: int | None) -> Content:
    """A number as a number, a text as text, nothing where the data table has nothing."""
    value = facts.value(code, year) if facts else None
    return value if isinstance(value, Fraction) or value is None else str(value)


def _levels(holders: Iterable[int]) -> dict[int, str]:
    """The highest level of a standing centre of each enterprise, by its key."""
    found: dict[int, set[Level]] = defaultdict(set)
    rows = Title.objects.filter(holder__in=list(holders), programme__code__in=CENTRES, state__in=STANDING)
    for holder, code in rows.values_list("holder_id", "programme__code"):
        found[holder].add(CENTRES[code])
    return {
        holder: LEVELS[Level.NATIONAL if Level.NATIONAL in levels else Level.MUNICIPAL]
        for holder, levels in found.items()
    }
