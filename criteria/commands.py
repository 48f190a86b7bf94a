"""Verbs of the command line over rule sets: check files, explain an application, print a frozen text."""

from __future__ import annotations

import argparse
from pathlib import Path

from criteria.banding import BandOutcome
from criteria.command_line import REFUSED, Verb, declare_common, pick, say
from criteria.evaluate import Evaluation, evaluate
from criteria.exact import fixed_text
from criteria.explain import explanation, explanation_of_gate
from criteria.factsfile import fields_of, read_facts, read_standing
from criteria.faults import RuleSetFaults
from criteria.given import Unusable, day_of, named_set, text_of
from criteria.live import live_faults
from criteria.schema import SCHEMA_FILE, schema_text
from criteria.scope import NOTHING_KNOWN


def _declare_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", metavar="SET", help="programme/edition or a rule file")
    declare_common(parser)
    parser.add_argument("--live", action="store_true", help="also list what bars a live batch")


def _check(arguments: argparse.Namespace) -> int:
    """Load each set and print its faults; 2 when any cannot be used, 1 when one is not live and that was asked."""
    return max(_check_one(ref, arguments) for ref in arguments.refs)


def _check_one(ref: str, arguments: argparse.Namespace) -> int:
    lang = arguments.lang
    try:
        rules = named_set(ref, arguments.directory)
    except RuleSetFaults as refused:
        say("\n".join(refused.lines(lang)))
        return REFUSED
    except Unusable as bad:
        say(bad.text(lang))
        return REFUSED
    say(f"{ref}: {rules.status} {rules.checksum}")
    barred = live_faults(rules) if arguments.live else []
    for fault in barred:
        say(f"  {pick(lang, fault.zh, fault.en)}")
    return int(bool(barred))


def _declare_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--facts", type=Path, required=True, help="facts as JSON")
    parser.add_argument("--standing", type=Path, help="titles, records, lists and answers as JSON")
    parser.add_argument("--on", required=True, help="base date, YYYY-MM-DD")
    declare_common(parser)


def _explain(arguments: argparse.Namespace) -> int:
    """Print every gate and indicator of one application with its calculation."""
    rules, lang = named_set(arguments.ref, arguments.directory), arguments.lang
    on = day_of(arguments.on, "--on")
    facts = read_facts(text_of(arguments.facts), str(arguments.facts), fields_of(rules))
    path = arguments.standing
    evaluation = evaluate(rules, facts, on, read_standing(text_of(path), str(path)) if path else NOTHING_KNOWN)
    parts = [explanation_of_gate(gate, lang) for gate in evaluation.gates]
    parts += [explanation(trace, lang) for trace in (*evaluation.indicators, *evaluation.bonus)]
    for part in parts:
        say("\n  ".join(part.text()))
    say(_summary(evaluation, lang))
    return 0


def _summary(evaluation: Evaluation, lang: str) -> str:
    total = "?" if evaluation.total is None else fixed_text(evaluation.total, evaluation.places)
    return f"{pick(lang, '总分', 'Total')}: {total} {_band(evaluation.band, lang)}".rstrip()


def _band(band: BandOutcome | None, lang: str) -> str:
    if band is None:
        return ""
    return band.name_zh if lang == "zh" else band.name_en


def _declare_freeze(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    declare_common(parser)


def _freeze(arguments: argparse.Namespace) -> int:
    """Print the self-contained text of a set."""
    say(named_set(arguments.ref, arguments.directory).frozen_text)
    return 0


def _declare_schema(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--write", action="store_true", help="write the shipped file instead of printing")


def _schema(arguments: argparse.Namespace) -> int:
    """Print, or write beside the modules, the JSON Schema of stored evaluations."""
    if arguments.write:
        SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
    else:
        say(schema_text().rstrip())
    return 0


VERBS = {
    "check": Verb("check rule sets and print every fault", _declare_check, _check),
    "explain": Verb("explain the score of one application", _declare_explain, _explain),
    "freeze": Verb("print one self-contained rule text", _declare_freeze, _freeze),
    "schema": Verb("print the JSON Schema of stored evaluations", _declare_schema, _schema),
}
