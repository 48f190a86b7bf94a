"""Answers as they are typed, field by field, and the workbook that carries them as text to the reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from criteria.facts import Facts, Scalar, exact_text
from criteria.fields import FieldSpec, FormSpec
from criteria.workbook.layout import Template, annex_sheet
from criteria.workbook.sheets import ANNEX_CODE_ROW, Key, addresses, answer_cell, answer_content, plan_of
from criteria.workbook.template import render

Line = Mapping[str, str]
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Answers:
    """Texts as typed: by (field, year), year None for a basic, and by annex its lines with texts by column code."""

    figures: Mapping[Key, str]
    lines: Mapping[str, Sequence[Line]] = field(default_factory=dict)


def answers_of(facts: Facts, form: FormSpec) -> Answers:
    """The texts that a person would type for these facts; fields that the form does not have are left out."""
    specs = {spec.code: spec for spec in (*form.basics, *form.table)}
    figures = {
        key: text_of(specs[key[0]], fact.value)
        for key, fact in facts.figures.items()
        if key[0] in specs and fact.value is not None
    }
    lines: dict[str, list[Line]] = {}
    for annex in form.annexes:
        columns = {column.code: column for column in annex.columns}
        lines[annex.code] = [
            {code: text_of(columns[code], value) for code, value in row.values.items() if code in columns}
            for row in facts.annexes.get(annex.code, ())
        ]
    return Answers(figures, lines)


def text_of(spec: FieldSpec, value: Scalar) -> str:
    """A value as a person would type it: a choice by its Chinese name, yes and no as 是 and 否, a number exactly."""
    content = answer_content(spec, value)
    if isinstance(content, Fraction):
        return exact_text(content)
    return "" if content is None else str(content)


def typed_workbook(template: Template, answers: Answers) -> bytes:
    """The batch's workbook with every answer as the text that was typed: reading it judges the text, nothing else.

    Empty texts leave their cells empty. Signs that a workbook cannot hold are written so that the reader meets them.
    """
    book = plan_of(template)
    for key, (name, row, column) in addresses(template).items():
        if text := answers.figures.get(key, ""):
            book.sheet(name).cells[(row, column)].content = _escaped(text)
    for annex in template.form.annexes:
        sheet = book.sheet(annex_sheet(annex))
        for number, line in enumerate(answers.lines.get(annex.code, ()), 1):
            sheet.put(ANNEX_CODE_ROW + number, 1, number, "code")
            for column, spec in enumerate(annex.columns, 2):
                cell = answer_cell(spec)
                cell.content = _escaped(line.get(spec.code, "")) or None
                sheet.cells[(ANNEX_CODE_ROW + number, column)] = cell
    return render(book)


def _escaped(text: str) -> str:
    """The text with the workbook format's own escapes, so that reading it back gives the very signs typed."""
    return _NOT_IN_XML.sub(lambda sign: f"_x{ord(sign[0]):04X}_", _LOOKS_ESCAPED.sub("_x005F_", text))
