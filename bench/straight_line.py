"""The peer of the certificate: ReportLab, then pikepdf, then pyHanko, each used as its manual shows, one after another.

It draws the same marks with the same faces and ends with the same kind of file: PDF/A-3b metadata, the record attached,
a visible certification signature by the same P-256 key. Its favours: fonts are read, the key loaded and the ornament
computed once, before the clock runs.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
import segno
from PIL import ImageCms
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.stamp import StaticStampStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from certificates.drawing import Box, Circle, Code, Curve, Line, Mark, Polygon, Repeated, Text
from certificates.fonts import FontFile
from certificates.layout import layout_of
from certificates.snapshot import Snapshot, record_of


class StraightLine:
    """Issues certificates one by one, keeping nothing between them but fonts, key and ornament."""

    def __init__(self, faces: Mapping[str, FontFile], keys: Path, snapshot: Snapshot) -> None:
        for role, face in faces.items():
            font = TTFont(f"peer-{role}", str(face.path))
            font.face.name = b"Peer" + font.face.name  # ReportLab takes one font for another of the same name
            pdfmetrics.registerFont(font)
        self._covers = {role: pdfmetrics.getFont(f"peer-{role}").face.charToGlyph for role in faces}
        own, chain = str(keys / "trust" / "signers.pem"), (str(keys / "signer.chain.pem"),)
        load: Any = signers.SimpleSigner.load  # the library leaves it untyped
        signer = load(str(keys / "signer.key"), own, ca_chain_files=chain)
        if signer is None:
            raise ValueError("the peer cannot load the key")
        self._signer = signer
        self._ornament = list(layout_of(snapshot).artwork())

    def issue(self, snapshot: Snapshot, printed: str) -> bytes:
        """The signed file, with this text in its QR code."""
        layout = layout_of(snapshot)
        marks = [_printed(mark, printed) for mark in layout.page(snapshot, _width, self._has)]
        page = drawn([*self._ornament, *marks], layout.size)
        seal = drawn(layout.seal(snapshot.issuer_zh, snapshot.demo, self._has), (layout.seal_at.side,) * 2)
        return self._signed(packed(page, snapshot), seal, snapshot)

    def _has(self, role: str, text: str) -> bool:
        return all(ord(character) in self._covers[role] for character in text)

    def _signed(self, content: bytes, seal: bytes, snapshot: Snapshot) -> bytes:
        place = layout_of(snapshot).seal_at
        left, low, side = round(place.x), round(place.y), round(place.side)
        metadata = signers.PdfSignatureMetadata(
            field_name="IssuerSeal",
            md_algorithm="sha256",
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
            subfilter=fields.SigSeedSubFilter.PADES,
            name=snapshot.issuer_zh,
            reason=snapshot.number,
        )
        with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
            file.write(seal)
            file.flush()
            style = StaticStampStyle.from_pdf_file(file.name, border_width=0)
            field = fields.SigFieldSpec("IssuerSeal", box=(left, low, left + side, low + side))
            pen = signers.PdfSigner(metadata, self._signer, stamp_style=style, new_field_spec=field)
            signed: bytes = pen.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content))).getvalue()
        return signed


def _printed(mark: Mark, text: str) -> Mark:
    return replace(mark, text=text) if isinstance(mark, Code) else mark


def packed(page: bytes, snapshot: Snapshot) -> bytes:
    """PDF/A-3b around the page: metadata, colour profile, the record as associated file."""
    with pikepdf.open(io.BytesIO(page)) as pdf:
        with pdf.open_metadata() as metadata:
            metadata["pdfaid:part"] = "3"
            metadata["pdfaid:conformance"] = "B"
            metadata["dc:title"] = f"{snapshot.holder_zh} {snapshot.number}"
            metadata["dc:creator"] = [snapshot.issuer_zh]
            metadata["xmp:CreateDate"] = snapshot.issued_at.isoformat()
        pdf.docinfo["/Title"] = f"{snapshot.holder_zh} {snapshot.number}"
        profile = pikepdf.Stream(pdf, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), N=3)
        intent = pikepdf.Dictionary(
            Type=pikepdf.Name.OutputIntent,
            S=pikepdf.Name.GTS_PDFA1,
            OutputConditionIdentifier="sRGB",
            DestOutputProfile=profile,
        )
        pdf.Root.OutputIntents = pikepdf.Array([intent])
        when = f"D:{snapshot.issued_at:%Y%m%d%H%M%S}Z"
        record = pikepdf.AttachedFileSpec(
            pdf,
            record_of(snapshot),
            description="certificate record",
            filename="certificate.json",
            mime_type="application/json",
            creation_date=when,
            mod_date=when,
        )
        record.obj.AFRelationship = pikepdf.Name.Data
        pdf.attachments["certificate.json"] = record
        pdf.Root.AF = pikepdf.Array([record.obj])
        buffer = io.BytesIO()
        pdf.save(buffer, force_version="1.7")
    return buffer.getvalue()


def drawn(marks: Iterable[Mark], size: tuple[float, ...]) -> bytes:
    """The marks as a one-page PDF."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, pageCompression=1, initialFontName="peer-text")
    for mark in marks:
        _PAINTERS[type(mark)](canvas, mark)
    canvas.save()
    return buffer.getvalue()


