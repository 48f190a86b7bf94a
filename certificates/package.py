"""PDF/A-3b around a rendered page.

Artwork, metadata, the record as attachment, and an empty certification signature.
"""

from __future__ import annotations

import hashlib
import io
import re
import zlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, String
from PIL import ImageCms

from certificates.drawing import Placed
from certificates.pages import CHINESE, ENGLISH
from certificates.snapshot import Snapshot

FIELD = "IssuerSeal"
RECORD_NAME = "certificate.json"
PRODUCER = "accreditation-engine"
RESERVED = 8192  # the signature, and beside it a time-stamp with the certificates of its authority
_LANGUAGES = {CHINESE: "zh-CN", ENGLISH: "en-GB"}
_RANGE_FILLER = 9_999_999_999
_ID = re.compile(rb"/ID \[<[0-9a-f]{32}><[0-9a-f]{32}>\]")
_CONTENTS = re.compile(rb"/Contents <(0+)>")
_BYTE_RANGE = re.compile(rb"/ByteRange \[ 0 9999999999 9999999999 9999999999 \]")

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{creator}</rdf:li></rdf:Seq></dc:creator>
<dc:identifier>{identifier}</dc:identifier>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{at}</xmp:CreateDate><xmp:ModifyDate>{at}</xmp:ModifyDate><xmp:CreatorTool>{producer}</xmp:CreatorTool>
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A certificate ready to sign.

    The bytes with the byte range written, and the two ends of the hole for the signature.
    """

    content: bytes
    hole: tuple[int, int]

    @property
    def digest(self) -> bytes:
        """SHA-256 over everything except the hole."""
        start, end = self.hole
        return hashlib.sha256(self.content[:start] + self.content[end:]).digest()

    def filled(self, signature: bytes) -> bytes:
        """The finished file with `signature` (DER) in the hole; ValueError when it does not fit."""
        start, end = self.hole
        room = end - start - 2
        if 2 * len(signature) > room:
            raise ValueError(f"signature of {len(signature)} bytes, room for {room // 2}")
        return self.content[: start + 1] + signature.hex().encode().ljust(room, b"0") + self.content[end - 1 :]


@dataclass(frozen=True, slots=True)
class Parts:
    """What the renderer made: page, artwork and seal, each a one-page PDF, and where the seal goes."""

    page: bytes
    artwork: bytes
    seal: bytes
    seal_at: Placed


def assemble(
    snapshot: Snapshot, record: bytes, parts: Parts, language: str = CHINESE, *, reserved: int = RESERVED
) -> Prepared:
    """The certificate before signing; the same snapshot, record, parts and language always give the same bytes.

    `reserved` is the room for the signature in bytes.
    """
    with pikepdf.open(io.BytesIO(parts.page)) as pdf:
        _put_artwork(pdf, parts.artwork)
        _put_metadata(pdf, snapshot, language)
        _attach_record(pdf, record, snapshot.issued_at)
        _put_seal_field(pdf, snapshot, parts, reserved)
        buffer = io.BytesIO()
        pdf.save(
            buffer,
            static_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            stream_decode_level=pikepdf.StreamDecodeLevel.none,
            force_version="1.7",
        )
    return _with_byte_range(_with_id(buffer.getvalue(), record if language == CHINESE else record + language.encode()))


def page_count(content: bytes) -> int | None:
    """Pages of any PDF; None where it cannot be opened without a password or is none."""
    try:
        with pikepdf.open(io.BytesIO(content), inherit_page_attributes=False) as pdf:
            return len(pdf.pages)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RuntimeError):
        return None


def _as_form(pdf: pikepdf.Pdf, content: bytes) -> pikepdf.Object:
    """The one page of `content` as a form of `pdf`; its page is kept open, so that it is parsed once a process."""
    _source, form = _form(content)
    return pdf.copy_foreign(form)


@lru_cache(maxsize=64)
def _form(content: bytes) -> tuple[pikepdf.Pdf, pikepdf.Object]:
    """The form with the file that holds it: kept and let go together, for a form outlives its file as a dead handle."""
    source = pikepdf.open(io.BytesIO(content))
    form = source.make_indirect(source.pages[0].as_form_xobject())
    form.write(zlib.compress(form.read_bytes(), 9), filter=Name.FlateDecode)  # else each save packs it again
    return source, form


def _put_artwork(pdf: pikepdf.Pdf, artwork: bytes) -> None:
    page = pdf.pages[0]
    name = page.add_resource(_as_form(pdf, artwork), Name.XObject, Name.Artwork)
    page.contents_add(b"q %s Do Q" % str(name).encode(), prepend=True)
    if Name.Trans in page.obj:
        del page.obj[Name.Trans]


def _title(snapshot: Snapshot, language: str) -> str:
    if language == CHINESE:
        return f"{snapshot.holder_zh} {snapshot.programme_zh}认定证书 {snapshot.number}"
    return f"{snapshot.holder_en or snapshot.holder_zh} - {snapshot.programme_en} {snapshot.number}, English edition"


def _put_metadata(pdf: pikepdf.Pdf, snapshot: Snapshot, language: str) -> None:
    title, tag = _title(snapshot, language), _LANGUAGES[language]
    texts = {
        "title": title,
        "language": tag,
        "creator": snapshot.issuer_zh,
        "identifier": str(snapshot.identifier),
        "at": snapshot.issued_at.isoformat(timespec="seconds"),
        "producer": PRODUCER,
    }
    xmp = _XMP.format(**{name: escape(text) for name, text in texts.items()}).encode()
    root = pdf.Root
    root.Metadata = pikepdf.Stream(pdf, xmp, Type=Name.Metadata, Subtype=Name.XML)
    root.Lang = String(tag)
    root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    root.OutputIntents = Array([_output_intent(pdf)])
    for name in (Name.PageMode, Name.Outlines):
        if name in root:
            del root[name]
    at = String(pdf_date(snapshot.issued_at))
    entries = {"/Title": title, "/Author": snapshot.issuer_zh, "/Creator": PRODUCER, "/Producer": PRODUCER}
    info = Dictionary({name: String(text) for name, text in entries.items()})
    info.CreationDate = info.ModDate = at
    pdf.trailer.Info = pdf.make_indirect(info)


def pdf_date(at: datetime) -> str:
    """An instant as PDF writes it: D:20261201093000+08'00."""
    offset = at.strftime("%z")
    return f"D:{at:%Y%m%d%H%M%S}{offset[:3]}'{offset[3:5]}"


