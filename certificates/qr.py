"""QR codes of capital letters, twenty times as fast as segno, which gives the patterns and tables of each version.

One error level (M) and one mask, as printed here; whatever does not fit alphanumeric mode is left to segno. All that
depends on the version alone is prepared once: where the bits go, the mask under them, and Reed-Solomon as a matrix.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import segno
from numpy.typing import NDArray
from segno import consts

Bytes = NDArray[np.uint8]
MASK = 3
LEVEL = "m"
LARGEST = 40
_ALPHANUMERIC = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE = np.full(256, 255, np.uint8)
_VALUE[np.frombuffer(_ALPHANUMERIC, np.uint8)] = np.arange(len(_ALPHANUMERIC), dtype=np.uint8)
_FIELD_POLYNOMIAL = 0x11D
_PADDING = (0xEC, 0x11)
_LEVELS: Any = consts.ECC  # version -> level -> blocks
_CENTRES: Any = consts.ALIGNMENT_POS  # from version 2


def _field() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Powers of 2 in the field of 256 elements, twice over, and the exponent of each element."""
    powers, exponents, element = np.zeros(510, np.int64), np.zeros(256, np.int64), 1
    for exponent in range(255):
        powers[exponent] = powers[exponent + 255] = element
        exponents[element] = exponent
        element <<= 1
        if element & 0x100:
            element ^= _FIELD_POLYNOMIAL
    return powers, exponents


_POWERS, _EXPONENTS = _field()


