"""The command: run the benchmarks, print one line per figure, write JSON or the table of the document."""

from __future__ import annotations

import gc
from argparse import ArgumentParser, Namespace
from pathlib import Path

from bench.database import Scratch
from bench.figures import Figure, as_json, put_table
from bench.scale import FULL
from bench.suite import BENCHMARKS, measured


def arguments() -> Namespace:
    """What the command line asks for."""
    parser = ArgumentParser(prog="bench", description="Measure; print one line per figure.")
    parser.add_argument("--only", choices=BENCHMARKS, help="run one benchmark")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures as JSON as well")
    parser.add_argument("--table", type=Path, metavar="FILE", help="replace the table of a Markdown document")
    return parser.parse_args()


def main() -> int:
    """Every line is printed, whatever holds; 1 when a figure misses its target."""
    asked = arguments()
    scratch, figures = Scratch(), list[Figure]()
    for name in [asked.only] if asked.only else BENCHMARKS:
        scratch.renew()
        gc.collect()
        for figure in measured(name, FULL):
            print(figure.line, flush=True)
            figures.append(figure)
    if asked.json:
        asked.json.write_text(as_json(figures), encoding="utf-8")
    if asked.table:
        asked.table.write_text(put_table(asked.table.read_text(encoding="utf-8"), figures), encoding="utf-8")
    return int(not all(figure.holds for figure in figures))
