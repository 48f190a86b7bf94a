"""The benchmarks by the name under which one of them can be run alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bench.acts import acts
from bench.annex import annex, hostile
from bench.archive import archive
from bench.certificate import certificate
from bench.figures import Figure
from bench.inbox import inbox
from bench.isolated_reading import isolated_reading
from bench.issuing import issuing
from bench.log import log
from bench.reading import reading
from bench.rules import rules
from bench.scale import Scale
from bench.whole_case import whole_case

BENCHMARKS: dict[str, Callable[[Scale], Iterator[Figure]]] = {
    "reading": reading,
    "isolated": isolated_reading,
    "annex": annex,
    "hostile": hostile,
    "rules": rules,
    "certificate": certificate,
    "archive": archive,
    "log": log,
    "issuing": issuing,
    "case": whole_case,
    "act": acts,
    "inbox": inbox,
}


def measured(name: str, scale: Scale) -> Iterator[Figure]:
    """The figures of one benchmark; one that breaks gives a figure that does not hold, so that the others still run."""
    try:
        yield from BENCHMARKS[name](scale)
    except Exception as fault:  # whatever went wrong is a figure that was not measured
        yield Figure(name, float("nan"), "not measured", 0, f"{type(fault).__name__}: {fault}")
