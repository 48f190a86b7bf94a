"""The form in words: the state of each section, the inputs of a page with their marks and faults."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accreditation.templatetags.dates import local
from accreditation.templatetags.figures import grouped_text
from accreditation.templatetags.language import marked
from criteria.fields import FieldSpec, Kind
from criteria.units import unit_name
from criteria.workbook import Severity
from criteria.workbook.sheets import FIGURES
from workflows.presentation.words import Words, either, lang
from workflows.web_form.checking import Found, Spot
from workflows.web_form.filling import LAST_CASE, REGISTER, STANDINGS, Filling, Value, mark_of
from workflows.web_form.sections import Section

YES_NO = (("是", "Yes"), ("否", "No"))


# --- Overview ---------------------------------------------------------------------------------------------------
def section_tasks(filling: Filling, found: Iterable[Found]) -> list[Words]:
    """Sections as rows of `task_list.html`: name, address, state, when something was saved last."""
    faults = list(found)
    return [
        {
            "label": either(section, "name"),
            "href": filling.paths[(section.code, 1)],
            "hint": _saved(filling, section),
            **_state(filling, section, [one for one in faults if one.spot and one.spot.section == section]),
        }
        for section in filling.sections
    ]


def _saved(filling: Filling, section: Section) -> str:
    drafts = filling.drafts_of(section)
    if not drafts:
        return ""
    at = local(max(draft.saved_at for draft in drafts))
    return _("最近保存 %(time)s") % {"time": f"{at:%m-%d %H:%M}"}


def _state(filling: Filling, section: Section, found: list[Found]) -> Words:
    errors = [one for one in found if one.fault.severity is not Severity.WARNING]
    standing = [one for one in errors if not one.is_touched]
    if standing:
        return {
            "state": "problem",
            "words": ngettext("%(n)d 处错误", "%(n)d 处错误", len(standing)) % {"n": len(standing)},
        }
    if not _is_open(filling, section):
        return {"state": "done", "words": _("不需修改")}
    filled, missing = _counts(filling, section)
    if not filled:
        optional = section.annex is not None
        return {"state": "todo", "words": _("未填，没有的不填") if optional else _("未开始")}
    if missing:
        return {"state": "doing", "words": _("还缺 %(n)d 项") % {"n": missing}}
    if filling.has_prefilled(section) and not filling.is_confirmed(section) and _unchecked(filling, section):
        return {"state": "doing", "words": _("预填，请核对")}
    if errors:
        return {"state": "doing", "words": _("已修改，待检查")}
    if section.annex is not None:
        return {"state": "done", "words": ngettext("%(n)d 行", "%(n)d 行", filled) % {"n": filled}}
    return {"state": "done", "words": _("已填写")}


def _is_open(filling: Filling, section: Section) -> bool:
    if section.annex is not None:
        return filling.may_fill(section)
    return any(value.is_open for value in filling.inputs(section, 1))


def _unchecked(filling: Filling, section: Section) -> bool:
    return any(value.source for value in filling.inputs(section, 1))


def _counts(filling: Filling, section: Section) -> tuple[int, int]:
    """How many inputs hold a text, and how many required ones are empty (of an annex: in lines that were begun)."""
    if section.annex is not None:
        rows = filling.lines(section).values()
        needed = [spec.code for spec in section.specs if spec.required]
        return len(rows), sum(not row.get(code, "").strip() for row in rows for code in needed)
    values = list(filling.inputs(section, 1))
    filled = sum(bool(value.text.strip()) for value in values)
    return filled, sum(value.spec.required and not value.text.strip() for value in values)


def fault_links(filling: Filling, found: Iterable[Found], *, of: Section | None = None) -> list[dict[str, Any]]:
    """Faults that still stand as links to their inputs, for the summary at the top; all, or those of one section."""
    links = []
    for one in found:
        if one.is_touched or one.fault.severity is Severity.WARNING:
            continue
        if of is not None and (one.spot is None or one.spot.section != of):
            continue
        where = f"{either(one.spot.section, 'name')}{_('：')}" if one.spot and of is None else ""
        links.append({"text": marked(where + either(one.fault, "message")), "href": _address(filling, one.spot)})
    return links


def _address(filling: Filling, spot: Spot | None) -> str:
    return f"{filling.paths[(spot.section.code, spot.part)]}#id_{spot.name}" if spot else ""


# --- One page ---------------------------------------------------------------------------------------------------
class PageWords:
    """Makes the inputs of one page of the form as `form_input.html` takes them.

    `mine` are texts of inputs in which another tab saved something else meanwhile, `theirs` what it saved.
    """

    def __init__(
        self, filling: Filling, found: Iterable[Found], *, mine: Mapping[str, str], theirs: Mapping[str, str]
    ) -> None:
        self.filling, self.mine, self.theirs = filling, mine, theirs
        self.found: dict[str, list[Found]] = {}
        self.shown: dict[str, str] = {}
        for one in found:
            for spot in one.spots:
                self.found.setdefault(spot.name, []).append(one)

    def basics(self, section: Section) -> list[Words]:
        """Inputs of the basics."""
        return [self.one(value) | self._about(value) for value in self.filling.inputs(section, 1)]

    def table(self, section: Section) -> list[Words]:
        """Lines of a group of the data table: what is asked, and a cell for each year of the table."""
        return [self._row(section, spec) for spec in section.specs]

    def _row(self, section: Section, spec: FieldSpec) -> Words:
        asked = self.filling.template.years(spec)
        values = {year: self.filling.figure(section, spec, year) for year in asked}
        cells = [
            {"year": year, "input": self.one(values[year], f"row-{spec.code} year-{year}") if year in values else None}
            for year in self.filling.template.table_years
        ]
        return self._about(values[asked[0]]) | {
            "key": f"row-{spec.code}",
            "cells": cells,
            "has_errors": _has_errors(cells),
        }

    def annex(self, section: Section, lines: Iterable[int]) -> list[Words]:
        """Lines of an annex, with one cell for each column."""
        return [self._line(section, line) for line in lines]

    def _line(self, section: Section, line: int) -> Words:
        cells = [
            {
                "label": either(spec, "name"),
                "input": self.one(self.filling.in_line(section, line, spec), f"line-{line} col-{spec.code}"),
            }
            for spec in section.specs
        ]
        return {"number": line, "key": f"line-{line}", "cells": cells, "has_errors": _has_errors(cells)}

    def _about(self, value: Value) -> Words:
        spec = value.spec
        return {
            "row": spec.row,
            "label": either(spec, "name"),
            "unit": unit_of(spec),
            "hint": either(spec, "hint") if spec.hint_zh else "",
            "optional": not spec.required,
        }

    def one(self, value: Value, labelled_by: str = "") -> Words:
        """One input: name, kind of control, text, choices, marks, faults."""
        text = self.mine.get(value.name, value.text)
        if value.is_open and value.name not in self.mine:
            self.shown[value.name] = mark_of(text)
        found = self.found.get(value.name, []) if value.is_open else []
        errors = [one for one in found if one.fault.severity is not Severity.WARNING]
        options = _options(value, text)
        return {
            "name": value.name,
            "labelled_by": labelled_by,
            "control": "select" if options else "text",
            "inputmode": "decimal" if value.spec.kind in FIGURES else "",
            "text": text,
            "shown": grouped_text(_shown(options, text)) if value.spec.kind in FIGURES else _shown(options, text),
            "options": options,
            "is_open": value.is_open,
            "is_figure": value.spec.kind in FIGURES,
            "source": _source(value),
            "known": self._known(value),
            "errors": [self._words(one) for one in errors if not one.is_touched],
            "waits": any(one.is_touched for one in errors),
            "questions": [self._words(one) for one in found if one.fault.severity is Severity.WARNING],
            "theirs": self.theirs.get(value.name),
        }

    def _known(self, value: Value) -> str:
        """What stood there before something else was typed, and whence."""
        if not value.is_open or not value.is_typed or not value.known:
            return ""
        source = self.filling.sources.get((value.spec.code, value.year)) if value.line is None else None
        word = {
            REGISTER: _("登记信息：%(text)s"),
            LAST_CASE: _("上次申报：%(text)s"),
            STANDINGS: _("资质登记簿：%(text)s"),
        }.get(source or "", _("已采用：%(text)s"))
        return word % {"text": _shown(_options(value, value.known), value.known)}

    def _words(self, one: Found) -> Words:
        """A fault beside its input: what is wrong, how to put it right, the other inputs that it compares."""
        compared = one.spots if len(one.spots) > 1 else ()
        return {
            "message": marked(either(one.fault, "message")),
            "fix": "" if compared else marked(either(one.fault, "fix")),
            "compared": [{"href": _address(self.filling, spot), "text": self._name(spot)} for spot in compared],
        }

    def _name(self, spot: Spot) -> str:
        value = next(value for value in self.filling.inputs(spot.section, spot.part) if value.name == spot.name)
        year = _("（%(year)s 年）") % {"year": value.year} if value.year else ""
        line = _("（第 %(n)d 行）") % {"n": value.line} if value.line else ""
        return f"{either(value.spec, 'name')}{year}{line}"

    def shown_word(self) -> str:
        """The marks of all open inputs in one word, for the page to send back."""
        return json.dumps(self.shown, separators=(",", ":"))


def _has_errors(cells: Iterable[Words]) -> bool:
    return any(cell["input"] and cell["input"]["errors"] for cell in cells)


def unit_of(spec: FieldSpec) -> str:
    """The unit of a field; empty where the control says enough."""
    return unit_name(spec.unit, lang()) if spec.kind in FIGURES else ""


def _options(value: Value, text: str) -> list[Words]:
    """Choices with the Chinese name as the value, as in the workbook; a text that is none of them stays as one more."""
    spec = value.spec
    if spec.kind is Kind.BOOLEAN:
        pairs = list(YES_NO)
    elif spec.kind is Kind.ENUM:
        pairs = [(choice.name_zh, choice.name_en) for choice in spec.choices]
    else:
        return []
    found = [{"value": zh, "label": zh if lang() == "zh" else en, "is_chosen": zh == text} for zh, en in pairs]
    if text and not any(one["is_chosen"] for one in found):
        found.append({"value": text, "label": marked(text), "is_chosen": True})
    return found


def _shown(options: list[Words], text: str) -> str:
    chosen = next((one["label"] for one in options if one["is_chosen"]), text)
    return str(chosen)


def _source(value: Value) -> str:
    if not value.source or not value.known:
        return ""
    words = {REGISTER: _("预填：登记信息"), STANDINGS: _("预填：资质登记簿")}
    return words.get(value.source, _("预填：上次申报"))
