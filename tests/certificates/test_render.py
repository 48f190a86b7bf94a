"""The rendered certificate as independent programs read it: text, fonts, QR code, repeatability."""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from certificates.fonts import find_faces
from certificates.issuing import Issued, issue, prepare
from certificates.render import renderer_for, to_unicode
from certificates.snapshot import SnapshotRefused, record_of
from tests.certificates.conftest import House
from tests.certificates.samples import HOLDER, fresh_snapshot, snapshot


def _run(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_same_snapshot_gives_the_same_bytes_before_and_after_signing(house: House, issued: Issued) -> None:
    again = issue(snapshot(), house.signer, printed_key=house.printed)
    assert again.unsigned_sha256 == issued.unsigned_sha256
    assert again.pdf == issued.pdf


def test_another_snapshot_gives_other_bytes(issued: Issued) -> None:
    other = snapshot(announcement="示例经信技〔2026〕129 号")
    renderer = renderer_for(find_faces())
    prepared = prepare(other, record_of(other), issued.printed, renderer)
    assert prepared.digest != prepare(snapshot(), issued.record, issued.printed, renderer).digest


def test_certificate_stays_below_125_kilobytes(issued: Issued) -> None:
    assert len(issued.pdf) < 125_000


@pytest.mark.poppler
@pytest.mark.slow
def test_text_gives_back_every_name_and_number(pdf_file: Path, issued: Issued) -> None:
    text = re.sub(r"\s", "", _run("pdftotext", "-raw", pdf_file, "-"))
    wanted = (
        HOLDER,
        "上海市企业技术中心",
        "认定证书",
        "SHETC-2026-00001",
        "91350100M000100Y43",
        "智能装备与先进制造技术中心",
        "二〇二六年十二月一日",
        "2026年12月1日至2029年11月30日",
        "示例经信技〔2026〕128号",
        "现认定为上海市企业技术中心（第32批）。",
        issued.identifier,
        "样张",
    )
    assert [each for each in wanted if each not in text] == []


@pytest.mark.poppler
@pytest.mark.slow
def test_every_font_is_embedded_and_subset_with_a_unicode_map(pdf_file: Path) -> None:
    rows = [line.split() for line in _run("pdffonts", pdf_file).splitlines()[2:]]
    names = [row[0] for row in rows]
    assert len(rows) >= 5
    assert len(names) == len(set(names))
    assert {tuple(row[-5:-2]) for row in rows} == {("yes", "yes", "yes")}
    assert all(re.match(r"[A-Z]{6}\+", name) for name in names)


@pytest.mark.poppler
@pytest.mark.slow
@pytest.mark.parametrize("resolution", [110, 300])
def test_qr_code_of_the_rasterised_page_is_the_printed_text(
    pdf_file: Path, issued: Issued, tmp_path: Path, resolution: int
) -> None:
    _run("pdftoppm", "-r", str(resolution), "-png", pdf_file, tmp_path / "page")
    (page,) = tmp_path.glob("page*.png")
    with Image.open(page) as image:
        (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == issued.printed


@pytest.mark.poppler
@pytest.mark.slow
def test_rare_names_come_back_as_text(house: House, tmp_path: Path) -> None:
    name = "上海𠮷喆堃镕㛃科技有限公司"
    path = tmp_path / "rare.pdf"
    path.write_bytes(issue(fresh_snapshot(holder_zh=name, centre_name="𠮷喆技术中心"), house.signer).pdf)
    text = _run("pdftotext", "-raw", path, "-")
    assert name in text
    assert "𠮷喆技术中心" in text


def test_unicode_map_writes_surrogate_pairs_and_short_blocks() -> None:
    written = to_unicode("X", [0x20000, *range(0x4E00, 0x4E00 + 120)])
    assert "<00> <D840DC00>" in written
    assert [int(size) for size in re.findall(r"(\d+) beginbfchar", written)] == [100, 21]


def test_character_without_glyph_is_refused_by_name(house: House) -> None:
    with pytest.raises(SnapshotRefused, match="no glyph for 𪚥"):
        issue(snapshot(holder_zh="上海𪚥科技有限公司"), house.signer)


def test_markup_in_a_name_is_printed_and_never_interpreted(house: House) -> None:
    name = 'A<B 甲 & 乙 <img src="/etc/passwd"/> 公司'
    made = issue(snapshot(holder_zh=name), house.signer)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf:
        assert not [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
