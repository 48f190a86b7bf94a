"""Verbs of the command line over applications: score them, try a draft on the past, tell what would gain points."""

from __future__ import annotations

import argparse
import json
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

from criteria.command_line import REFUSED, Verb, bar, declare_common, pick, say
from criteria.editing import exact_number
from criteria.evaluate import Evaluation, evaluate
from criteria.exact import fixed_text
from criteria.facts import Facts
from criteria.factsfile import fields_of, read_facts, read_standing
from criteria.given import Unusable, day_of, named_set, text_of
from criteria.history import applicants_of
from criteria.ruleset import RuleSet
from criteria.scope import NOTHING_KNOWN, Standing
from criteria.simulation import simulate
from criteria.simulation_text import simulation_lines
from criteria.what_if import Advice, missing_for, ways_to_gain
from criteria.workbook.commands import read_file
from criteria.workbook.simulation_sheet import simulation_workbook


def _declare_application(parser: argparse.ArgumentParser) -> None:
    """What stands beside the figures of an application."""
    parser.add_argument("--on", required=True, help="base date, YYYY-MM-DD")
    parser.add_argument("--standing", type=Path, help="titles, records, lists and answers as JSON")
    declare_common(parser)


def _facts(path: Path, rules: RuleSet, directory: Path) -> Facts:
    """The facts of a file, JSON or a filled workbook; Unusable."""
    if path.suffix != ".xlsx":
        return read_facts(text_of(path), str(path), fields_of(rules))
    reading = read_file(path, directory=directory)[1]
    if not reading.accepted:
        count = len(reading.faults.faults)
        raise Unusable(str(path), f"有 {count} 处错误，用 read 查看", f"{count} faults, shown by the verb read")
    return reading.facts


def _standing(path: Path | None) -> Standing:
    return read_standing(text_of(path), str(path)) if path else NOTHING_KNOWN


# --- score --------------------------------------------------------------------------------------------------------
def _declare_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="facts as JSON, or a filled workbook")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")
    _declare_application(parser)


def _score(arguments: argparse.Namespace) -> int:
    """Total, band and failed conditions of each file; 2 when any cannot be used."""
    rules, standing = named_set(arguments.ref, arguments.directory), _standing(arguments.standing)
    on, lang, refused = day_of(arguments.on, "--on"), arguments.lang, False
    told = bar(len(arguments.files), sys.stderr) if not sys.stdout.isatty() else None
    for done, path in enumerate(arguments.files, start=1):
        plain: dict[str, Any] = {"file": str(path)}
        try:
            plain |= _scored(evaluate(rules, _facts(path, rules, arguments.directory), on, standing))
            line = f"{path}: {_words(plain, lang)}"
        except Unusable as bad:
            refused, line = True, bad.text(lang)
            plain["fault"] = line
        say(json.dumps(plain, ensure_ascii=False) if arguments.json else line)
        if told:
            told(done)
    return REFUSED if refused else 0


def _scored(found: Evaluation) -> dict[str, Any]:
    return {
        "total": None if found.total is None else fixed_text(found.total, found.places),
        "band": found.band.code if found.band else None,
        "failed": [gate.code for gate in found.failed_gates],
        "undetermined": [gate.code for gate in found.undetermined_gates],
        "checksum": found.checksum,
    }


def _words(plain: dict[str, Any], lang: str) -> str:
    parts = [plain["total"] or "?", plain["band"] or ""]
    for key, zh, en in (("failed", "不符合", "failed"), ("undetermined", "未能判定", "undetermined")):
        parts += [f"{pick(lang, zh, en)} {pick(lang, '、', ', ').join(plain[key])}"] if plain[key] else []
    return "  ".join(part for part in parts if part)


# --- simulate -----------------------------------------------------------------------------------------------------
def _declare_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="programme/edition or a rule file")
    parser.add_argument("after", metavar="AFTER")
    parser.add_argument("--history", type=Path, required=True, help="past applications, one JSON object a line")
    parser.add_argument("--out", type=Path, help="the .xlsx to write")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    declare_common(parser)


def _simulate(arguments: argparse.Namespace) -> int:
    """Score the past under both editions: tables and bars, and the workbook where one is asked for."""
    before, after = (named_set(name, arguments.directory) for name in (arguments.before, arguments.after))
    text, fields = text_of(arguments.history), fields_of(before, after)
    past = list(applicants_of(text, str(arguments.history), fields))
    found = simulate(before, after, past, bar(len(past), sys.stderr))
    if arguments.out:
        arguments.out.write_bytes(simulation_workbook(found, arguments.lang))
    if arguments.json:
        say(json.dumps(found.plain(), ensure_ascii=False))
    else:
        say("\n".join(simulation_lines(found, arguments.lang)))
    return 0


# --- what-if ------------------------------------------------------------------------------------------------------
def _declare_what_if(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--facts", type=Path, required=True, metavar="FILE", help="facts as JSON, or a filled workbook")
    parser.add_argument("--points", default="1", help="points to gain")
    _declare_application(parser)


def _what_if(arguments: argparse.Namespace) -> int:
    """What bars the applicant today, what is missing for the next band, which figures gain the points."""
    lang, rules = arguments.lang, named_set(arguments.ref, arguments.directory)
    on, points = day_of(arguments.on, "--on"), _points(arguments.points)
    facts, standing = _facts(arguments.facts, rules, arguments.directory), _standing(arguments.standing)
    missing = missing_for(rules, facts, on, standing)
    for gap in missing.gaps:
        say(gap.sentence(lang))
    if missing.next_band and missing.points_short is not None:
        short = fixed_text(missing.points_short, missing.evaluation.places)
        band = pick(lang, f"“{missing.next_band.name_zh}”", f"“{missing.next_band.name_en}”")
        say(pick(lang, f"距{band}还差 {short} 分", f"{short} points short of {band}"))
    for line in _ways(ways_to_gain(rules, facts, on, standing, points), missing.evaluation, lang):
        say(f"  {line}")
    return 0


def _points(text: str) -> Fraction:
    try:
        points = exact_number(text)
    except ValueError as error:
        raise Unusable(f"--points {text}", "不是数字", "not a number") from error
    if points <= 0:
        raise Unusable(f"--points {text}", "须大于零", "must be above zero")
    return points


def _ways(advice: Advice, evaluation: Evaluation, lang: str) -> list[str]:
    if advice.total is None:
        return [pick(lang, "没有总分，不能建议", "there is no total, and so no advice")]
    found = [way.sentence(lang, evaluation.places) for way in advice.single or advice.double]
    return found or [pick(lang, "没有一项或两项数据的增长能得到这些分", "neither one figure nor two gain this")]


VERBS = {
    "score": Verb("score applications under a rule set", _declare_score, _score),
    "simulate": Verb("score past applications under two editions", _declare_simulate, _simulate),
    "what-if": Verb("tell which figures would gain points", _declare_what_if, _what_if),
}
