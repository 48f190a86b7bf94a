"""Names of products: one spelling, soundness, and when two names mean one product."""

from __future__ import annotations

import pytest

from accreditation.products import is_sound_name, same_product, tidy_name


def test_name_is_tidied_without_changing_what_it_says() -> None:
    assert tidy_name("  HN-120\u3000 型   燃料电池 ") == "HN-120 型 燃料电池"
    assert tidy_name("e\u0301") == "\u00e9"
    assert tidy_name("（Ⅱ型）") == "（Ⅱ型）"


@pytest.mark.parametrize("name", ["燃料电池系统", "AB", "产" * 60, "R&D “甲” <乙>"])
def test_sound_name(name: str) -> None:
    assert is_sound_name(name)


@pytest.mark.parametrize("name", ["", "A", "产" * 61, "隐\u200b形", "\u202e反向", "换\n行", "\ue000\ue000"])
def test_unsound_name(name: str) -> None:
    assert not is_sound_name(name)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("HN-120 型", "ｈｎ－120型", True),
        ("HN-120", "HN-121", False),
        ("", "", True),
        ("", "HN-120", False),
    ],
)
def test_same_product_but_for_width_capitals_and_blanks(one: str, other: str, same: bool) -> None:
    assert same_product(one, other) is same
