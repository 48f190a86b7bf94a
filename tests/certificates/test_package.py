"""The package around the page: our own assertions of PDF/A-3b, the attached record, the seal field."""

from __future__ import annotations

import io
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Name

from certificates.fonts import find_faces
from certificates.issuing import Issued, issue, prepare
from certificates.package import FIELD, Prepared, pdf_date
from certificates.render import renderer_for
from certificates.snapshot import record_of
from tests.certificates.conftest import House
from tests.certificates.samples import AT, snapshot
from tests.certificates.upgrades import upgraded


@pytest.fixture(scope="module", params=["issued", "upgraded"])
def pdf(request: pytest.FixtureRequest, issued: Issued, house: House) -> Iterator[pikepdf.Pdf]:
    """As issued, and upgraded for the long term: every assertion holds for both."""
    content = issued.pdf if request.param == "issued" else upgraded(issued.pdf, house)
    with pikepdf.open(io.BytesIO(content)) as opened:
        yield opened


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    for one in pdf.objects:
        if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
            yield one


def test_file_begins_with_a_header_and_four_bytes_beyond_ascii(issued: Issued) -> None:
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", issued.pdf)


def test_file_ends_with_the_end_marker(issued: Issued) -> None:
    assert issued.pdf.rstrip().endswith(b"%%EOF")
    assert issued.pdf.count(b"%%EOF") == 1


def test_file_identifier_is_there_and_nothing_is_encrypted(pdf: pikepdf.Pdf) -> None:
    assert len(pdf.trailer.ID) == 2
    assert not pdf.is_encrypted


def test_metadata_claims_part_3_conformance_b(pdf: pikepdf.Pdf) -> None:
    packet = pdf.Root.Metadata.read_bytes().decode()
    assert Name.Filter not in pdf.Root.Metadata
    with pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "3"
        assert metadata["pdfaid:conformance"] == "B"
    assert "<?xpacket begin=" in packet


def test_metadata_and_information_agree(pdf: pikepdf.Pdf) -> None:
    info = pdf.trailer.Info
    with pdf.open_metadata() as metadata:
        assert metadata["dc:title"] == str(info.Title)
        assert metadata["dc:creator"] == [str(info.Author)]
        assert metadata["pdf:Producer"] == str(info.Producer)
        assert metadata["xmp:CreatorTool"] == str(info.Creator)
        assert metadata["xmp:CreateDate"] == AT.isoformat()
    assert str(info.CreationDate) == pdf_date(AT) == "D:20261201093000+08'00"


def test_output_intent_is_srgb_with_its_profile(pdf: pikepdf.Pdf) -> None:
    (intent,) = pdf.Root.OutputIntents
    profile = intent.DestOutputProfile.read_bytes()
    assert intent.S == Name.GTS_PDFA1
    assert int(intent.DestOutputProfile.N) == 3
    assert profile[36:40] == b"acsp"
    assert profile[16:20] == b"RGB "


def test_colour_is_rgb_or_grey_only(pdf: pikepdf.Pdf) -> None:
    streams = [pdf.pages[0].obj, *_forms(pdf)]
    operators = {
        str(instruction.operator) for stream in streams for instruction in pikepdf.parse_content_stream(stream)
    }
    assert operators & {"rg", "RG"}
    assert not operators & {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "BI", "gs"}


