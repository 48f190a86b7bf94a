"""Each kind of fault, planted into every cell that it fits, is named with its sheet and cell."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from criteria.workbook import Severity, Template, examine
from criteria.workbook.planting import PLANTS, edit_sheet, fits, plant, replace_cell

Key = tuple[str, int | None]


def keys_of(template: Template) -> Iterator[Key]:
    """All input cells of basics and data table, and the second line of each annex column."""
    for spec in (*template.form.basics, *template.form.table):
        for year in template.years(spec):
            yield (spec.code, year)
    for annex in template.form.annexes:
        for column in annex.columns:
            yield (f"{annex.code}.{column.code}", 2)


@pytest.mark.slow
@pytest.mark.parametrize("kind", PLANTS)
def test_planted_fault_is_the_only_error_and_names_its_cell(kind: str, good: bytes, template: Template) -> None:
    keys = [key for key in keys_of(template) if fits(kind, template, key)]
    assert keys, kind
    for key in keys:
        planted = plant(kind, template, key, good)
        reading = examine(planted.workbook, template)
        errors = {(fault.code, fault.sheet, fault.cell) for fault in reading.faults.errors}
        assert errors == {(planted.code, planted.sheet, planted.cell)}, (kind, key)
        assert all(fault.severity is Severity.ERROR for fault in reading.faults.errors)


@pytest.mark.slow
def test_every_cell_takes_at_least_five_kinds(template: Template) -> None:
    for key in keys_of(template):
        assert sum(fits(kind, template, key) for kind in PLANTS) >= 5, key


def test_planting_where_there_is_no_cell_is_an_error(good: bytes, template: Template) -> None:
    with pytest.raises(LookupError):
        edit_sheet(good, template, "评价数据表", replace_cell("ZZ9", "|"))
    with pytest.raises(KeyError):
        plant("missing", template, ("nothing", None), good)
