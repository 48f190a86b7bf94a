"""Forgeries of a certificate, each as a function of the genuine file; the name says what was done."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certificates.package import Prepared
from certificates.seal import sign_detached
from certificates.signers import Signer

Forgery = Callable[[bytes], bytes]
HOLE = re.compile(rb"/Contents <([0-9a-f]+)>")


def signed_again(content: bytes, signer: Signer, change: Callable[[bytes], bytes]) -> bytes:
    """The file changed without changing its length, and signed once more by `signer`."""
    changed = change(content)
    if len(changed) != len(content):
        raise ValueError("the change must keep the length")
    found = HOLE.search(changed)
    if found is None:
        raise ValueError("no signature")
    prepared = Prepared(changed, (found.start(1) - 1, found.end(1) + 1))
    return prepared.filled(sign_detached(prepared.digest, signer))


def replaced(old: bytes, new: bytes) -> Forgery:
    """Every `old` becomes `new`, which has the same length."""

    def change(content: bytes) -> bytes:
        if old not in content or len(old) != len(new):
            raise ValueError(f"cannot replace {old!r}")
        return content.replace(old, new)

    return change


def rewritten(edit: Callable[[pikepdf.Pdf], None]) -> Forgery:
    """The file opened, edited and saved by another program."""

    def change(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with pikepdf.open(io.BytesIO(content)) as pdf:
            edit(pdf)
            pdf.save(buffer)
        return buffer.getvalue()

    return change


def appended(edit: Callable[[IncrementalPdfFileWriter], None]) -> Forgery:
    """The edit written as an incremental update after the signed revision."""

    def change(content: bytes) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
        edit(writer)
        buffer = io.BytesIO()
        writer.write(buffer)
        return buffer.getvalue()

    return change


def in_hole(edit: Callable[[bytes], bytes]) -> Forgery:
    """The hexadecimal text between the angle brackets of the signature, edited."""

    def change(content: bytes) -> bytes:
        found = HOLE.search(content)
        assert found is not None
        return content[: found.start(1)] + edit(found[1]) + content[found.end(1) :]

    return change


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    return writer.root["/Pages"]["/Kids"][0]


def _new_page_content(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"1 0 0 rg 200 330 400 60 re f")
    page = _page(writer)
    page["/Contents"] = writer.add_object(stream)
    writer.update_container(page)


def _annotation_over_the_name(writer: IncrementalPdfFileWriter) -> None:
    note = generic.pdf_dictionary if hasattr(generic, "pdf_dictionary") else generic.DictionaryObject
    annotation = note(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Annot"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/FreeText"),
            generic.pdf_name("/Contents"): generic.pdf_string("另一家公司"),
            generic.pdf_name("/Rect"): generic.ArrayObject([generic.NumberObject(n) for n in (200, 330, 600, 390)]),
        }
    )
    page = _page(writer)
    page["/Annots"].append(writer.add_object(annotation))
    writer.update_container(page["/Annots"])


def _other_seal_appearance(writer: IncrementalPdfFileWriter) -> None:
    stream = generic.StreamObject(stream_data=b"0 1 0 rg 0 0 108 108 re f")
    stream["/Type"], stream["/Subtype"] = generic.pdf_name("/XObject"), generic.pdf_name("/Form")
    stream["/BBox"] = generic.ArrayObject([generic.NumberObject(n) for n in (0, 0, 108, 108)])
    widget = writer.root["/AcroForm"]["/Fields"][0]
    widget["/AP"]["/N"] = writer.add_object(stream)
    writer.update_container(widget)


def _other_font_file(writer: IncrementalPdfFileWriter) -> None:
    fonts = _page(writer)["/Resources"]["/Font"]
    descriptor = next(iter(fonts.values())).get_object()["/FontDescriptor"]
    descriptor["/FontFile2"] = writer.add_object(generic.StreamObject(stream_data=b"not a font"))
    writer.update_container(descriptor)


def _other_record(writer: IncrementalPdfFileWriter) -> None:
    embedded = writer.root["/AF"][0]["/EF"]
    stream = generic.StreamObject(stream_data=b'{"schema":"certificate-record/1"}')
    embedded["/F"] = writer.add_object(stream)
    writer.update_container(embedded)


def _script(writer: IncrementalPdfFileWriter) -> None:
    action = generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
            generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
        }
    )
    writer.root["/OpenAction"] = writer.add_object(action)
    writer.update_root()


def _another_page(writer: IncrementalPdfFileWriter) -> None:
    pages = writer.root["/Pages"]
    pages["/Kids"].append(pages["/Kids"].raw_get(0))
    pages["/Count"] = generic.NumberObject(2)
    writer.update_container(pages)


def _other_catalogue(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/PageMode"] = generic.pdf_name("/UseOutlines")
    writer.update_root()


def _optional_content(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/OCProperties"] = generic.DictionaryObject()
    writer.update_root()


def _other_metadata(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Metadata"] = writer.add_object(generic.StreamObject(stream_data=b"<x/>"))
    writer.update_root()


def _second_name_tree(writer: IncrementalPdfFileWriter) -> None:
    writer.root["/Names"] = generic.DictionaryObject()
    writer.update_root()


def _strip(pdf: pikepdf.Pdf) -> None:
    del pdf.Root.AcroForm
    del pdf.Root.Perms
    del pdf.pages[0].obj["/Annots"]


def _strip_and_paint_seal(pdf: pikepdf.Pdf) -> None:
    seal = pdf.pages[0].obj.Annots[0].AP.N
    name = pdf.pages[0].add_resource(seal, Name.XObject)
    _strip(pdf)
    pdf.pages[0].contents_add(b"q 1 0 0 1 608 80 cm %s Do Q" % str(name).encode())


def _duplicate_page(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def _encrypt(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(owner="o", user=""))
    return buffer.getvalue()


def _second_field(pdf: pikepdf.Pdf) -> None:
    copy = Dictionary(FT=Name.Sig, T=String("Second"), V=pdf.Root.AcroForm.Fields[0].V, Type=Name.Annot)
    pdf.Root.AcroForm.Fields.append(pdf.make_indirect(copy))


def _startxref_again(content: bytes) -> bytes:
    return content + b"\n" + content[content.rindex(b"startxref") :]


def _unsigned_prefix(content: bytes) -> bytes:
    return content[: content.index(b"/ByteRange")]


def _hidden_object_in_tail(content: bytes) -> bytes:
    cut = content.rindex(b"startxref")
    return content[:cut] + b"999 0 obj << /Evil true >> endobj\n" + content[cut:]


def _range_with_a_gap(content: bytes) -> bytes:
    """Extra bytes beside the hole, the byte range moved so that they stay outside."""
    found = HOLE.search(content)
    assert found is not None
    written = re.search(rb"/ByteRange \[ 0 (\d+) (\d+) (\d+) \]", content)
    assert written is not None
    first, second, rest = map(int, written.groups())
    extra = b"/Evil(x)" + b" " * 12
    moved = f"/ByteRange [ 0 {first} {second + len(extra)} {rest} ]".encode().ljust(written.end() - written.start())
    content = content[: written.start()] + moved + content[written.end() :]
    return content[: found.end(1) + 1] + extra + content[found.end(1) + 1 :]


def _range(text: bytes) -> Forgery:
    def change(content: bytes) -> bytes:
        written = re.search(rb"/ByteRange \[[ \d]*\]", content)
        assert written is not None
        return content[: written.start()] + text.ljust(len(written[0])) + content[written.end() :]

    return change


INCREMENTAL: dict[str, Forgery] = {
    "page content": appended(_new_page_content),
    "annotation over the name": appended(_annotation_over_the_name),
    "seal appearance": appended(_other_seal_appearance),
    "font file": appended(_other_font_file),
    "embedded record": appended(_other_record),
    "script": appended(_script),
    "extra page": appended(_another_page),
    "catalogue": appended(_other_catalogue),
    "optional content": appended(_optional_content),
    "metadata": appended(_other_metadata),
    "name tree": appended(_second_name_tree),
}

BYTES: dict[str, Forgery] = {
    "byte of a font flipped": lambda content: content[:-40_000] + bytes([content[-40_000] ^ 1]) + content[-39_999:],
    "rewritten by another program": rewritten(lambda pdf: None),
    "page duplicated by another program": rewritten(_duplicate_page),
    "signature stripped": rewritten(_strip),
    "signature stripped and seal painted": rewritten(_strip_and_paint_seal),
    "second field with the same signature": rewritten(_second_field),
    "encrypted": _encrypt,
    "unsigned prefix": _unsigned_prefix,
    "junk before the header": lambda content: b"junk\n" + content,
    "junk after the end": lambda content: content + b"junk",
    "comment after the end": lambda content: content + b"% a comment\n",
    "object after the end": lambda content: content + b"999 0 obj << /Evil true >> endobj\n",
    "startxref repeated": _startxref_again,
    "object between trailer and startxref": _hidden_object_in_tail,
    "startxref to nowhere": lambda content: re.sub(rb"startxref\n\d+", b"startxref\n17", content),
    "startxref beyond the end": lambda content: re.sub(rb"startxref\n\d+", b"startxref\n9999999", content),
    "signature zeroed": in_hole(lambda text: b"0" * len(text)),
    "signature cut short": in_hole(lambda text: text[:200] + b"0" * (len(text) - 200)),
    "content in the padding": in_hole(lambda text: text[:-8] + b"deadbeef"),
    "entry smuggled into the hole": in_hole(lambda text: text[:-20] + b">/Evil(xxxxxxxxx)/X<"[:20]),
    "gap beside the hole": _range_with_a_gap,
    "byte range null": _range(b"/ByteRange null"),
    "byte range negative": _range(b"/ByteRange [ 0 -1 9 9 ]"),
    "byte range of six": _range(b"/ByteRange [ 0 1 2 3 4 5 ]"),
    "byte range of the first part alone": _range(b"/ByteRange [ 0 10 20 10 ]"),
    "empty": lambda content: b"",
    "not a PDF": lambda content: b"PK\x03\x04" + content,
    "header alone": lambda content: b"%PDF-1.7\n",
    "deep nesting": lambda content: b"%PDF-1.7\n" + b"[" * 200_000 + content[9:],
    "too large": lambda content: content + b"\n" * (2 * 1024 * 1024),
    "digits of the trailer's size changed": lambda content: re.sub(rb"/Size (\d+)", b"/Size 9", content),
    "look-alike letters in the number": lambda content: content.replace(b"SHETC", "SHЕTC".encode()),
}

__all__ = ["BYTES", "INCREMENTAL", "Array", "Forgery", "replaced", "signed_again"]
