"""The fast QR encoder draws, module by module, what segno draws, and another library reads it."""

from __future__ import annotations

import random

import numpy as np
import pytest
import segno
import zxingcpp

from certificates.qr import _words, modules_of

LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def _count_bits(version: int) -> int:
    return 9 if version < 10 else 11 if version < 27 else 13


def _longest(version: int) -> int:
    room = 8 * _words(version) - 4 - _count_bits(version)
    return room // 11 * 2 + (1 if room % 11 >= 6 else 0)


def _read(modules: np.ndarray) -> str:
    """What a reader of pictures makes of the code."""
    picture = np.kron(np.pad(1 - modules, 4, constant_values=1), np.ones((4, 4))).astype(np.uint8) * 255
    (found,) = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


def _check(text: str) -> None:
    """As segno draws it, unless the end mark fills a word: there segno adds a word of zeros, which means nothing."""
    made = segno.make(text, error="m", mask=3, micro=False, boost_error=False, mode="alphanumeric")
    modules = modules_of(text)
    used = 4 + _count_bits(int(made.version)) + 11 * (len(text) // 2) + 6 * (len(text) % 2)
    if (used + 4) % 8:
        assert modules.tolist() == [list(row) for row in made.matrix]
    assert modules.shape == (made.symbol_size(border=0)[0],) * 2
    assert _read(modules) == text


@pytest.mark.slow
@pytest.mark.parametrize("version", range(1, 41))
def test_every_version_is_drawn_as_by_the_reference(version: int) -> None:
    chance = random.Random(version)
    for length in sorted({max(1, _longest(version) - less) for less in range(4)}):
        _check("A" + "".join(chance.choices(LETTERS[:36], k=length - 1)))


@pytest.mark.parametrize("length", range(2, 30))
def test_short_texts_are_drawn_as_by_the_reference(length: int) -> None:
    _check(("AB:/-.$%*+" * 3)[:length])


@pytest.mark.parametrize("text", ["https://small.example/v/x", "甲"])
def test_other_characters_are_left_to_the_reference(text: str) -> None:
    made = segno.make(text, error="m", mask=3, micro=False, boost_error=False)
    assert modules_of(text).tolist() == [list(row) for row in made.matrix]


def test_text_too_long_for_any_code_is_refused() -> None:
    with pytest.raises(segno.DataOverflowError):
        modules_of("A" * 3392)


def test_template_of_a_version_is_not_changed_by_use() -> None:
    first = modules_of("A" * 20)
    assert not np.array_equal(first, modules_of("B" * 20))
    assert np.array_equal(first, modules_of("A" * 20))
