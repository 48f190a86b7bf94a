"""What our own assertions of PDF/A-3b find wrong in a certificate: one sentence per fault."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pikepdf
from pikepdf import Name

FORBIDDEN = {"/JavaScript", "/JS", "/Launch", "/OpenAction", "/AA", "/SMask", "/LZWDecode", "/URI", "/Group", "/Trans"}
FORBIDDEN_OPERATORS = {"k", "K", "cs", "CS", "sc", "SC", "scn", "SCN", "sh", "BI", "gs"}


def pdfa_faults(content: bytes, *, language: str) -> list[str]:
    """Every assertion that the file fails; none for a certificate as it should be."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [*_metadata(pdf, language), *_objects(pdf), *_fonts(pdf), *_streams(pdf), *_attachment(pdf)]


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    return (one for one in pdf.objects if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)))


def _metadata(pdf: pikepdf.Pdf, language: str) -> Iterator[str]:
    info = pdf.trailer.Info
    with pdf.open_metadata() as metadata:
        if (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) != ("3", "B"):
            yield "no claim of part 3, conformance B"
        if metadata["dc:title"] != str(info.Title) or metadata["dc:creator"] != [str(info.Author)]:
            yield "metadata and information differ"
        if set(metadata["dc:language"]) != {language} or str(pdf.Root.Lang) != language:
            yield f"the language is not {language}"
    intents = list(pdf.Root.OutputIntents)
    if len(intents) != 1 or intents[0].DestOutputProfile.read_bytes()[16:20] != b"RGB ":
        yield "no output intent with a profile for RGB"


def _objects(pdf: pikepdf.Pdf) -> Iterator[str]:
    names = {str(key) for one in _dictionaries(pdf) for key in one}
    values = {str(value) for one in _dictionaries(pdf) for value in one.values() if isinstance(value, pikepdf.Name)}
    yield from (f"{word} occurs" for word in sorted((names | values) & FORBIDDEN))
    if len(pdf.trailer.ID) != 2 or pdf.is_encrypted or len(pdf.pages) != 1:
        yield "not one plain page with a file identifier"


def _fonts(pdf: pikepdf.Pdf) -> Iterator[str]:
    fonts = [one for one in _dictionaries(pdf) if one.get("/Type") == Name.Font]
    names = [str(font.BaseFont) for font in fonts]
    if len(fonts) < 3 or len(names) != len(set(names)):
        yield f"fonts are missing or share a name: {names}"
    for font in fonts:
        is_subset = re.fullmatch(r"/[A-Z]{6}\+[\w-]+", str(font.BaseFont)) is not None
        if not is_subset or Name.FontFile2 not in font.FontDescriptor or Name.ToUnicode not in font:
            yield f"{font.BaseFont} is not an embedded subset with a Unicode map"


def _streams(pdf: pikepdf.Pdf) -> Iterator[str]:
    forms = [one for one in _dictionaries(pdf) if one.get("/Subtype") == Name.Form]
    for stream in (pdf.pages[0].obj, *forms):
        operators = [str(one.operator) for one in pikepdf.parse_content_stream(stream)]
        if operators.count("q") != operators.count("Q") or operators.count("BT") != operators.count("ET"):
            yield "unbalanced states"
        yield from (f"operator {word}" for word in sorted(set(operators) & FORBIDDEN_OPERATORS))


def _attachment(pdf: pikepdf.Pdf) -> Iterator[str]:
    files = list(pdf.Root.AF)
    if len(files) != 1 or files[0].AFRelationship != Name.Data or str(files[0].UF) != "certificate.json":
        yield "not exactly the record as associated file"