@lru_cache(maxsize=1)
def _colour_profile() -> bytes:
    """An sRGB profile, its creation date (bytes 24 to 35 of an ICC header) fixed."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    fixed_date = b"".join(part.to_bytes(2, "big") for part in (2026, 1, 1, 0, 0, 0))
    return profile[:24] + fixed_date + profile[36:]


def _output_intent(pdf: pikepdf.Pdf) -> Dictionary:
    return Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String("sRGB"),
        Info=String("sRGB IEC61966-2.1"),
        DestOutputProfile=pikepdf.Stream(pdf, _colour_profile(), N=3),
    )


def _attach_record(pdf: pikepdf.Pdf, record: bytes, at: datetime) -> None:
    """The machine-readable record as associated file of the document (ISO 19005-3, 6.8)."""
    when = String(pdf_date(at))
    parameters = Dictionary(ModDate=when, CreationDate=when, Size=len(record))
    embedded = pikepdf.Stream(pdf, record, Type=Name.EmbeddedFile, Subtype=Name("/application/json"), Params=parameters)
    specification = pdf.make_indirect(
        Dictionary(
            Type=Name.Filespec,
            F=String(RECORD_NAME),
            UF=String(RECORD_NAME),
            Desc=String("证书数据 certificate record"),
            AFRelationship=Name.Data,
            EF=Dictionary(F=embedded, UF=embedded),
        )
    )
    pdf.Root.AF = Array([specification])
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([String(RECORD_NAME), specification])))


def _put_seal_field(pdf: pikepdf.Pdf, snapshot: Snapshot, parts: Parts, reserved: int) -> None:
    """The signature field, its widget drawn as the seal, and a certification that allows no change (DocMDP P=1)."""
    page = pdf.pages[0]
    signature = pdf.make_indirect(_empty_signature(snapshot, reserved))
    place = parts.seal_at
    seal = _as_form(pdf, parts.seal)
    _mark_subsets(seal)
    widget = pdf.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(FIELD),
            TU=String("电子印章 issuer's electronic seal"),
            F=0b10000100,  # print, locked
            P=page.obj,
            Rect=Array([place.x, place.y, place.x + place.side, place.y + place.side]),
            V=signature,
            AP=Dictionary(N=seal),
        )
    )
    page.obj.Annots = Array([widget])
    pdf.Root.AcroForm = Dictionary(Fields=Array([widget]), SigFlags=3)
    pdf.Root.Perms = Dictionary(DocMDP=signature)


def _mark_subsets(form: pikepdf.Object) -> None:
    """Give the seal's font subsets their own tags: the page has subsets of the same faces under the same names."""
    for font in form.Resources.Font.values():
        name = Name("/SEAL" + str(font.BaseFont)[5:])
        font.BaseFont = name
        font.FontDescriptor.FontName = name


def _empty_signature(snapshot: Snapshot, reserved: int) -> Dictionary:
    transform = Dictionary(Type=Name.TransformParams, P=1, V=Name("/1.2"))
    return Dictionary(
        Type=Name.Sig,
        Filter=Name("/Adobe.PPKLite"),
        SubFilter=Name("/ETSI.CAdES.detached"),
        ByteRange=Array([0, _RANGE_FILLER, _RANGE_FILLER, _RANGE_FILLER]),
        Contents=String(bytes(reserved)),
        M=String(pdf_date(snapshot.issued_at)),
        Name=String(snapshot.issuer_zh),
        Reason=String(f"签发 {snapshot.number}"),
        Reference=Array([Dictionary(Type=Name.SigRef, TransformMethod=Name.DocMDP, TransformParams=transform)]),
    )


def _with_id(content: bytes, record: bytes) -> bytes:
    """The file identifier (ISO 32000-1, 14.4) from the record: a digest of the file would cost writing it twice."""
    found = list(_ID.finditer(content))
    if len(found) != 1:
        raise RuntimeError(f"expected one file identifier, found {len(found)}")
    own = hashlib.sha256(record).hexdigest()[:32].encode()
    start, end = found[0].span()
    return content[:start] + b"/ID [<%s><%s>]" % (own, own) + content[end:]


def _with_byte_range(content: bytes) -> Prepared:
    holes = list(_CONTENTS.finditer(content))
    ranges = list(_BYTE_RANGE.finditer(content))
    if len(holes) != 1 or len(ranges) != 1:
        raise RuntimeError(f"expected one signature hole and one byte range, found {len(holes)} and {len(ranges)}")
    start, end = holes[0].start(1) - 1, holes[0].end(1) + 1
    written = f"/ByteRange [ 0 {start} {end} {len(content) - end} ]".encode()
    first, last = ranges[0].span()
    return Prepared(content[:first] + written.ljust(last - first) + content[last:], (start, end))
