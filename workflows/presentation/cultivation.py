"""The cultivation list in words: lines of lists, facts of an entry, its reports, the list that everybody reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accreditation.cultivation_words import CultivationEnd, CultivationGround, CultivationState
from accreditation.models import Cultivation, CultivationRelease, Enterprise, GapReport
from accreditation.selectors.holders import day_of
from accreditation.templatetags.dates import day_text
from accreditation.templatetags.language import is_english
from accreditation.templatetags.parts import state_tone
from criteria.exact import fixed_text
from workflows.presentation.standings import industry_name
from workflows.presentation.words import Words, district_name, filled, quoted

TOTAL_PLACES = 2


def state_tag(row: Cultivation) -> Words:
    """The state as a cell."""
    return {"text": str(CultivationState(row.state).label), "tone": state_tone(row.state)}


def ground_name(code: str) -> str:
    """A ground in words."""
    return str(CultivationGround(code).label)


def columns() -> list[Words]:
    """Heads of the office's list."""
    labels = (_("单位名称"), _("所在区"), _("产业领域"), _("入库依据"), _("入库日期"), _("最近差距报告"), _("状态"))
    return [{"label": label} for label in labels]


def line(row: Cultivation) -> Words:
    """One stay in the office's list; the name leads to it. Needs `reported_on`."""
    reported = getattr(row, "reported_on", None)
    return {
        "cells": [
            {"text": quoted(row.enterprise.name), "href": reverse("office_cultivation_entry", args=[row.number]),
             "hint": f"{row.number} {row.enterprise.uscc}"},
            district_name(row.enterprise.district),
            industry_name(row.industry),
            {"text": ground_name(row.ground), "hint": quoted(row.source) if row.source else ""},
            day_text(row.listed_from) if row.listed_from else "—",
            day_text(reported) if reported else "—",
            state_tag(row),
        ],
    }  # fmt: skip


def facts(row: Cultivation) -> list[Words]:
    """Everything of one stay for its page; what is not known yet is left out."""
    said = [
        (_("统一社会信用代码"), row.enterprise.uscc),
        (_("所在区"), district_name(row.enterprise.district)),
        (_("产业领域"), industry_name(row.industry)),
        (_("入库依据"), ground_name(row.ground)),
        (_("申请理由"), quoted(row.statement) if row.statement else ""),
        (_("申请日期"), day_text(day_of(row.asked_at)) if row.asked_at else ""),
        (_("依据文件"), quoted(row.source) if row.source else ""),
        (_("入库日期"), day_text(row.listed_from) if row.listed_from else ""),
        (_("出库日期"), day_text(row.ended_on) if row.ended_on else ""),
        (_("出库原因"), str(CultivationEnd(row.ended_for).label) if row.ended_for else ""),
        (_("理由"), quoted(row.remark) if row.remark else ""),
    ]
    return [{"label": label, "value": value} for label, value in said if value]


def report_rows(rows: Iterable[GapReport], address: str) -> list[Words]:
    """Reports of a stay: `href`, `made_on`, `year`, `total`, `by`."""
    return [
        {
            "href": reverse(address, args=[row.cultivation.number, row.ordinal]),
            "ordinal": row.ordinal,
            "made_on": row.made_on,
            "year": row.reporting_year,
            "total": fixed_text(Fraction(row.total), TOTAL_PLACES) if row.total else "",
            "by": quoted(row.made_by),
        }
        for row in rows
    ]


def own_card(row: Cultivation) -> Words:
    """One stay for the enterprise: name, number, state, what comes next."""
    return {
        "name": row.enterprise.name,
        "number": row.number,
        "state": state_tag(row),
        "href": reverse("my_cultivation_entry", args=[row.number]),
        "listed_from": row.listed_from,
        "remark": quoted(row.remark) if row.remark else "",
    }


def public_columns() -> list[Words]:
    """Heads of the public list."""
    return [{"label": label} for label in (_("单位名称"), _("所在区"), _("产业领域"), _("入库日期"))]


def public_rows(release: CultivationRelease, today: Mapping[str, Enterprise]) -> list[Words]:
    """The list as it was released: names as they stood on that day, with today's beside them where they differ."""
    return [
        {
            "cells": [
                {"text": _name(line["name"], line["name_en"]), "hint": _now(line["name"], today.get(line["number"]))},
                district_name(line["district"]),
                industry_name(line["industry"]),
                line["since"],
            ]
        }
        for line in release.lines
    ]


def _name(name_zh: str, name_en: str) -> str | SafeString:
    return name_en if is_english() and name_en else quoted(name_zh)


def _now(printed: str, enterprise: Enterprise | None) -> str | SafeString:
    if enterprise is None or enterprise.name == printed:
        return ""
    return filled(_("现名：%(name)s"), name=_name(enterprise.name, enterprise.name_en))
