"""Marks to PDF with ReportLab: embedded subsets only, identical input gives identical bytes."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, ttfonts
from reportlab.pdfbase.pdfdoc import PDFDocument
from reportlab.pdfgen.canvas import Canvas

from certificates.drawing import Box, Circle, Code, Curve, Line, Mark, Polygon, Repeated, Text
from certificates.fonts import FontFile
from certificates.layout import LAYOUTS, layout_of
from certificates.pages import CHINESE, ENGLISH
from certificates.qr import modules_of
from certificates.snapshot import Fault, Snapshot, SnapshotRefused
from certificates.wording import Wording

_PER_BLOCK = 100


rl_config.useA85 = 0


class _QuickCompression(pdfdoc.PDFStreamFilterZCompress):  # type: ignore[misc] # the library is untyped
    """Level 3 of zlib: half a per cent larger files than by level 6 in a sixth less time for the whole certificate."""

    def encode(self, text: bytes | str) -> bytes:
        return zlib.compress(text.encode() if isinstance(text, str) else text, 3)


pdfdoc.PDFZCompress = _QuickCompression()


class _CachedFace(ttfonts.TTFontFace):  # type: ignore[misc] # the library is untyped
    """A face that keeps its tables: the plain one copies the whole outline table for every subset."""

    def get_table(self, tag: str) -> bytes:
        tables = self.__dict__.setdefault("_tables", {})
        if tag not in tables:
            tables[tag] = super().get_table(tag)
        found: bytes = tables[tag]
        return found


class _CertificateFont(ttfonts.TTFont):  # type: ignore[misc] # the library is untyped
    """A TrueType font whose ToUnicode map is right beyond U+FFFF as well."""

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, path, asciiReadable=0)
        self.face = _CachedFace(path)

    def addObjects(self, doc: PDFDocument) -> None:  # noqa: N802 the library's own name
        subsets = list(self.state[doc].subsets)
        super().addObjects(doc)
        for number, subset in enumerate(subsets):
            name = f"{ttfonts.SUBSETN(number).decode()}+{self.face.name.decode()}"
            doc.idToObject[f"toUnicodeCMap:{name}"].content = to_unicode(name, subset)


def to_unicode(font_name: str, subset: list[int]) -> str:
    """A ToUnicode map from one-byte codes to UTF-16BE, at most 100 entries a block (ISO 32000-1, 9.10.3)."""
    entries = [f"<{code:02X}> <{chr(point).encode('utf-16-be').hex().upper()}>" for code, point in enumerate(subset)]
    blocks = [entries[start : start + _PER_BLOCK] for start in range(0, len(entries), _PER_BLOCK)]
    return "\n".join(
        [
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
            f"/CIDSystemInfo << /Registry ({font_name}) /Ordering ({font_name}) /Supplement 0 >> def",
            f"/CMapName /{font_name} def /CMapType 2 def",
            f"1 begincodespacerange <00> <{len(subset) - 1:02X}> endcodespacerange",
            *(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar" for block in blocks),
            "endcmap CMapName currentdict /CMap defineresource pop end end",
        ]
    )


class Renderer:
    """Draws certificates with one set of faces; keeps fonts and artwork, so reuse it."""

    def __init__(self, faces: Mapping[str, FontFile]) -> None:
        self.faces = dict(faces)
        self._fonts = {role: _CertificateFont(f"certificate-{role}", str(file.path)) for role, file in faces.items()}
        for font in self._fonts.values():
            ttfonts.pdfmetrics.registerFont(font)
            if ttfonts.pdfmetrics.getFont(font.fontName) is not font:
                raise RuntimeError(f"{font.face.name} is registered already, and would be used instead of ours")
        #: layout id -> PDF of what is the same on every certificate
        self.artwork = lru_cache(maxsize=16)(self._artwork)
        #: layout id, issuing body, demo mode -> PDF of the seal
        self.seal = lru_cache(maxsize=32)(self._seal)

    def measure(self, text: str, role: str, size: float) -> float:
        """Width of the text in points."""
        return float(self._fonts[role].stringWidth(text, size))

    def covers(self, role: str, text: str) -> bool:
        """True when the face has a glyph for every character."""
        return not self.missing(role, text)

    def missing(self, role: str, text: str) -> tuple[str, ...]:
        """The characters that the face cannot draw."""
        known = self._fonts[role].face.charToGlyph
        return tuple(character for character in dict.fromkeys(text) if ord(character) not in known)

    def page(self, snapshot: Snapshot, printed: str, language: str = CHINESE) -> bytes:
        """The page of one certificate without artwork and seal, as a one-page PDF; `printed` is put in its QR code.

        SnapshotRefused for missing glyphs, texts too long, and a layout without edition in the language.
        """
        layout = layout_of(snapshot)
        draw = layout.english if language == ENGLISH else layout.page
        if draw is None:
            raise SnapshotRefused((Fault("layout", Wording("该版式没有英文版", "the layout has no English edition")),))
        drawn = draw(snapshot, self.measure, self.covers)
        marks = [replace(mark, text=printed) if isinstance(mark, Code) else mark for mark in drawn]
        self.check_drawable(marks)
        return self._pdf(marks, layout.size, title=f"{snapshot.programme_zh} {snapshot.number}")

    def sheet(self, marks: Iterable[Mark], size: tuple[float, float], *, title: str) -> bytes:
        """Any other page of these marks, as a one-page PDF; SnapshotRefused for missing glyphs."""
        drawn = list(marks)
        self.check_drawable(drawn)
        return self._pdf(drawn, size, title=title)

    def check_drawable(self, marks: Iterable[Mark]) -> None:
        """Raise SnapshotRefused naming every text that has a character without glyph."""
        faults = [
            Fault(
                mark.text, Wording("字体缺少字形：{which}", "the font has no glyph for {which}").filled(which=lacking)
            )
            for mark in marks
            if isinstance(mark, Text) and (lacking := " ".join(self.missing(mark.face, mark.text)))
        ]
        if faults:
            raise SnapshotRefused(tuple(faults))

    def _artwork(self, layout: str) -> bytes:
        found = LAYOUTS[layout]
        return self._pdf(list(found.artwork()), found.size, title=layout)

    def _seal(self, layout: str, issuer: str, demo: bool) -> bytes:
        found = LAYOUTS[layout]
        marks = list(found.seal(issuer, demo, self.covers))
        self.check_drawable(marks)
        return self._pdf(marks, (found.seal_at.side, found.seal_at.side), title=layout)

    def _pdf(self, marks: list[Mark], size: tuple[float, float], *, title: str) -> bytes:
        buffer = io.BytesIO()
        canvas = Canvas(buffer, pagesize=size, pageCompression=1, invariant=1, initialFontName="certificate-text")
        canvas.setTitle(title)
        for mark in marks:
            _PAINTERS[mark.__class__](canvas, mark)
        canvas.showPage()
        canvas.save()
        return buffer.getvalue()


@lru_cache(maxsize=4)
def _renderer(faces: tuple[FontFile, ...]) -> Renderer:
    return Renderer({face.role: face for face in faces})


def renderer_for(faces: Mapping[str, FontFile]) -> Renderer:
    """The renderer of these faces, the same one each time: reading the fonts takes a second and 80 MB."""
    return _renderer(tuple(faces.values()))


def _paint_text(canvas: Canvas, mark: Text) -> None:
    canvas.saveState()
    canvas.setFillColorRGB(*mark.colour)
    canvas.translate(mark.x, mark.y)
    if mark.turned:
        canvas.rotate(mark.turned)
    width = canvas.stringWidth(mark.text, f"certificate-{mark.face}", mark.size)
    width += mark.spacing * (len(mark.text) - 1)
    text = canvas.beginText(-width / 2 if mark.align == "centre" else 0, 0)
    text.setFont(f"certificate-{mark.face}", mark.size)
    if mark.spacing:
        text.setCharSpace(mark.spacing)
    text.textOut(mark.text)
    canvas.drawText(text)
    canvas.restoreState()


def _paint_line(canvas: Canvas, mark: Line) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)
    canvas.line(*mark.start, *mark.end)


def _paint_box(canvas: Canvas, mark: Box) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)
    if mark.fill is not None:
        canvas.setFillColorRGB(*mark.fill)
    canvas.rect(mark.x, mark.y, mark.across, mark.up, stroke=int(mark.width > 0), fill=int(mark.fill is not None))


def _paint_curve(canvas: Canvas, mark: Curve) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)
    path = canvas.beginPath()
    path.moveTo(*mark.start)
    for first, second, end in mark.pieces:
        path.curveTo(*first, *second, *end)
    canvas.drawPath(path)


def _paint_repeated(canvas: Canvas, mark: Repeated) -> None:
    for matrix in mark.matrices:
        canvas.saveState()
        canvas.transform(*matrix)
        canvas.setLineCap(1)
        for curve in mark.curves:
            _paint_curve(canvas, curve)
        canvas.restoreState()


def _paint_polygon(canvas: Canvas, mark: Polygon) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setFillColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)
    path = canvas.beginPath()
    path.moveTo(*mark.corners[0])
    for corner in mark.corners[1:]:
        path.lineTo(*corner)
    path.close()
    canvas.drawPath(path, stroke=int(mark.width > 0), fill=int(mark.width == 0))


def _paint_circle(canvas: Canvas, mark: Circle) -> None:
    canvas.setStrokeColorRGB(*mark.colour)
    canvas.setLineWidth(mark.width)
    canvas.circle(*mark.centre, mark.radius)


def _paint_code(canvas: Canvas, mark: Code) -> None:
    """One filled path of whole numbers, scaled to the side: each run of dark modules in a row is a rectangle."""
    modules = modules_of(mark.text)
    module = mark.side / len(modules)
    edges = np.diff(np.pad(modules.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    runs = np.column_stack((starts, len(modules) - 1 - rows, ends - starts)).tolist()
    canvas.saveState()
    canvas.setFillColorRGB(*mark.colour)
    canvas.transform(module, 0, 0, module, mark.x, mark.y)
    canvas.addLiteral("\n".join([*(f"{start} {row} {length} 1 re" for start, row, length in runs), "f"]))
    canvas.restoreState()


_PAINTERS: dict[type[Any], Callable[[Canvas, Any], None]] = {
    Text: _paint_text,
    Line: _paint_line,
    Box: _paint_box,
    Curve: _paint_curve,
    Polygon: _paint_polygon,
    Circle: _paint_circle,
    Code: _paint_code,
    Repeated: _paint_repeated,
}
