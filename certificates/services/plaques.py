"""The text sheet of a plaque, drawn when it is asked for: nothing is signed and nothing is kept."""

from __future__ import annotations

from certificates.installation import faces
from certificates.models import Certificate
from certificates.plaque import HEIGHT, WIDTH, plaque_marks
from certificates.render import renderer_for


def plaque_sheet(certificate: Certificate) -> bytes:
    """The sheet as PDF; FontsRefused when a font is missing here, SnapshotRefused for a text that does not fit."""
    snapshot, renderer = certificate.content, renderer_for(faces())
    marks = plaque_marks(snapshot, renderer.measure, renderer.covers)
    return renderer.sheet(marks, (WIDTH, HEIGHT), title=f"铜牌文字稿 {snapshot.number}")
