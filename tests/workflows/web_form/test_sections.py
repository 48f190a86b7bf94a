"""Pages and names of the form, for every rule set that ships with a form."""

from __future__ import annotations

from pathlib import Path

import pytest

import criteria
from accreditation.services.drafts import MOST_FIELDS, is_kept
from criteria.fields import FormSpec
from criteria.loading import load
from workflows.web_form.sections import MOST_LINES, figure_name, line_name, place_on_form, section_path, sections_of

FOLDER = Path(criteria.__file__).parent / "programmes"
REFERENCES = sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.yaml"))
FORMS = [(ref, form) for ref in REFERENCES if (form := load(ref).form) is not None]


@pytest.mark.parametrize("form", [form for _ref, form in FORMS], ids=[ref for ref, _form in FORMS])
def test_every_field_stands_on_one_page_under_a_name_that_drafts_keep(form: FormSpec) -> None:
    sections = sections_of(form)
    assert len({section.code for section in sections}) == len(sections)
    shown = [spec.code for section in sections if section.annex is None for spec in section.specs]
    assert sorted(shown) == sorted(spec.code for spec in (*form.basics, *form.table))
    names = [figure_name(spec.code, year) for spec in form.table for year in range(2020, 2020 + spec.years)]
    names += [figure_name(spec.code, None) for spec in form.basics]
    names += [line_name(annex.code, MOST_LINES, column.code) for annex in form.annexes for column in annex.columns]
    assert [name for name in names if not is_kept(name) or len(name) > 120] == []
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("form", [form for _ref, form in FORMS], ids=[ref for ref, _form in FORMS])
def test_lines_of_an_annex_are_shared_out_over_pages_without_gap(form: FormSpec) -> None:
    for section in sections_of(form):
        if section.annex is not None:
            lines = [line for part in range(1, section.parts + 1) for line in section.lines_of(part)]
            assert lines == list(range(1, section.most_lines + 1))
            assert all(line in section.lines_of(section.part_of(line)) for line in lines)
            assert section.lines_a_page * len(section.specs) < MOST_FIELDS


def test_point_of_a_return_leads_to_its_input() -> None:
    form = load("shanghai_municipal_centre/2022-demo").form
    assert form is not None
    number = "SHETC-2026-0001"
    at = place_on_form(form, number, "figure", "awards_2y", 2025)
    assert at == f"{section_path(number, 'table-5')}#id_awards_2y-2025"
    assert place_on_form(form, number, "annex", "experts", None) == section_path(number, "annex-experts")
    assert place_on_form(form, number, "figure", "nothing", 2025) == f"/my/cases/{number}/form/"