def _times(first: Any, second: Any) -> Any:
    """Products in the field of 256 elements, element by element."""
    product = _POWERS[_EXPONENTS[first] + _EXPONENTS[second]]
    return np.where((np.asarray(first) == 0) | (np.asarray(second) == 0), 0, product)


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Equal blocks of a version: how many, data words in each, and the matrix that makes their correction words."""

    count: int
    data: int
    matrix: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Version:
    """All that depends on the version alone: `modules` with the patterns, and the places of the bits under the mask."""

    modules: Bytes
    places: NDArray[np.int64]
    mask: Bytes
    blocks: tuple[_Blocks, ...]
    count_bits: int

    @property
    def data_words(self) -> int:
        return sum(group.count * group.data for group in self.blocks)


@lru_cache(maxsize=LARGEST)
def _version(number: int) -> _Version:
    pattern = segno.make("A", version=number, error=LEVEL, mask=MASK, micro=False, boost_error=False)
    modules = np.array([list(row) for row in pattern.matrix], np.uint8)
    side = len(modules)
    rows, columns = np.array(list(_zigzag(side, _carries_data(number, side))), np.int64).T
    levels = _LEVELS[number][consts.ERROR_LEVEL_M]
    blocks = tuple(_Blocks(one.num_blocks, one.num_data, _correction(one)) for one in levels)
    mask = ((rows + columns) % 3 == 0).astype(np.uint8)
    count_bits = 9 if number < 10 else 11 if number < 27 else 13
    return _Version(modules, rows * side + columns, mask, blocks, count_bits)


def _carries_data(number: int, side: int) -> NDArray[np.bool_]:
    """True for modules that belong to no pattern and to no information on format or version (ISO 18004, 6.3)."""
    free = np.ones((side, side), np.bool_)
    free[:9, :9] = free[:9, -8:] = free[-8:, :9] = False  # finders, separators, format
    free[6, :] = free[:, 6] = False  # timing
    centres: tuple[int, ...] = _CENTRES[number - 2] if number > 1 else ()
    for row in centres:
        for column in centres:
            if (row, column) not in {(6, 6), (6, centres[-1]), (centres[-1], 6)}:
                free[row - 2 : row + 3, column - 2 : column + 3] = False
    if number >= 7:
        free[:6, -11:-8] = free[-11:-8, :6] = False  # version
    return free


def _zigzag(side: int, is_data: NDArray[np.bool_]) -> Any:
    """The data modules in the order of the bits: two columns at a time, from the right, up and down (7.7.3)."""
    upward = True
    for right in range(side - 1, 0, -2):
        left_of_timing = right if right > 6 else right - 1
        for row in range(side - 1, -1, -1) if upward else range(side):
            for column in (left_of_timing, left_of_timing - 1):
                if is_data[row, column]:
                    yield row, column
        upward = not upward


def _correction(block: Any) -> NDArray[np.int64]:
    """Row i holds the correction words of a block whose only word is a 1 at place i."""
    size = block.num_total - block.num_data
    generator = np.array([1], np.int64)
    for exponent in range(size):
        raised, scaled = np.append(generator, 0), np.insert(_times(generator, _POWERS[exponent]), 0, 0)
        generator = raised ^ scaled
    rows, remainder = [], generator[1:].copy()
    for _place in range(block.num_data):
        rows.append(remainder)
        shifted = np.append(remainder[1:], 0)
        remainder = shifted ^ _times(generator[1:], np.full(size, remainder[0]))
    return np.array(rows[::-1])


def modules_of(text: str) -> Bytes:
    """The code of `text` in the smallest version that holds it: one row per row of modules, 1 is dark, no margin."""
    values = _VALUE[np.frombuffer(text.encode(), np.uint8)]
    if not text or values.max() == 255:
        return _by_segno(text)
    pairs = len(values) // 2
    length = 4 + 11 * pairs + 6 * (len(values) % 2)
    version = next((v for v in map(_version, _numbers(length)) if length + v.count_bits <= 8 * v.data_words), None)
    if version is None:
        return _by_segno(text)
    words = _interleaved(_data_words(values, version), version)
    bits = np.zeros(len(version.places), np.uint8)  # the last few stay over
    bits[: 8 * len(words)] = np.unpackbits(words)
    modules = version.modules.copy()
    modules.reshape(-1)[version.places] = bits ^ version.mask
    return modules


def _numbers(length: int) -> range:
    """The versions that may hold so many bits; the smallest of them is found by their number of words."""
    return range(next((n for n in range(1, LARGEST + 1) if 8 * _words(n) >= length), LARGEST), LARGEST + 1)


@lru_cache(maxsize=LARGEST)
def _words(number: int) -> int:
    return sum(one.num_blocks * one.num_data for one in _LEVELS[number][consts.ERROR_LEVEL_M])


def _by_segno(text: str) -> Bytes:
    made = segno.make(text, error=LEVEL, mask=MASK, micro=False, boost_error=False)
    return np.array([list(row) for row in made.matrix], np.uint8)


def _bits(numbers: Any, width: int) -> Bytes:
    """The numbers as bits, the highest first, `width` for each."""
    wide = np.asarray(numbers, ">u2").reshape(-1, 1).view(np.uint8)
    return np.unpackbits(wide, axis=1)[:, 16 - width :].reshape(-1)


def _data_words(values: Bytes, version: _Version) -> Bytes:
    """Mode, length, two characters in 11 bits and a last one in 6, the end mark, padding (ISO 18004, 7.4.4)."""
    even = len(values) // 2 * 2
    pairs = values[:even:2].astype(np.int64) * 45 + values[1:even:2]
    parts = [_bits(0b0010, 4), _bits(len(values), version.count_bits), _bits(pairs, 11), _bits(values[even:], 6)]
    written = np.packbits(np.concatenate(parts))
    room = version.data_words
    used = sum(map(len, parts))
    words = np.resize(np.array(_PADDING, np.uint8), room)
    whole = min(-(-(used + 4) // 8), room)  # the end mark of four zeros may open another word
    words[:whole] = 0
    words[: len(written)] = written
    words[whole:] = np.resize(np.array(_PADDING, np.uint8), room - whole)
    return words


def _interleaved(words: Bytes, version: _Version) -> Bytes:
    """Data words of all blocks in turn, then their correction words in turn (ISO 18004, 7.6)."""
    data: list[Bytes] = []
    correction: list[Bytes] = []
    start = 0
    for group in version.blocks:
        size = group.count * group.data
        block = words[start : start + size].reshape(group.count, group.data)
        products = _times(block[:, :, None].astype(np.int64), group.matrix[None, :, :])
        data.append(block)
        correction.append(np.bitwise_xor.reduce(products, axis=1).astype(np.uint8))
        start += size
    shortest = min(block.shape[1] for block in data)
    even = np.concatenate([block[:, :shortest] for block in data]).T.reshape(-1)
    rest = np.concatenate([block[:, shortest:].T.reshape(-1) for block in data])
    return np.concatenate([even, rest, np.concatenate(correction).T.reshape(-1)])
