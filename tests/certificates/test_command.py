"""The stand-alone command: verdicts, exit codes, no traceback, no settings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from certificates.__main__ import main
from certificates.issuing import Issued
from tests.certificates.conftest import House
from tests.certificates.samples import HOLDER


@pytest.fixture
def root(house: House) -> str:
    return str(house.keys / "trust" / "root.pem")


def test_genuine_file_is_accepted_with_exit_code_0(
    pdf_file: Path, root: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(pdf_file), "--root", root]) == 0
    assert HOLDER in capsys.readouterr().out


def test_one_refused_file_among_several_gives_exit_code_1(
    pdf_file: Path, root: str, issued: Issued, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(issued.pdf + b"x")
    assert main(["verify", str(pdf_file), str(forged), "--root", root]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert "accepted" in first
    assert "refused 不通过: trailing_bytes" in second


def test_json_form_tells_rule_and_record(
    pdf_file: Path, root: str, issued: Issued, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = tmp_path / "forged.pdf"
    forged.write_bytes(b"%PDF-1.7\n" + issued.pdf)
    assert main(["verify", str(pdf_file), str(forged), "--root", root, "--json"]) == 1
    good, bad = map(json.loads, capsys.readouterr().out.splitlines())
    assert (good["accepted"], good["record"]["holder_zh"]) == (True, HOLDER)
    assert (bad["accepted"], bad["rule"], bad["record"]) == (False, "unreadable", None)


def test_signer_off_the_given_list_is_refused(
    pdf_file: Path, root: str, other_house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    others = str(other_house.keys / "trust" / "signers.pem")
    assert main(["verify", str(pdf_file), "--root", root, "--signers", others]) == 1
    assert "signer_not_listed" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["file", "root"])
def test_missing_file_gives_exit_code_2_and_a_sentence(
    pdf_file: Path, root: str, missing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = "/nonexistent.pdf" if missing == "file" else str(pdf_file)
    authority = "/nonexistent.pem" if missing == "root" else root
    assert main(["verify", file, "--root", authority]) == 2
    assert "cannot read 无法读取" in capsys.readouterr().err


def test_root_that_is_no_certificate_gives_exit_code_2(pdf_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(pdf_file), "--root", str(pdf_file)]) == 2
    assert "cannot read" in capsys.readouterr().err


@pytest.mark.slow
def test_command_runs_without_settings_and_imports_no_framework(pdf_file: Path, root: str) -> None:
    home = Path(__file__).resolve().parents[2]
    code = (
        "import sys; from certificates.__main__ import main; "
        f"print(main(['verify', {str(pdf_file)!r}, '--root', {root!r}])); "
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment, check=True
    )
    assert told.stdout.splitlines()[1:] == ["0", "[]"]
    assert told.stderr == ""


@pytest.mark.slow
def test_hostile_files_give_no_traceback(root: str, tmp_path: Path) -> None:
    home = Path(__file__).resolve().parents[2]
    hostile = {"empty": b"", "half": b"%PDF-1.7\n1 0 obj\n<<", "loop": b"%PDF-1.7\nxref\n0 1\ntrailer\n<</Prev 9>>\n"}
    for name, content in hostile.items():
        (tmp_path / name).write_bytes(content + (b"startxref\n9\n%%EOF" if name == "loop" else b""))
    files = [str(tmp_path / name) for name in hostile]
    told = subprocess.run(
        [sys.executable, "-m", "certificates", "verify", *files, "--root", root],
        capture_output=True,
        text=True,
        cwd=home,
    )
    assert told.returncode == 1
    assert told.stderr == ""
    assert told.stdout.count("refused") == 3
