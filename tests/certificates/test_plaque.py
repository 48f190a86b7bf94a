"""The text sheet of a plaque: what it says, that it fits, and that it cannot be taken for a certificate."""

from __future__ import annotations

import io
from itertools import pairwise

import pikepdf
import pytest

from certificates.designs import DESIGNS
from certificates.drawing import Box, Code, Polygon, Text
from certificates.fonts import find_faces
from certificates.plaque import ACROSS_MM, HEIGHT, UP_MM, WIDTH, plaque_marks
from certificates.render import Renderer, renderer_for
from certificates.snapshot import Snapshot, SnapshotRefused
from certificates.verify import Trust, verify
from tests.certificates.layout_samples import specimen


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return renderer_for(find_faces())


def _texts(snapshot: Snapshot, renderer: Renderer) -> list[Text]:
    return [m for m in plaque_marks(snapshot, renderer.measure, renderer.covers) if isinstance(m, Text)]


@pytest.mark.parametrize("name", DESIGNS)
def test_sheet_names_title_holder_authority_and_month(renderer: Renderer, name: str) -> None:
    made = specimen(name)
    texts = [mark.text for mark in _texts(made, renderer)]
    for wanted in (made.programme_zh, made.holder_zh, made.issuer_zh, "二〇二六年十二月"):
        assert wanted in texts
    assert {f"{ACROSS_MM} mm", f"{UP_MM} mm"} <= set(texts)


def test_sheet_says_that_it_is_no_certificate_and_bears_neither_code_nor_seal(renderer: Renderer) -> None:
    marks = list(plaque_marks(specimen("municipal_centre-1"), renderer.measure, renderer.covers))
    texts = [mark.text for mark in marks if isinstance(mark, Text)]
    assert {"不是证书", "NOT A CERTIFICATE"} <= set(texts)
    assert not [mark for mark in marks if isinstance(mark, Code)]
    assert all(len(mark.corners) == 3 for mark in marks if isinstance(mark, Polygon))


def test_plaque_is_drawn_to_scale_with_its_lines_inside(renderer: Renderer) -> None:
    made = specimen("group_centre-1", holder_zh="汇能氢动力系统" * 8 + "有限公司")
    marks = list(plaque_marks(made, renderer.measure, renderer.covers))
    plaque = next(mark for mark in marks if isinstance(mark, Box) and mark.fill is not None)
    assert plaque.across / plaque.up == pytest.approx(ACROSS_MM / UP_MM)
    inside = [m for m in marks if isinstance(m, Text) and plaque.y < m.y < plaque.y + plaque.up and not m.turned]
    assert len(inside) == 6
    for mark in inside:
        assert renderer.measure(mark.text, mark.face, mark.size) <= plaque.across - 60
    heights = sorted((mark.y, mark.y + mark.size) for mark in inside)
    assert all(low[1] <= high[0] + 0.1 * 30 for low, high in pairwise(heights))


def test_every_text_stays_on_the_sheet(renderer: Renderer) -> None:
    for mark in _texts(specimen("branch_centre-1"), renderer):
        wide = renderer.measure(mark.text, mark.face, mark.size)
        left = mark.x - (wide / 2 if mark.align == "centre" else 0)
        assert (left > 40 and left + wide < WIDTH - 30) or mark.turned
        assert 40 < mark.y < HEIGHT - 40


def test_file_is_a_plain_page_that_no_verifier_takes_for_a_certificate(renderer: Renderer) -> None:
    marks = plaque_marks(specimen("municipal_centre-1"), renderer.measure, renderer.covers)
    content = renderer.sheet(marks, (WIDTH, HEIGHT), title="铜牌文字稿")
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert "/AcroForm" not in pdf.Root
        assert [float(side) for side in pdf.pages[0].MediaBox[2:]] == pytest.approx([WIDTH, HEIGHT], abs=0.1)
    assert verify(content, Trust(())).rule is not None


@pytest.mark.parametrize(("field", "text"), [("holder_zh", "汇能氢动力" * 40), ("programme_zh", "企业技术中心" * 40)])
def test_text_too_long_for_the_plaque_is_refused(renderer: Renderer, field: str, text: str) -> None:
    with pytest.raises(SnapshotRefused, match=f"{field}: too long"):
        _texts(specimen("municipal_centre-1", **{field: text}), renderer)
