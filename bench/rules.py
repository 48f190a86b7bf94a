"""The rules engine on generated applications: wrong totals, speed with steps kept, whole columns, loading of a set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import count, islice

import numpy as np

from bench.figures import Figure
from bench.plain_columns import in_chunks
from bench.scale import Scale
from bench.timing import cpu_ms
from criteria.batch import BatchScorer, Columns
from criteria.evaluate import evaluate
from criteria.facts import Facts
from criteria.fast import FastScorer, compile_rules
from criteria.loading import PROGRAMMES, load, load_text, resolver
from criteria.scope import NOTHING_KNOWN
from tests.criteria import oracle
from tests.criteria.generated import CODES, HUNDREDTHS, INDUSTRY, Row, exact, facts_of_row, industry_of, rows

REFERENCE = "demo/2026"
ON = date(2026, 3, 2)
BLOCK = 10_000
TRACED = 300  # applications in one timed round
DISTINCT = 100_000  # rows of the columns, repeated


def rules(scale: Scale) -> Iterator[Figure]:
    """Every figure of the engine."""
    yield wrong_totals(scale)
    yield from traced(scale)
    yield from over_columns(scale)
    yield loading(scale)


def wrong_totals(scale: Scale) -> Figure:
    """Totals of both scorers against plain fractions written from the text of the set."""
    rule_set = load(REFERENCE)
    fast, batch, source = compile_rules(rule_set), BatchScorer(rule_set), rows(scale.applications)
    wrong = undetermined = 0
    while block := list(islice(source, BLOCK)):
        given = [facts_of_row(rule_set, row) for row in block]
        totals = batch.score(batch.gathered((one, ON, NOTHING_KNOWN) for one in given))
        for number, (row, one) in enumerate(zip(block, given, strict=True)):
            wanted = oracle.total(exact(row), industry_of(row))
            wrong += fast.score(one, ON).total != wanted or totals.total(number) != wanted
            undetermined += wanted is None
    remark = f"of {scale.applications} generated applications, {undetermined} of them undetermined; both scorers"
    return Figure("rules.wrong", wrong, "totals", 0, remark)


def by_fractions(given: Facts) -> object:
    """The peer: the rules written out in plain fractions, nothing kept."""
    values = {code: fact.value for (code, _year), fact in given.figures.items()}
    return oracle.total(values, values.get(INDUSTRY))


def traced(scale: Scale) -> Iterator[Figure]:
    """Applications a second with every step kept, and how much faster than plain fractions."""
    rule_set = load(REFERENCE)
    scorer: FastScorer = compile_rules(rule_set)
    given = [facts_of_row(rule_set, row) for row in rows(TRACED, seed=2, hostile=False)]
    if any(line.points is None for one in given for line in scorer.score(one, ON).lines()):
        raise ValueError("an application was not scored completely")
    times = cpu_ms(
        {
            "ours": lambda: [scorer.score(one, ON) for one in given],
            "peer": lambda: [by_fractions(one) for one in given],
            "interpreter": lambda: [evaluate(rule_set, one, ON) for one in given[:20]],
        },
        scale.rounds,
    )
    ours = 1000 * TRACED / times["ours"]
    slow = f"with words, cells and sources: {20_000 / times['interpreter']:.0f}/s"
    yield Figure("rules.traced", ours, "per s CPU", 20_000, f"{len(scorer.rows)} indicators; {slow}", True)
    peer = f"plain fractions, nothing kept: {1000 * TRACED / times['peer']:.0f}/s"
    yield Figure("rules.traced.ratio", times["peer"] / times["ours"], "x peer", 8, peer, True)


def over_columns(scale: Scale) -> Iterator[Figure]:
    """All applications at once, exactly, and how much slower than floats that nobody vouches for."""
    scorer, distinct = BatchScorer(load(REFERENCE)), min(DISTINCT, scale.applications)
    chosen = list(rows(distinct, seed=3, hostile=False))
    columns = columns_of(scorer, chosen, scale.applications // distinct)
    floats, industry = floats_of(chosen, scale.applications // distinct)
    totals = scorer.score(columns)
    if totals.one_by_one or not totals.determined.all():
        raise ValueError("rows were not scored over columns")
    astray = np.count_nonzero(np.rint(in_chunks(floats, industry) * 100).astype(np.int64) != totals.units)
    times = cpu_ms(
        {"ours": lambda: scorer.score(columns), "peer": lambda: in_chunks(floats, industry)}, min(scale.rounds, 7)
    )
    yield Figure("rules.batch", times["ours"] / 1000, "s CPU", 1, f"{columns.count} applications, every total exact")
    peer = f"plain float columns: {times['peer']:.0f} ms, {astray} totals wrong"
    yield Figure("rules.batch.ratio", times["ours"] / times["peer"], "x peer", 3, peer)


def columns_of(scorer: BatchScorer, chosen: list[Row], times: int) -> Columns:
    """The columns of rows, repeated."""
    (codes,) = scorer.choices.values()
    places = [codes.index(one) for one in oracle.CLASSES]
    arrays = {(code, 0): np.array([row[code] for row in chosen]) for code in CODES}
    arrays[INDUSTRY, 0] = np.array([places[row[INDUSTRY] or 0] for row in chosen])
    return scorer.columns(len(chosen) * times, {key: np.tile(column, times) for key, column in arrays.items()})


def floats_of(chosen: list[Row], times: int) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The same rows as floats in the units of their fields."""
    floats = {
        code: np.tile(np.array([row[code] for row in chosen], np.float64) / (100 if code in HUNDREDTHS else 1), times)
        for code in CODES
    }
    return floats, np.tile(np.array([row[INDUSTRY] or 0 for row in chosen]), times)


def loading(scale: Scale) -> Figure:
    """From YAML to a compiled scorer; the shared files are read anew each time as well."""
    shipped, number = resolver(PROGRAMMES), count()

    def load_and_compile() -> FastScorer:
        def anew(ref: str) -> str:
            return f"{shipped(ref)}\n# {next(number)}\n"

        return compile_rules(load_text(shipped(REFERENCE), anew, f"{REFERENCE}.yaml"))

    time = cpu_ms({"ours": load_and_compile}, scale.rounds)["ours"]
    return Figure("rules.load", time, "ms CPU", 50, f"{REFERENCE} from YAML: read, validated, compiled")
