"""One standing from texts, of a form or of a line of a file: every fault at once, each with its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accreditation.enums import DISTRICTS, StandingLevel
from accreditation.errors import Reason
from accreditation.models import Enterprise
from accreditation.seeds.standings import catalogue
from accreditation.services.enterprises import compact_uscc, uscc_faults
from criteria.figures import Confidence
from criteria.workbook.dates import written_date

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LANGUAGES = ("zh-hans", "en")
FIRST_YEAR = 1978
REQUIRED = ("kind", "level", "holder_name", "holder_uscc", "year", "source", "confidence")
HEADINGS: dict[str, _StrPromise] = {  # of columns of a file and labels of a form, in their order
    "kind": _("类别"),
    "level": _("级别"),
    "holder_name": _("持有单位"),
    "holder_uscc": _("统一社会信用代码"),
    "district": _("所在区"),
    "name": _("名称"),
    "reference": _("证书或文件编号"),
    "industry": _("战略性新兴产业领域"),
    "year": _("年份"),
    "valid_from": _("有效期起"),
    "valid_until": _("有效期止"),
    "source": _("来源文件"),
    "source_url": _("来源网址"),
    "confidence": _("可信度"),
}
LENGTHS = {"holder_name": 120, "name": 160, "reference": 80, "source": 200, "source_url": 300}


@dataclass(frozen=True, slots=True)
class Grant:
    """What a standing says, in the columns of its model; codes, days, and the year in which it was granted."""

    kind: str
    level: str
    holder_name: str
    holder_uscc: str
    district: str
    name: str
    reference: str
    industry: str
    year: int
    valid_from: date | None
    valid_until: date | None
    source: str
    source_url: str
    confidence: str


def read_grant(texts: Mapping[str, str], *, on: date) -> tuple[Grant | None, list[Reason]]:
    """A standing from texts by column name, or every fault with the column as its place; `on` is today."""
    said = {name: texts.get(name, "").strip() for name in HEADINGS}
    said["holder_uscc"] = compact_uscc(said["holder_uscc"])
    faults = [*_empty(said), *_too_long(said)]
    for name, known in vocabularies().items():
        if said[name] and said[name] not in known:
            words = _("%(column)s“%(text)s”不在登记簿的取值之内。")
            faults.append(_fault("unknown", words, name, text=said[name]))
        said[name] = known.get(said[name], "")
    if said["holder_uscc"]:
        faults += _code_faults(said["holder_uscc"])
    days = {name: _day(said[name], name, faults) for name in ("valid_from", "valid_until")}
    year = _year(said["year"], days["valid_from"], on, faults)
    faults += [*_contradictions(said, days, year), *_url_faults(said["source_url"])]
    if faults or year is None:
        return None, faults
    return Grant(**{**said, **days, "year": year}), []  # type: ignore[arg-type]  # days and year replace their texts


@lru_cache(maxsize=1)
def vocabularies() -> dict[str, dict[str, str]]:
    """By column with a closed set: every way to write a value (code, Chinese, English) to its code."""
    found = catalogue()
    return {
        "kind": _ways((row.code, (row.name_zh, row.name_en)) for row in found.kinds.values()),
        "level": _ways(_named(dict(zip(StandingLevel.values, StandingLevel.labels, strict=True)))),
        "district": _ways(_named(DISTRICTS)),
        "industry": _ways((row.code, (row.name_zh, row.name_en)) for row in found.industries.values()),
        "confidence": _ways((mark.value, (mark.name_in("zh"), mark.name_in("en"))) for mark in Confidence),
    }


@lru_cache(maxsize=1)
def heading_names() -> dict[str, str]:
    """Every way to write a heading to its column."""
    return _ways(_named(HEADINGS))


def _named(labels: Mapping[str, object]) -> list[tuple[str, tuple[str, ...]]]:
    names: dict[str, list[str]] = {code: [] for code in labels}
    for language in LANGUAGES:
        with override(language):
            for code, label in labels.items():
                names[code].append(str(label))
    return [(code, tuple(ways)) for code, ways in names.items()]


def _ways(entries: Iterable[tuple[str, tuple[str, ...]]]) -> dict[str, str]:
    return {way: code for code, ways in entries for way in (code, *ways)}


def _fault(code: str, words: Promise | str, column: str, **values: object) -> Reason:
    return Reason(code, words % {"column": HEADINGS[column], **values}, column)


def _code_faults(code: str) -> list[Reason]:
    """Faults of a credit code; a registered one whose check character fails was accepted by an officer."""
    faults = [Reason(fault.code, fault.text, "holder_uscc") for fault in uscc_faults(code)]
    if [fault.code for fault in faults] == ["uscc_check"] and Enterprise.objects.filter(uscc=code).exists():
        return []
    return faults


def _empty(said: Mapping[str, str]) -> list[Reason]:
    missing = [name for name in REQUIRED if not said[name] and not (name == "year" and said["valid_from"])]
    return [_fault("empty", _("请填写%(column)s。"), name) for name in missing]


def _too_long(said: Mapping[str, str]) -> list[Reason]:
    words = _("%(column)s不超过 %(most)s 个字。")
    return [_fault("long", words, name, most=most) for name, most in LENGTHS.items() if len(said[name]) > most]


def _day(text: str, column: str, faults: list[Reason]) -> date | None:
    day = written_date(text) if text else None
    if text and day is None:
        words = _("%(column)s应写成 2026-01-31 的形式，读到“%(text)s”。")
        faults.append(_fault("day", words, column, text=text))
    return day


def _year(text: str, begins: date | None, on: date, faults: list[Reason]) -> int | None:
    if not text:
        return begins.year if begins else None
    plain = text.removesuffix("年")
    year = int(plain) if plain.isascii() and plain.isdecimal() and len(plain) == 4 else 0
    if not FIRST_YEAR <= year <= on.year:
        words = _("%(column)s应在 %(first)s 至 %(last)s 之间，读到“%(text)s”。")
        faults.append(_fault("year", words, "year", first=FIRST_YEAR, last=on.year, text=text))
        return None
    return year


def _contradictions(said: Mapping[str, str], days: Mapping[str, date | None], year: int | None) -> list[Reason]:
    faults = []
    begins, ends = days["valid_from"], days["valid_until"]
    if begins and ends and ends < begins:
        faults.append(_fault("backwards", _("%(column)s早于有效期起。"), "valid_until"))
    if begins and year and begins.year < year:
        faults.append(_fault("year_after", _("%(column)s晚于有效期起所在年份。"), "year"))
    kind = catalogue().kinds.get(said["kind"])
    if kind and said["level"] and said["level"] not in kind.levels:
        faults.append(_fault("no_such_level", _("该类别没有这一%(column)s。"), "level"))
    if kind and kind.industry and not said["industry"]:
        faults.append(_fault("no_industry", _("该类别须填写%(column)s。"), "industry"))
    return faults


def _url_faults(url: str) -> list[Reason]:
    if not url:
        return []
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("http", "https") and parts.netloc and not any(sign.isspace() for sign in url):
        return []
    return [_fault("url", _("%(column)s应以 http:// 或 https:// 开头。"), "source_url")]
