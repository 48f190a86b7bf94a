"""A simulation as lines of text for a terminal: counts, groups, bands, totals as bars, who gains and who loses."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from criteria.exact import shown_text
from criteria.simulation import GROUPS, STEP, Move, SetName, Simulation

MOVES = {
    Move.GAINS: ("新增取得", "gains the title"),
    Move.LOSES: ("失去资格", "loses the title"),
    Move.KEEPS: ("保持", "keeps the title"),
    Move.STAYS_OUT: ("仍不符合", "stays without"),
    Move.CANNOT_TELL: ("不能判定", "cannot be told"),
}
_TITLES = {
    "district": ("分区", "By district"),
    "industry": ("分行业", "By industry"),
    "size": ("分规模", "By size"),
    "bands": ("等次变化", "From band to band"),
    "totals": ("总分分布（原 ░ 新 █）", "Totals (before ░ after █)"),
    "moves": ("取得和失去资格的单位", "Who gains and who loses"),
}
_WIDTH = 30  # characters of the longest bar
_MOST_CAUSES = 6


def simulation_lines(found: Simulation, lang: str) -> Iterator[str]:
    """Every line of the report, `lang` being `zh` or `en`."""
    place = 0 if lang == "zh" else 1
    words = [MOVES[move][place] for move in Move]
    names = (found.before.name_zh, found.after.name_zh) if lang == "zh" else (found.before.name_en, found.after.name_en)
    yield f"{names[0]} ({found.before.ref}) → {names[1]} ({found.after.ref})"
    yield f"{('申报', 'applications')[place]}: {len(found.rows)}"
    yield from aligned([[word, str(count)] for word, count in zip(words, found.counts().values(), strict=True)])
    for group in GROUPS:
        yield from _titled(_TITLES[group][place], aligned(_group(found, group, words, place)))
    yield from _titled(_TITLES["bands"][place], aligned(_bands(found, place)))
    yield from _titled(_TITLES["totals"][place], [*_quartiles(found, place), *_histogram(found)])
    yield from _titled(_TITLES["moves"][place], aligned(_moves(found, place)))


def _titled(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield ""
        yield title
        yield from lines


def _group(found: Simulation, group: str, words: Sequence[str], place: int) -> list[list[str]]:
    labels, missing = found.labels.get(group, {}), ("未填", "not given")[place]
    rows = [
        [labels[code][place] if code in labels else code or missing, *map(str, counts.values())]
        for code, counts in found.by(group).items()
    ]
    return [["", *words], *rows] if rows else []


def _bands(found: Simulation, place: int) -> list[list[str]]:
    return [
        [f"{_band(found.before, old, place)} → {_band(found.after, new, place)}", str(count)]
        for (old, new), count in found.bands().items()
    ]


def _band(edition: SetName, code: str, place: int) -> str:
    return next((pair[place] for one, *pair in edition.bands if one == code), "—")


def _quartiles(found: Simulation, place: int) -> list[str]:
    title = ("四分位", "quartiles")[place]
    return [
        f"  {title} {sign} {' / '.join(map(shown_text, quartiles))}"
        for sign, quartiles in (("░", found.quartiles("before")), ("█", found.quartiles("after")))
        if quartiles
    ]


def _histogram(found: Simulation) -> Iterator[str]:
    columns = found.histogram()
    most = max((count for _, *pair in columns for count in pair), default=0)
    for low, before, after in columns:
        for sign, count, label in (("░", before, f"{low}–{low + STEP}"), ("█", after, "")):
            yield f"  {label:>9} {sign * -(-_WIDTH * count // most)} {count}".rstrip()


def _moves(found: Simulation, place: int) -> list[list[str]]:
    return [
        [row.reference, row.name, MOVES[row.move][place], _causes(row.causes)]
        for row in found.rows
        if row.move in (Move.GAINS, Move.LOSES)
    ]


def _causes(codes: Sequence[str]) -> str:
    """The first codes; the workbook names all of them."""
    rest = len(codes) - _MOST_CAUSES
    return ", ".join(codes[:_MOST_CAUSES]) + (f" … +{rest}" if rest > 0 else "")


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as lines with their columns one below the other; numbers to the right, Chinese counting double."""
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        ("  " + "  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True))).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int) -> str:
    gap = " " * (width - _width(text))
    return gap + text if text.isdigit() else text + gap
