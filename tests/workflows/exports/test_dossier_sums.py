"""A dossier that was handed out is checked by command: every file by its hash, every extract, the archive itself."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accreditation.models import Case, Evidence, WorkbookUpload
from accreditation.services.files import keep_file
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import filed_case, make_cast
from tests.factories.steps import hold_meeting, to_committee
from workflows.exports.dossier_parts import INDEX, SUMS, csv_part

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PDF = b"%PDF-1.4\n%%EOF\n"
Files = dict[str, bytes]


@pytest.fixture
def dossier(settings: LazySettings, clock: Clock, var_dir: Path, tmp_path: Path) -> Path:
    """The archive of a case that a meeting has decided, as an auditor gets it from the page."""
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at)
    case = filed_case(cast)
    to_committee(cast, case, clock.at)
    hold_meeting(cast, [case], clock.at)
    kept = keep_file(PDF, media_type="application/pdf", at=clock.at)
    Evidence.objects.filter(application__case=case).update(file=kept)
    WorkbookUpload.objects.filter(application__case=case).update(file=kept)
    address = reverse("case_dossier", args=[Case.objects.get(pk=case.pk).number])
    answer = log_in(Client(), cast.auditor).post(address, {"reason": "（2026）示例行复 1 号"})
    path = tmp_path / "dossier.zip"
    path.write_bytes(b"".join(answer.streaming_content))  # type: ignore[attr-defined]  # a file answer streams
    return path


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def told(path: Path) -> tuple[str, list[str]]:
    """Why the command fails, empty where it does not, and its lines."""
    out = StringIO()
    try:
        call_command("check_extracts", str(path), stdout=out)
    except CommandError as error:
        return str(error), out.getvalue().splitlines()
    return "", out.getvalue().splitlines()


def test_archive_is_as_it_was_handed_out(dossier: Path) -> None:
    why, lines = told(dossier)
    assert why == ""
    assert lines[0] == "files  the same"
    assert [line.rpartition("  ")[2] for line in lines if line.startswith("extracts/")] == ["the same", "the same"]
    assert lines[-1].startswith("archive  as handed out: case:")


def change(files: Files) -> str:
    name = min(name for name in files if name.startswith("evidence/"))
    files[name] += b"%"
    return f"{name} is not the file that {{list}} lists"


def drop(files: Files) -> str:
    name = min(name for name in files if name.startswith("letters/"))
    del files[name]
    return f"{name} is missing: {{list}} lists it"


def add(files: Files) -> str:
    files["letters/invented.txt"] = b"invented"
    return "letters/invented.txt is extra: {list} does not list it"


def test_each_file_that_differs_is_missing_or_extra_is_named(dossier: Path) -> None:
    content = dossier.read_bytes()
    for tamper in (change, drop, add):
        dossier.write_bytes(content)
        files = files_of(dossier)
        fault = tamper(files)
        why, lines = told(packed(dossier, files))
        assert why == "its files differ from its lists; it is not as it was handed out"
        assert lines[:3] == ["files  DIFFERENT", *(f"  {fault.format(list=name)}" for name in (SUMS, INDEX))]


def test_lists_made_anew_do_not_make_the_archive_the_one_that_was_handed_out(dossier: Path) -> None:
    files = files_of(dossier)
    change(files)
    rest = {name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name not in (SUMS, INDEX)}
    files[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in rest.items()).encode()
    rows = list(csv.reader(io.StringIO(files[INDEX].decode("utf-8-sig"))))
    files[INDEX] = csv_part(INDEX, "", [rows[0], *([*row[:-1], rest[row[0]]] for row in rows[1:])]).content
    why, lines = told(packed(dossier, files))
    assert why == "it is not as it was handed out"
    assert (lines[0], lines[-1].startswith("archive  NOT AS HANDED OUT")) == ("files  the same", True)


def test_lists_that_are_gone_and_files_there_twice_or_unreadable_are_told(dossier: Path) -> None:
    files = files_of(dossier)
    del files[SUMS]
    files[INDEX] = b"\xff"
    packed(dossier, files)
    twice = min(files)
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(dossier, "a") as archive:
        archive.writestr(twice, files[twice])
    assert told(dossier)[1][1:4] == [
        f"  {twice} is there 2 times",
        f"  {SUMS} is missing or cannot be read",
        f"  {INDEX} is missing or cannot be read",
    ]
    content = dossier.read_bytes().replace(b"%PDF-1.4", b"%PDF-1.5")  # the check sum of the archive is left behind
    dossier.write_bytes(content)
    assert "is missing or cannot be read" in "".join(told(dossier)[1])


def test_strange_extract_and_no_dossier_at_all(dossier: Path, tmp_path: Path) -> None:
    files = files_of(dossier) | {"extracts/strange.json": b"[]", "extracts/broken.json": b"{"}
    why, lines = told(packed(dossier, files))
    assert "2 extracts differ from the records" in why
    assert lines.count("  has not the form of an extract") == 2
    assert "is no dossier" in told(tmp_path / "none.zip")[0]
    (tmp_path / "text.zip").write_text("no archive")
    assert "is no dossier" in told(tmp_path / "text.zip")[0]
