"""The city's plan in words: each target with what the registers count and what was entered, each with its origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _

from accreditation.models import PlanFigure, Programme
from accreditation.seeds.plan import city_plan
from accreditation.seeds.standings import catalogue
from accreditation.selectors.plan import Held, Progress, by_district, by_industry, counted, granted_by_year, in_force
from accreditation.selectors.plan import progress as progress_on
from workflows.presentation.standings import industry_name, mark_of
from workflows.presentation.words import Words, amount, district_name, either, lang, quoted

LADDER = "ladder"
RUNGS = {"L10": "十", "L100": "百", "L1000": "千"}


def plan_words(on: date) -> Words:
    """The plan's `name`, `rungs` of the ladder, other `groups` of targets, `industries` of the highest rung."""
    found, plan = progress_on(on), city_plan()
    rows = {one.entry.code: target_words(one) for one in found}
    by_group: dict[str, list[Words]] = {}
    for one in found:
        by_group.setdefault(one.entry.group, []).append(rows[one.entry.code])
    thousand = next((one.held or () for one in found if one.entry.code == "L1000"), ())
    return {
        "name": (plan.name_zh, plan.name_en)[lang() == "en"],
        "rungs": [rows[code] | {"sign": sign} for code, sign in RUNGS.items() if code in rows],
        "groups": [
            {"code": code, "label": names[lang() == "en"], "rows": by_group[code]}
            for code, names in plan.groups.items()
            if code in by_group and code != LADDER
        ],
        "industries": industry_counts(thousand),
        "is_empty": not found,
    }


def target_words(one: Progress) -> Words:
    """A target: names, value with qualifier, count of the registers with its origin, newest figure, all figures."""
    entry = one.entry
    newest = one.figures[0] if one.figures else None
    return {
        "code": entry.code,
        "label": either(entry, "name"),
        "article": entry.article,
        "target": entry.target,
        "target_text": f"{amount(entry.target, entry.unit)}{_qualifier(entry.qualifier_zh, entry.qualifier_en)}",
        "target_year": one.target.year,
        "note": (entry.note_zh, entry.note_en)[lang() == "en"],
        "unit_code": entry.unit,
        "count": one.count,
        "origin": _origin(one),
        "basis": _basis(one),
        "newest": figure_words(newest, entry.unit) if newest else None,
        "figures": [figure_words(row, entry.unit) for row in one.figures],
    }


def _qualifier(zh: str, en: str) -> str:
    if lang() == "zh" or not en:
        return zh if lang() == "zh" else ""
    return f" ({en})"


def _origin(one: Progress) -> Words:
    """Where the count comes from: titles granted or imported here, the register of standings, both, or nowhere."""
    counts = one.entry.counts
    if counts is None:
        return {"text": _("登记簿不能统计"), "tone": "grey"}
    if counts.titles and counts.standings:
        return {"text": _("本系统称号名录和资质登记簿"), "tone": "blue"}
    return {"text": _("本系统称号名录") if counts.titles else _("资质登记簿"), "tone": "blue"}


def _basis(one: Progress) -> str:
    """How the count is made."""
    counts = one.entry.counts
    if counts is None:
        return ""
    if counts.yearly:
        return _("今年新增")
    if counts.since:
        return _("%(year)s 年以来取得、今日有效") % {"year": counts.since}
    return _("今日有效，同一单位只计一次") if counts.holders else _("今日有效")


def figure_words(row: PlanFigure, unit: str) -> Words:
    """An entered figure: `year`, `value`, `text`, `source`, `url`, `mark`, `by` (empty where it was shipped)."""
    value = Fraction(row.value)
    return {
        "year": row.year,
        "value": value,
        "text": amount(value, unit),
        "source": quoted(row.source),
        "url": row.source_url,
        "mark": mark_of(row.confidence),
        "by": quoted(row.entered_by) if row.entered_by else "",
    }


def industry_counts(rows: Iterable[Held]) -> list[tuple[str, int]]:
    """Holders by strategic industry in the plan's order, every industry named; those without one last."""
    found = by_industry(rows)
    named = [(industry_name(code), found.get(code, 0)) for code in catalogue().industries]
    return [*named, (industry_name(""), found[""])] if found.get("") else named


def district_counts(rows: Iterable[Held]) -> list[tuple[str, int]]:
    """Holders by district, the most first."""
    return [(district_name(code) or _("未登记"), number) for code, number in by_district(rows).most_common()]


def titles_by_year() -> Words:
    """Titles granted by year (rows, newest first) and programme (`columns`)."""
    found = granted_by_year()
    programmes = list(Programme.objects.filter(pk__in={code for code, _year in found}).order_by("level", "code"))
    years = sorted({year for _code, year in found}, reverse=True)
    return {
        "columns": [either(row, "name") for row in programmes],
        "rows": [{"label": year, "counts": [found.get((row.pk, year), 0) for row in programmes]} for year in years],
    }


def titles_by_district(on: date) -> Words:
    """Titles in force by district (rows, the most first) and programme (`columns`)."""
    held = [row for row in in_force(on) if row.source == "titles"]
    return _crossed(Counter((row.district, row.kind) for row in held))


def _crossed(found: Mapping[tuple[str, str], int]) -> Words:
    programmes = list(Programme.objects.filter(pk__in={code for _district, code in found}).order_by("level", "code"))
    sums: Counter[str] = Counter()
    for (district, _code), number in found.items():
        sums[district] += number
    return {
        "columns": [either(row, "name") for row in programmes],
        "rows": [
            {"label": district_name(code), "counts": [found.get((code, row.pk), 0) for row in programmes]}
            for code, _number in sums.most_common()
        ],
    }


def rung_rows(code: str, on: date) -> list[Words]:
    """Holders that count towards a target, each once: `name`, `uscc`, `district`, `sources`, `has_title`, by name."""
    entry = city_plan().targets[code]
    rows: dict[str, Words] = {}
    for held in counted(entry.counts, in_force(on), on) or ():
        words = {"name": quoted(held.name), "district": district_name(held.district), "sources": [], "has_title": False}
        row = rows.setdefault(held.uscc, {"uscc": held.uscc, **words})
        row["sources"].append(_source_words(held))
        row["has_title"] |= held.source == "titles"
    return sorted(rows.values(), key=lambda row: str(row["name"]))


def _source_words(held: Held) -> str:
    what = _("称号") if held.source == "titles" else _("资质")
    industry = f" {industry_name(held.industry)}" if held.industry else ""
    return f"{what} {held.year}{industry}"
