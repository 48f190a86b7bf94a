"""Verbs of the command line over rule sets: check files, explain an application, print a frozen text."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from criteria.banding import BandOutcome
from criteria.evaluate import Evaluation, evaluate
from criteria.exact import fixed_text
from criteria.explain import explanation, explanation_of_gate
from criteria.facts import Facts
from criteria.faults import RuleSetFaults
from criteria.live import live_faults
from criteria.loading import PROGRAMMES, freeze, load
from criteria.schema import SCHEMA_FILE, schema_text


@dataclass(frozen=True, slots=True)
class Verb:
    """One verb of the command line: a line of help, its arguments, and what it does (exit code returned)."""

    help: str
    declare: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _declare_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", metavar="programme/edition")
    _declare_common(parser)
    parser.add_argument("--live", action="store_true", help="also list what bars a live batch")


def _declare_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--directory", type=Path, default=PROGRAMMES, help="where the rule files lie")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def _check(arguments: argparse.Namespace) -> int:
    """Load each set and print its faults; 1 when any set cannot be used, or is not live when that was asked."""
    is_bad = False
    for ref in arguments.refs:
        try:
            rule_set = load(ref, arguments.directory)
        except LookupError:
            _say(f"{ref}: " + ("找不到" if arguments.lang == "zh" else "not found"))
            is_bad = True
        except RuleSetFaults as refused:
            _say("\n".join(refused.lines(arguments.lang)))
            is_bad = True
        else:
            _say(f"{ref}: {rule_set.status} {rule_set.checksum}")
            barred = live_faults(rule_set) if arguments.live else []
            for fault in barred:
                _say(f"  {fault.zh if arguments.lang == 'zh' else fault.en}")
            is_bad = is_bad or bool(barred)
    return int(is_bad)


def _declare_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="programme/edition")
    parser.add_argument("--facts", type=Path, required=True, help="facts as JSON")
    parser.add_argument("--on", type=date.fromisoformat, required=True, help="base date, YYYY-MM-DD")
    _declare_common(parser)


def _explain(arguments: argparse.Namespace) -> int:
    """Print every gate and indicator of one application with its calculation."""
    facts = Facts.from_json(arguments.facts.read_text(encoding="utf-8"))
    evaluation = evaluate(load(arguments.ref, arguments.directory), facts, arguments.on)
    lang = arguments.lang
    parts = [explanation_of_gate(gate, lang) for gate in evaluation.gates]
    parts += [explanation(trace, lang) for trace in (*evaluation.indicators, *evaluation.bonus)]
    for part in parts:
        _say("\n  ".join(part.text()))
    _say(_summary(evaluation, lang))
    return 0


def _summary(evaluation: Evaluation, lang: str) -> str:
    total = "?" if evaluation.total is None else fixed_text(evaluation.total, evaluation.places)
    label = "总分" if lang == "zh" else "Total"
    return f"{label}: {total} {_band(evaluation.band, lang)}".rstrip()


def _band(band: BandOutcome | None, lang: str) -> str:
    if band is None:
        return ""
    return band.name_zh if lang == "zh" else band.name_en


def _declare_freeze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="programme/edition")
    _declare_common(parser)


def _freeze(arguments: argparse.Namespace) -> int:
    """Print the self-contained text of a set."""
    _say(freeze(arguments.ref, arguments.directory))
    return 0


def _declare_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="write the shipped file instead of printing")


def _schema(arguments: argparse.Namespace) -> int:
    """Print, or write beside the modules, the JSON Schema of stored evaluations."""
    if arguments.write:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    else:
        _say(schema_text().rstrip())
    return 0


VERBS = {
    "check": Verb("check rule sets and print every fault", _declare_check, _check),
    "explain": Verb("explain the score of one application", _declare_explain, _explain),
    "freeze": Verb("print one self-contained rule text", _declare_freeze, _freeze),
    "schema": Verb("print the JSON Schema of stored evaluations", _declare_schema, _schema),
}
