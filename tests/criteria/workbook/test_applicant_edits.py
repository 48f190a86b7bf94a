"""What applicants do to the workbook in an office program: 180 figures afterwards, none wrong, none lost in silence."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from criteria.facts import Fact, Facts
from criteria.fields import FieldSpec, FormSpec, Kind
from criteria.ruleset import RuleSet
from criteria.workbook import Reading, Template, examine, template_for
from criteria.workbook.samples import sample_facts
from criteria.workbook.sheets import fill, plan_of
from criteria.workbook.template import render

pytestmark = [pytest.mark.slow, pytest.mark.libreoffice]

MACRO = Path(__file__).with_name("applicant_edits.bas")
KINDS = (Kind.DECIMAL, Kind.INTEGER, Kind.DECIMAL_SIGNED)
# What each edit leaves: figures that are still read, codes of the errors that stop acceptance.
OUTCOMES: dict[str, tuple[int, set[str]]] = {
    "none": (180, set()),
    "round_trip": (180, set()),
    "row_inserted": (180, set()),
    "column_inserted": (180, set()),
    "sorted": (180, set()),
    "row_deleted": (177, {"code_missing"}),
    "block_moved": (159, {"required", "witnesses_disagree"}),
    "sheet_renamed": (180, set()),
    "sheet_copied": (180, {"code_missing"}),  # the copy lacks the other sheets
    "values_pasted": (180, {"code_missing"}),
}


@pytest.fixture(scope="module")
def wide(municipal: RuleSet) -> Template:
    """A data table of 60 rows and three years, with the basics and annexes of the municipal form."""
    assert municipal.form is not None
    rows = tuple(
        FieldSpec(f"x{n}", f"A-{n:02d}", f"指标第{n * 37 % 61:02d}号", f"Figure {n}", "kCNY", KINDS[n % 3], years=3)
        for n in range(1, 61)
    )
    form = FormSpec("宽表", "Wide table", municipal.form.basics, rows, municipal.form.annexes)
    return template_for(
        replace(form, annexes=tuple(replace(a, counts="") for a in form.annexes)), "a/1", "0", "B", 2025, "宽表"
    )


@pytest.fixture(scope="module")
def typed(wide: Template) -> dict[tuple[str, int | None], Fraction]:
    """A value of its own for each of the 180 cells."""
    return {
        (spec.code, year): Fraction(1000 * number + year - 2000 + (1 if spec.kind is Kind.INTEGER else 0))
        + (Fraction(0) if spec.kind is Kind.INTEGER else Fraction(number, 100))
        for number, spec in enumerate(wide.form.table, 1)
        for year in (2025, 2024, 2023)
    }


@pytest.fixture(scope="module")
def readings(wide: Template, typed: dict, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Reading]:
    """The readings of the workbook after each edit; one office process does them all."""
    folder = tmp_path_factory.mktemp("edits")
    facts = sample_facts(wide)
    figures = {**facts.figures, **{key: Fact(*key, value, "kCNY") for key, value in typed.items()}}
    book = plan_of(wide)
    fill(book, wide, replace(facts, figures=figures), tinted=False)
    (folder / "in.xlsx").write_bytes(render(book))
    run_macro(folder)
    return {name: examine((folder / f"{name}.xlsx").read_bytes(), wide) for name in OUTCOMES}


def run_macro(folder: Path) -> None:
    """Make a profile, for a first start writes its own macros into it, then put ours there and run it."""
    program = shutil.which("soffice")
    assert program is not None
    command = [program, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--norestore", "--nologo"]
    subprocess.run([*command, "--terminate_after_init"], capture_output=True, timeout=120, check=True)
    module = folder / "profile" / "user" / "basic" / "Standard" / "Module1.xba"
    basic = escape(MACRO.read_text(encoding="utf-8"))
    module.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<script:module xmlns:script="http://openoffice.org/2000/script" '
        f'script:name="Module1" script:language="StarBasic">{basic}</script:module>',
        encoding="utf-8",
    )
    done = subprocess.run(
        [*command, f'macro:///Standard.Module1.Run("{folder}")'],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    missing = [name for name in OUTCOMES if not (folder / f"{name}.xlsx").exists()]
    assert missing == [], done.stderr


@pytest.mark.parametrize("edit", OUTCOMES)
def test_no_figure_is_wrong_and_none_missing_without_its_error(
    edit: str, readings: dict[str, Reading], typed: dict, wide: Template
) -> None:
    reading = readings[edit]
    count, codes = OUTCOMES[edit]
    read = {key: fact.value for key, fact in reading.facts.figures.items() if key in typed}
    assert [(key, value) for key, value in read.items() if value != typed[key]] == []
    assert len(read) == count
    for field, year in typed.keys() - read.keys():
        row = wide.form.field(field).row
        named = [f for f in reading.faults.errors if (f.field, f.year) == (field, year) or f"{row}" in f.message_zh]
        assert named, (field, year)
        assert all(fault.cell or fault.code == "code_missing" for fault in named)
    assert {fault.code for fault in reading.faults.errors} == codes
    assert reading.faults.refusal is None


def test_annexes_and_basics_are_the_same_after_edits_of_the_data_table(readings: dict[str, Reading]) -> None:
    def rest(facts: Facts) -> object:
        lines = {code: [dict(row.values) for row in rows] for code, rows in facts.annexes.items()}
        return {key: fact.value for key, fact in facts.figures.items() if key[1] is None}, lines

    for edit in ("round_trip", "row_inserted", "column_inserted", "sorted", "block_moved", "sheet_renamed"):
        assert rest(readings[edit].facts) == rest(readings["none"].facts), edit
