"""Standings in words: kinds, levels, fields, lines of lists, and what the register asks of an application."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from accreditation.enums import StandingLevel, StandingState
from accreditation.errors import Reason
from accreditation.models import Standing
from accreditation.seeds.standings import catalogue
from accreditation.selectors.standings import standings_of, stands
from accreditation.templatetags.parts import state_tone
from criteria.figures import Confidence
from workflows.presentation.words import Words, confidence_mark, district_name, either, quoted


def kind_name(code: str) -> str:
    """A kind in words; its code where the catalogue no longer has it."""
    entry = catalogue().kinds.get(code)
    return either(entry, "name") if entry else code


def industry_name(code: str) -> str:
    """A strategic industry in words; what stands for none when the code is empty."""
    entry = catalogue().industries.get(code)
    return either(entry, "name") if entry else code or _("未登记领域")


def level_name(code: str) -> str:
    """A level in words."""
    return str(StandingLevel(code).label)


def mark_of(confidence: str) -> Words:
    """The mark of a confidence: `text`, `tone`."""
    return confidence_mark(Confidence(confidence))


def state_tag(state: str) -> Words:
    """The state of an entry or a file as a cell."""
    return {"text": str(StandingState(state).label), "tone": state_tone(state)}


def columns() -> list[Words]:
    """Heads of the list of standings."""
    labels = (_("持有单位"), _("类别"), _("名称"), _("年份"), _("来源"), _("状态"))
    return [{"label": label} for label in labels]


def line(row: Standing) -> Words:
    """One standing in a list; the holder leads to its entry."""
    kind = f"{kind_name(row.kind)}{_('（')}{level_name(row.level)}{_('）')}"
    return {
        "cells": [
            {"text": quoted(row.holder_name), "href": reverse("office_standing", args=[row.number]),
             "hint": f"{row.holder_uscc} {district_name(row.district)}".strip()},
            {"text": kind, "hint": industry_name(row.industry) if row.industry else ""},
            {"text": quoted(row.name or "—"), "hint": quoted(row.reference) if row.reference else ""},
            {"text": row.year, "hint": span(row)},
            {"text": quoted(row.source), "hint": mark_of(row.confidence)["text"]},
            state_tag(row.state),
        ],
    }  # fmt: skip


def span(row: Standing) -> str:
    """From when until when, as far as it is known."""
    until = row.ended_on or row.valid_until
    if not row.valid_from and not until:
        return ""
    return f"{row.valid_from or row.year} — {until or ''}"


def facts(row: Standing) -> list[Words]:
    """Everything of one standing for its page."""
    said = [
        (_("类别"), kind_name(row.kind)),
        (_("级别"), level_name(row.level)),
        (_("持有单位"), quoted(row.holder_name)),
        (_("统一社会信用代码"), row.holder_uscc),
        (_("所在区"), district_name(row.district) or "—"),
        (_("名称"), quoted(row.name or "—")),
        (_("证书或文件编号"), quoted(row.reference or "—")),
        (_("战略性新兴产业领域"), industry_name(row.industry) if row.industry else "—"),
        (_("年份"), row.year),
        (_("有效期"), span(row) or "—"),
        (_("来源文件"), quoted(row.source)),
        (_("来源网址"), quoted(row.source_url or "—")),
        (_("可信度"), mark_of(row.confidence)["text"]),
        (_("录入"), quoted(row.entered_by)),
        (_("复核"), quoted(row.settled_by) if row.settled_by else "—"),
    ]
    if row.remark:
        said.append((_("理由"), quoted(row.remark)))
    return [{"label": label, "value": value} for label, value in said]


def fault_rows(reasons: Iterable[Reason]) -> list[Words]:
    """Faults of a file in the order of its cells: `place`, `text`."""
    return [{"place": "" if one.place == "file" else one.place, "text": str(one)} for one in reasons]


def held_rows(uscc: str, on: date) -> list[Words]:
    """What the register has of an enterprise that stands on a day: `text`, `name`, `year`, `source`, `mark`."""
    return [
        {
            "text": f"{kind_name(row.kind)}{_('（')}{level_name(row.level)}{_('）')}",
            "name": quoted(row.name) if row.name else "",
            "year": row.year,
            "source": quoted(row.source),
            "mark": mark_of(row.confidence),
        }
        for row in standings_of(uscc)
        if stands(row, on)
    ]
