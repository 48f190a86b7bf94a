"""Random damage to good files: bits, ends, parts, in the zip and inside its parts; the same seed, the same damage."""

from __future__ import annotations

import random
import zipfile

from criteria.workbook import Template, examine
from criteria.workbook.intake import Reading
from tests.criteria.workbook.books import packed, unpacked

SEED = 20261122


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


def failures(good: bytes, template: Template, runs: int) -> tuple[list[str], list[str]]:
    """Which of so many damaged copies were answered by a crash, and which were accepted with something missing."""
    whole = examine(good, template)
    crashed, lost = [], []
    for kind in KINDS:
        rng = random.Random(SEED)
        for run in range(-(-runs // len(KINDS))):
            reading = examine(kind(good, rng), template)
            refusal = reading.faults.refusal
            if refusal is not None and refusal.code == "unreadable":
                crashed.append(f"{kind.__name__} {run}")
            if reading.accepted and is_less(reading, whole):
                lost.append(f"{kind.__name__} {run}")
    return crashed, lost


def is_less(reading: Reading, whole: Reading) -> bool:
    """Whether a figure or an annex line is missing."""
    lines = whole.facts.annexes.items()
    return bool(whole.facts.figures.keys() - reading.facts.figures.keys()) or any(
        len(reading.facts.annexes.get(code, ())) < len(rows) for code, rows in lines
    )