def _width(text: str, role: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, f"peer-{role}", size))


def _text(canvas: Canvas, mark: Text) -> None:
    canvas.saveState()
    canvas.setFillColorRGB(*mark.colour)
    canvas.setFont(f"peer-{mark.face}", mark.size)
    canvas.translate(mark.x, mark.y)
    canvas.rotate(mark.turned)
    width = _width(mark.text, mark.face, mark.size) + mark.spacing * (len(mark.text) - 1)
    canvas.drawString(-width / 2 if mark.align == "centre" else 0, 0, mark.text, charSpace=mark.spacing)
    canvas.restoreState()


def _box(canvas: Canvas, mark: Box) -> None:
    _pen(canvas, mark)
    if mark.fill:
        canvas.setFillColorRGB(*mark.fill)
    canvas.rect(mark.x, mark.y, mark.across, mark.up, stroke=int(mark.width > 0), fill=int(mark.fill is not None))


def _line(canvas: Canvas, mark: Line) -> None:
    _pen(canvas, mark)
    canvas.line(*mark.start, *mark.end)


def _circle(canvas: Canvas, mark: Circle) -> None:
    _pen(canvas, mark)
    canvas.circle(*mark.centre, mark.radius)


def _curve(canvas: Canvas, mark: Curve) -> None:
    _pen(canvas, mark)
    path = canvas.beginPath()
    path.moveTo(*mark.start)
    for first, second, end in mark.pieces:
        path.curveTo(*first, *second, *end)
    canvas.drawPath(path)


def _polygon(canvas: Canvas, mark: Polygon) -> None:
    _pen(canvas, mark)
    canvas.setFillColorRGB(*mark.colour)
    path = canvas.beginPath()
    path.moveTo(*mark.corners[0])
    for corner in mark.corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=int(mark.width > 0), fill=int(mark.width == 0))


def _repeated(canvas: Canvas, mark: Repeated) -> None:
    for matrix in mark.matrices:
        canvas.saveState()
        canvas.transform(*matrix)
        for curve in mark.curves:
            _curve(canvas, curve)
        canvas.restoreState()


def _code(canvas: Canvas, mark: Code) -> None:
    matrix = segno.make_qr(mark.text, error="m").matrix
    module = mark.side / len(matrix)
    canvas.setFillColorRGB(*mark.colour)
    for row, line in enumerate(matrix):
        for column in (place for place, dark in enumerate(line) if dark):
            y = mark.y + mark.side - (row + 1) * module
            canvas.rect(mark.x + column * module, y, module, module, stroke=0, fill=1)


def _pen(canvas: Canvas, mark: Any) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)


_PAINTERS: dict[type[Any], Any] = {
    Text: _text,
    Line: _line,
    Box: _box,
    Curve: _curve,
    Polygon: _polygon,
    Circle: _circle,
    Code: _code,
    Repeated: _repeated,
}
