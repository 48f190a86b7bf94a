"""Random damage to good files, with a fixed seed: facts or a typed refusal, never an exception, never a silent loss."""

from __future__ import annotations

import io
import random
import zipfile

import pytest

from criteria.workbook import Template, examine
from tests.criteria.workbook.books import packed, unpacked

RUNS = 100


def flip(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 12)):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def truncate(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content))]


def swap(content: bytes, rng: random.Random) -> bytes:
    parts = unpacked(content)
    first, second = rng.sample(sorted(parts), 2)
    parts[first], parts[second] = parts[second], parts[first]
    return packed(parts)


def drop(content: bytes, rng: random.Random) -> bytes:
    parts = unpacked(content)
    del parts[rng.choice(sorted(parts))]
    return packed(parts)


def flip_inside(content: bytes, rng: random.Random) -> bytes:
    """Damage that the zip's own checksums cannot see."""
    parts = unpacked(content)
    name = rng.choice(sorted(parts))
    part = parts[name]
    assert isinstance(part, bytes)
    if part:
        parts[name] = flip(part, rng)
    return packed(parts, zipfile.ZIP_STORED)


def cut_inside(content: bytes, rng: random.Random) -> bytes:
    parts = unpacked(content)
    name = rng.choice(sorted(parts))
    parts[name] = parts[name][: rng.randrange(len(parts[name]) + 1)]
    return packed(parts)


KINDS = (flip, truncate, swap, drop, flip_inside, cut_inside)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_damaged_file_is_answered_and_no_figure_is_lost_in_silence(kind, good: bytes, template: Template) -> None:
    whole = examine(good, template).facts
    rng = random.Random(20261122)
    unexpected, lost = [], []
    for run in range(RUNS // len(KINDS) + 1):
        reading = examine(kind(good, rng), template)
        refusal = reading.faults.refusal
        if refusal is not None and refusal.code == "unreadable":
            unexpected.append(run)
        if reading.accepted:
            missing = whole.figures.keys() - reading.facts.figures.keys()
            shorter = [code for code, rows in whole.annexes.items() if len(reading.facts.annexes[code]) < len(rows)]
            lost += [(run, missing, shorter)] if missing or shorter else []
    assert unexpected == []
    assert lost == []


def test_damage_is_the_same_in_every_run(good: bytes) -> None:
    assert [flip(good, random.Random(1)), truncate(good, random.Random(2))] == [
        flip(good, random.Random(1)),
        truncate(good, random.Random(2)),
    ]
    assert zipfile.is_zipfile(io.BytesIO(swap(good, random.Random(3))))
