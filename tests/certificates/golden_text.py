"""The texts of every layout, occasion and language in the order in which they are drawn, and a digest of the drawing.

After a change that is meant, `write_golden` in a Django shell writes them anew.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from certificates.designs import DESIGNS
from certificates.drawing import Mark, Text
from certificates.fonts import find_faces
from certificates.layout import layout_of
from certificates.pages import ENGLISH
from certificates.render import renderer_for
from certificates.snapshot import Snapshot
from tests.certificates.layout_samples import OCCASION_NAMES, specimen

FOLDER = Path(__file__).parent / "golden"
VARIANTS = [(name, occasion, lang) for name in DESIGNS for occasion in OCCASION_NAMES for lang in ("zh", "en")]


def marks_of(snapshot: Snapshot, language: str) -> list[Mark]:
    """The drawing calls of a page."""
    layout, renderer = layout_of(snapshot), renderer_for(find_faces())
    draw = layout.english if language == ENGLISH else layout.page
    assert draw is not None
    return list(draw(snapshot, renderer.measure, renderer.covers))


def drawn(snapshot: Snapshot, language: str) -> str:
    """A digest of all drawing calls: a layout once used must keep it."""
    layout, renderer = layout_of(snapshot), renderer_for(find_faces())
    seal = list(layout.seal(snapshot.issuer_zh, snapshot.demo, renderer.covers))
    calls = (marks_of(snapshot, language), list(layout.artwork()), seal)
    return sha256(repr(calls).encode()).hexdigest()[:16]


def texts_of(snapshot: Snapshot, language: str) -> list[str]:
    """The lines of a page: texts on one base line are one line."""
    lines: list[tuple[float, str]] = []
    for mark in marks_of(snapshot, language):
        if isinstance(mark, Text):
            if lines and lines[-1][0] == mark.y:
                lines[-1] = (mark.y, lines[-1][1] + mark.text)
            else:
                lines.append((mark.y, mark.text))
    return [text for _y, text in lines]


def written(name: str) -> str:
    """All pages of a layout as the golden file holds them."""
    parts = []
    for occasion in OCCASION_NAMES:
        for language in ("zh", "en"):
            made = specimen(name, occasion)
            parts.append(f"=== {occasion or 'recognition'}, {language}, drawn {drawn(made, language)}")
            parts += texts_of(made, language)
    return "\n".join(parts) + "\n"


def golden(name: str) -> str:
    """The golden file of a layout."""
    return (FOLDER / f"{name}.txt").read_text(encoding="utf-8")


def write_golden() -> None:
    """Write all golden files anew."""
    for design in DESIGNS:
        (FOLDER / f"{design}.txt").write_text(written(design), encoding="utf-8")
