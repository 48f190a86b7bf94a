"""Each kind of fault, planted into every cell that it fits, is named with its sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from criteria.workbook import Severity, Template, examine
from criteria.workbook.planting import PLANTS, edit_of, edit_sheet, fits, plant, replace_cell, spot_of

Key = tuple[str, int | None]


def keys_of(template: Template) -> Iterator[Key]:
    """All input cells of basics and data table; of each annex its first column in line 1, its second in line 2 ..."""
    for spec in (*template.form.basics, *template.form.table):
        for year in template.years(spec):
            yield (spec.code, year)
    for annex in template.form.annexes:
        for line, column in enumerate(annex.columns, 1):
            yield (f"{annex.code}.{column.code}", line)


def places_of(kind: str, template: Template) -> dict[tuple[str, str], Key]:
    """For each place at which a fault of the kind can be named, one key that leads there."""
    places: dict[tuple[str, str], Key] = {}
    for key in keys_of(template):
        if fits(kind, template, key):
            spot = spot_of(template, key)
            places.setdefault((spot.sheet, edit_of(kind, template, key)[0] or f"A{spot.row}"), key)
    return places


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLANTS)
def test_fault_planted_into_every_cell_at_once_is_named_at_every_cell_and_nowhere_else(
    kind: str, good: bytes, template: Template
) -> None:
    places = places_of(kind, template)
    content = good
    for sheet in {sheet for sheet, _ in places}:
        edits = [edit_of(kind, template, key)[1] for place, key in places.items() if place[0] == sheet]

        def edit_all(xml: str, edits: list = edits) -> str:
            for edit in edits:
                xml = edit(xml)
            return xml

        content = edit_sheet(content, template, sheet, edit_all)
    errors = examine(content, template).faults.errors
    assert {fault.code for fault in errors} == {PLANTS[kind].code}
    assert all(fault.severity is Severity.ERROR for fault in errors)
    if kind == "code_changed":  # a code that is gone has no place; the message names it
        rows = {spot_of(template, key).spec.row for key in places.values()}
        assert {fault.read or fault.expected_zh.split()[-1] for fault in errors} == rows
    else:
        assert sorted((fault.sheet, fault.cell) for fault in errors) == sorted(places)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLANTS)
def test_single_planted_fault_is_the_only_error(kind: str, good: bytes, template: Template) -> None:
    keys = list(places_of(kind, template).values())
    for key in dict.fromkeys((keys[0], keys[len(keys) // 2], keys[-1])):
        planted = plant(kind, template, key, good)
        errors = {(fault.code, fault.sheet, fault.cell) for fault in examine(planted.workbook, template).faults.errors}
        assert errors == {(planted.code, planted.sheet, planted.cell)}, key


def test_every_cell_takes_at_least_four_kinds(template: Template) -> None:
    for key in keys_of(template):
        assert sum(fits(kind, template, key) for kind in PLANTS) >= 4, key


def test_planting_where_there_is_no_cell_is_an_error(good: bytes, template: Template) -> None:
    with pytest.raises(LookupError):
        edit_sheet(good, template, "评价数据表", replace_cell("ZZ9", "|"))
    with pytest.raises(KeyError):
        plant("missing", template, ("nothing", None), good)
