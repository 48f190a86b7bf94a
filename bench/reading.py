"""Reading and scoring one application: workbook bytes to facts, cross checks and traced score."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date

from openpyxl import load_workbook

from bench.figures import Figure
from bench.scale import Scale
from bench.timing import cpu_ms
from criteria.checks import check_facts
from criteria.evaluate import Evaluation, evaluate
from criteria.facts import Facts
from criteria.loading import freeze, thaw
from criteria.ruleset import RuleSet
from criteria.workbook import Template, read, template_for
from criteria.workbook.samples import correct_workbook

REFERENCE = "shanghai_municipal_centre/2022-demo"
YEAR = 2025
BASE_DATE = date(2026, 3, 2)


def read_and_score(content: bytes, template: Template, rules: RuleSet) -> Evaluation:
    """What an upload costs before anything is stored; raises when the sample is not accepted."""
    facts = read(content, template)
    if not isinstance(facts, Facts):
        raise TypeError(f"the sample workbook was refused: {facts}")
    check_facts(rules, facts)
    return evaluate(rules, facts, BASE_DATE)


def two_loads(content: bytes) -> None:
    """The peer: openpyxl loads values and formulas, which takes two loads; nothing is located, checked or scored."""
    load_workbook(io.BytesIO(content), data_only=True)
    load_workbook(io.BytesIO(content), data_only=False)


def reading(scale: Scale) -> Iterator[Figure]:
    """CPU time of one application, and its ratio to the two bare loads of the same bytes."""
    rules = thaw(freeze(REFERENCE))
    assert rules.form is not None
    template = template_for(rules.form, rules.ref, rules.checksum, "bench-1", YEAR, rules.name_zh)
    content = correct_workbook(template)
    evaluation = read_and_score(content, template, rules)
    if evaluation.total is None or not all(trace.points is not None for trace in evaluation.indicators):
        raise ValueError("the sample workbook was not scored completely")
    times = cpu_ms(
        {"ours": lambda: read_and_score(content, template, rules), "peer": lambda: two_loads(content)}, scale.rounds
    )
    size = f"{len(content) / 1024:.0f} KiB workbook, {len(evaluation.indicators)} indicators"
    yield Figure("reading.cpu", times["ours"], "ms CPU", 60, size)
    peer = f"openpyxl's two bare loads: {times['peer']:.0f} ms"
    yield Figure("reading.ratio", times["ours"] / times["peer"], "x peer", 0.5, peer)
