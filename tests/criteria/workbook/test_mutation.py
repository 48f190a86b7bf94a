"""Random damage to good files, with a fixed seed: facts or a typed refusal, never an exception, never a silent loss."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from criteria.workbook import Template, examine
from tests.criteria.workbook.books import packed, unpacked, with_shared_strings
from tests.criteria.workbook.damage import failures, flip, is_less, swap, truncate

RUNS = 300  # the benchmark makes 5,000


@pytest.mark.slow
def test_damaged_file_is_answered_and_no_figure_is_lost_in_silence(good: bytes, template: Template) -> None:
    assert failures(good, template, RUNS) == ([], [])


@pytest.mark.slow
def test_damaged_file_with_shared_strings_too(good: bytes, template: Template) -> None:
    assert failures(with_shared_strings(good), template, RUNS // 3) == ([], [])


def test_damage_is_the_same_in_every_run(good: bytes) -> None:
    assert [flip(good, random.Random(1)), truncate(good, random.Random(2))] == [
        flip(good, random.Random(1)),
        truncate(good, random.Random(2)),
    ]
    assert zipfile.is_zipfile(io.BytesIO(swap(good, random.Random(3))))


def test_a_loss_would_be_seen(good: bytes, template: Template) -> None:
    whole = examine(good, template)
    assert not is_less(whole, whole)
    assert is_less(examine(packed(dict(list(unpacked(good).items())[:3])), template), whole)
