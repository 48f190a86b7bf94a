"""Letters are plain text: what makes markup for pages has no place in their templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "accreditation" / "templates" / "accreditation" / "letters"
LOADS = re.compile(r"{% load ([^%]*) %}")
LETTERS = sorted(FOLDER.glob("*.txt"))


def test_there_are_letters() -> None:
    assert len(LETTERS) > 30


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_letter_loads_nothing_that_makes_markup(path: Path) -> None:
    text = path.read_text()
    loaded = {name for tag in LOADS.findall(text) for name in tag.split()}
    assert loaded <= {"i18n"}
    assert "<" not in text