def _forms(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    return [one for one in _dictionaries(pdf) if one.get("/Subtype") == Name.Form]


def test_no_operator_is_unknown_and_states_are_balanced(pdf: pikepdf.Pdf) -> None:
    for stream in (pdf.pages[0].obj, *_forms(pdf)):
        names = [str(one.operator) for one in pikepdf.parse_content_stream(stream)]
        assert names.count("q") == names.count("Q")
        assert names.count("BT") == names.count("ET")


def test_every_font_is_an_embedded_symbolic_subset_with_unicode(pdf: pikepdf.Pdf) -> None:
    fonts = [one for one in _dictionaries(pdf) if one.get("/Type") == Name.Font]
    assert len(fonts) >= 5
    for font in fonts:
        descriptor = font.FontDescriptor
        assert re.fullmatch(r"/[A-Z]{6}\+[\w-]+", str(font.BaseFont))
        assert descriptor.FontName == font.BaseFont
        assert Name.FontFile2 in descriptor
        assert int(descriptor.Flags) & 4
        assert Name.Encoding not in font
        assert len(font.Widths) == int(font.LastChar) - int(font.FirstChar) + 1
        assert b"beginbfchar" in font.ToUnicode.read_bytes()


@pytest.mark.parametrize(
    "word", ["/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/SMask", "/LZWDecode", "/URI"]
)
def test_forbidden_feature_does_not_occur(pdf: pikepdf.Pdf, word: str) -> None:
    names = {str(key) for one in _dictionaries(pdf) for key in one}
    values = {str(value) for one in _dictionaries(pdf) for value in one.values() if isinstance(value, pikepdf.Name)}
    assert word not in names | values


def test_page_has_no_transparency_and_no_action(pdf: pikepdf.Pdf) -> None:
    (page,) = pdf.pages
    assert not {"/Group", "/AA", "/Trans"} & set(page.obj.keys())


def test_document_declares_its_language_and_shows_its_title(pdf: pikepdf.Pdf) -> None:
    assert str(pdf.Root.Lang) == "zh-CN"
    assert bool(pdf.Root.ViewerPreferences.DisplayDocTitle)


def test_record_is_attached_as_associated_data(pdf: pikepdf.Pdf, issued: Issued) -> None:
    (specification,) = pdf.Root.AF
    embedded = specification.EF.F
    assert specification.AFRelationship == Name.Data
    assert str(specification.F) == str(specification.UF) == "certificate.json"
    assert embedded.Subtype == Name("/application/json")
    assert embedded.read_bytes() == issued.record
    assert int(embedded.Params.Size) == len(issued.record)
    assert pdf.Root.Names.EmbeddedFiles.Names[1].objgen == specification.objgen


def test_seal_is_the_signature_field_and_is_visible_in_print(pdf: pikepdf.Pdf) -> None:
    widget = pdf.Root.AcroForm.Fields[0]
    left, low, right, high = map(float, widget.Rect)
    assert str(widget["/T"]) == FIELD
    assert int(widget.F) == 0b10000100
    assert int(pdf.Root.AcroForm.SigFlags) == 3
    assert set(widget.AP.keys()) == {"/N"}
    assert right - left == high - low == 108
    assert pdf.pages[0].Annots[0].objgen == widget.objgen


def test_certification_forbids_every_change(pdf: pikepdf.Pdf) -> None:
    signature = pdf.Root.Perms.DocMDP
    assert signature.objgen == pdf.Root.AcroForm.Fields[0].V.objgen
    assert int(signature.Reference[0].TransformParams.P) == 1
    assert signature.SubFilter == Name("/ETSI.CAdES.detached")


def test_byte_range_covers_everything_but_the_signature(pdf: pikepdf.Pdf, issued: Issued) -> None:
    start, first, second, rest = map(int, pdf.Root.Perms.DocMDP.ByteRange)
    assert start == 0
    assert second + rest == len(issued.pdf)
    assert re.fullmatch(rb"<[0-9a-f]+>", issued.pdf[first:second])


@pytest.mark.qpdf
@pytest.mark.slow
def test_qpdf_finds_no_fault(pdf_file: Path) -> None:
    checked = subprocess.run(["qpdf", "--check", str(pdf_file)], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.slow
def test_artwork_in_constant_use_survives_the_seals_of_many_bodies() -> None:
    renderer = renderer_for(find_faces())
    first = snapshot()
    wanted = prepare(first, record_of(first), first.url, renderer).content
    for number in range(70):
        other = snapshot(issuer_zh=f"示例第 {number} 委员会")
        prepare(other, record_of(other), other.url, renderer)
    assert prepare(first, record_of(first), first.url, renderer).content == wanted


def test_signature_too_large_for_its_hole_is_refused() -> None:
    with pytest.raises(ValueError, match="room for 2"):
        Prepared(b"%PDF<0000>", (5, 11)).filled(b"123")


def test_markup_in_names_is_escaped_in_metadata(house: House) -> None:
    made = issue(snapshot(holder_zh="甲<乙&丙公司"), house.signer)
    with pikepdf.open(io.BytesIO(made.pdf)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["dc:title"].startswith("甲<乙&丙公司 ")
