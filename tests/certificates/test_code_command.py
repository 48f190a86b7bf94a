"""`python -m certificates qr`: verdicts, exit codes, images that are none, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import segno
from PIL import Image

from certificates import scanning
from certificates.__main__ import main
from certificates.issuing import Issued
from tests.certificates.conftest import House


@pytest.fixture
def keys(house: House) -> str:
    return str(house.keys / "trust" / "qr-keys.json")


def _drawn(path: Path, *texts: str) -> str:
    """An image with one code for each text, side by side."""
    for number, text in enumerate(texts):
        segno.make_qr(text, error="m").save(str(path.with_name(f"{number}.png")), scale=3)
    parts = [Image.open(path.with_name(f"{number}.png")).convert("L") for number in range(len(texts))]
    sheet = Image.new("L", (sum(part.width for part in parts), max(part.height for part in parts)), 255)
    at = 0
    for part in parts:
        sheet.paste(part, (at, 0))
        at += part.width
    sheet.save(path)
    return str(path)


def test_text_is_accepted_with_exit_code_0(issued: Issued, keys: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qr", issued.printed, "--keys", keys]) == 0
    assert "accepted 通过: SHETC-2026-00001 v1" in capsys.readouterr().out


def test_image_is_accepted(issued: Issued, keys: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qr", _drawn(tmp_path / "code.png", issued.printed), "--keys", keys, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["number"] == "SHETC-2026-00001"


def test_refused_code_beside_a_sound_one_refuses_the_image(
    issued: Issued, keys: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = issued.printed.replace("/V/7", "/V/8")
    assert main(["qr", _drawn(tmp_path / "both.png", issued.printed, forged), "--keys", keys]) == 1
    assert "refused 不通过: code_altered" in capsys.readouterr().out


def test_image_without_code_and_file_that_is_no_image_are_refused(
    keys: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("L", (200, 200), 255).save(tmp_path / "white.png")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "half.png").write_bytes((tmp_path / "white.png").read_bytes()[:60])
    for name in ("white.png", "empty.png", "half.png"):
        assert main(["qr", str(tmp_path / name), "--keys", keys]) == 1
        assert "no_image" in capsys.readouterr().out


def test_huge_image_is_refused_before_it_is_unpacked(
    keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("1", (200, 200), 1).save(tmp_path / "huge.png")
    monkeypatch.setattr(scanning, "PIXELS", 100)
    assert main(["qr", str(tmp_path / "huge.png"), "--keys", keys]) == 1
    assert "no_image" in capsys.readouterr().out


def test_missing_reader_is_said(
    keys: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.new("L", (20, 20), 255).save(tmp_path / "white.png")
    monkeypatch.setattr(scanning, "_scanner", None)
    assert main(["qr", str(tmp_path / "white.png"), "--keys", keys]) == 1
    assert "zxing-cpp" in capsys.readouterr().out
    with pytest.raises(LookupError):
        scanning.texts_in(tmp_path / "white.png")


@pytest.mark.parametrize("code", ["", "x", "HTTPS://X/V/Y.ZZZZ", "\0", "甲" * 5000, "-"])
def test_other_text_is_refused_without_a_traceback(keys: str, code: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["qr", code, "--keys", keys]) == 1
    assert "refused" in capsys.readouterr().out


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"keys":[1]}',
        '{"keys":[{"kty":"RSA","crv":"x"}]}',
        '{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}',
    ],
)
def test_keys_that_are_none_give_exit_code_2(tmp_path: Path, content: str, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "keys.json").write_text(content)
    assert main(["qr", "x", "--keys", str(tmp_path / "keys.json")]) == 2
    assert main(["qr", "x", "--keys", str(tmp_path / "missing.json")]) == 2
    assert "cannot read 无法读取" in capsys.readouterr().err
