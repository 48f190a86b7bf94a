"""Every layout, occasion and language as a finished signed file, as independent programs read it."""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certificates.designs import DESIGNS
from certificates.issuing import issue, translate
from certificates.snapshot import Snapshot
from certificates.verify import verify
from tests.certificates.conftest import House
from tests.certificates.golden_text import VARIANTS, golden, texts_of, written
from tests.certificates.layout_samples import specimen
from tests.certificates.pdfa import pdfa_faults

LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}


@dataclass(frozen=True)
class Variant:
    """One finished file: what it says, in which language, where it lies, and the text of its QR code."""

    snapshot: Snapshot
    language: str
    path: Path
    printed: str


@pytest.fixture(scope="module", params=VARIANTS, ids="-".join)
def variant(request: pytest.FixtureRequest, house: House, tmp_path_factory: pytest.TempPathFactory) -> Variant:
    name, occasion, language = request.param
    made = specimen(name, occasion)
    issued = issue(made, house.signer, printed_key=house.printed)
    content = issued.pdf if language == "zh" else translate(made, house.signer, printed=issued.printed).pdf
    path = tmp_path_factory.mktemp("variant") / "certificate.pdf"
    path.write_bytes(content)
    return Variant(made, language, path, issued.printed)


def _run(*command: str | Path) -> str:
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", DESIGNS)
def test_texts_and_drawing_are_the_golden_ones(name: str) -> None:
    assert written(name) == golden(name)


@pytest.mark.slow
def test_file_is_small_and_keeps_the_rules_of_pdfa(variant: Variant) -> None:
    content = variant.path.read_bytes()
    assert len(content) < 125_000
    assert pdfa_faults(content, language=LANGUAGES[variant.language]) == []


@pytest.mark.slow
def test_strict_verifier_accepts_it(variant: Variant, house: House) -> None:
    verdict = verify(variant.path.read_bytes(), house.trust)
    assert verdict.accepted, verdict
    assert verdict.record is not None
    assert verdict.record["identifier"] == str(variant.snapshot.identifier)


@pytest.mark.qpdf
@pytest.mark.slow
def test_qpdf_finds_no_fault(variant: Variant) -> None:
    _run("qpdf", "--check", variant.path)


@pytest.mark.poppler
@pytest.mark.slow
def test_pdfsig_finds_the_signature_valid_and_total(variant: Variant) -> None:
    told = _run("pdfsig", variant.path)
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert told.count("Signature #") == 1


@pytest.mark.poppler
@pytest.mark.slow
def test_every_line_comes_back_as_text_and_every_font_is_embedded(variant: Variant) -> None:
    text = re.sub(r"\s", "", _run("pdftotext", "-raw", variant.path, "-"))
    lines = [re.sub(r"\s", "", line) for line in texts_of(variant.snapshot, variant.language)]
    assert [line for line in lines if line not in text] == []
    fonts = [line.split()[-5:-2] for line in _run("pdffonts", variant.path).splitlines()[2:]]
    assert fonts
    assert all(told == ["yes", "yes", "yes"] for told in fonts)


@pytest.mark.poppler
@pytest.mark.slow
def test_qr_code_of_the_page_at_110_dpi_is_the_printed_text(variant: Variant, tmp_path: Path) -> None:
    _run("pdftoppm", "-r", "110", "-png", "-singlefile", variant.path, tmp_path / "page")
    with Image.open(tmp_path / "page.png") as image:
        (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    assert found.text == variant.printed
