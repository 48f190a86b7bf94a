"""The workbook through LibreOffice: it opens, prints, and comes back with the same figures."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from criteria.facts import Facts
from criteria.workbook import Template, read
from criteria.workbook.annotate import annotated_workbook
from criteria.workbook.intake import examine
from criteria.workbook.planting import plant

pytestmark = [pytest.mark.slow, pytest.mark.libreoffice]


def convert(content: bytes, kind: str, folder: Path) -> Path:
    source = folder / "in.xlsx"
    source.write_bytes(content)
    program = shutil.which("soffice")
    assert program is not None
    command = [program, f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", kind]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(source)], check=True, capture_output=True, timeout=120
    )
    return folder / "out" / f"in.{kind.partition(':')[0]}"


def test_round_trip_keeps_every_figure_and_line(good: bytes, template: Template, tmp_path: Path) -> None:
    before = read(good, template)
    after = read(convert(good, "xlsx", tmp_path).read_bytes(), template)
    assert isinstance(before, Facts)
    assert isinstance(after, Facts), after
    assert {k: f.value for k, f in after.figures.items()} == {k: f.value for k, f in before.figures.items()}
    for code, rows in before.annexes.items():
        assert [dict(row.values) for row in after.annexes[code]] == [dict(row.values) for row in rows]


def test_old_and_foreign_formats_saved_by_it_are_refused_by_name(
    good: bytes, template: Template, tmp_path: Path
) -> None:
    for kind, code in (("xls", "old_xls"), ("ods", "ods")):
        refusal = examine(convert(good, kind, tmp_path).read_bytes(), template).faults.refusal
        assert refusal is not None
        assert refusal.code == code


@pytest.mark.poppler
def test_annotated_copy_prints_with_its_fault_list(good: bytes, template: Template, tmp_path: Path) -> None:
    content = plant("text_in_number", template, ("employees", 2025), good).workbook
    pdf = convert(annotated_workbook(template, examine(content, template).faults), "pdf", tmp_path)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    for words in ("评价数据表", "主营业务收入", "约一百", "问题清单：1 处错误", template.checksum[:16]):
        assert words in text
