"""Letters are plain text: what makes markup for pages has no place in their templates."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accreditation.services.letters import letter_text
from tests.clock import STARTED

FOLDER = Path(__file__).resolve().parents[2] / "accreditation" / "templates" / "accreditation" / "letters"
LOADS = re.compile(r"{% load ([^%]*) %}")
LETTERS = sorted(FOLDER.glob("*.txt"))


def test_adverse_letter_is_not_written_without_what_it_rests_on() -> None:
    with pytest.raises(ValueError, match="rests on"):
        letter_text("order", {}, remedy="remedy", addressed_to="示例公司", issued_by="示例机关", at=STARTED)


def test_there_are_letters() -> None:
    assert len(LETTERS) > 30


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_letter_loads_nothing_that_makes_markup(path: Path) -> None:
    text = path.read_text()
    loaded = {name for tag in LOADS.findall(text) for name in tag.split()}
    assert loaded <= {"i18n"}
    assert "<" not in text
