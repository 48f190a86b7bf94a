"""Verbs of the command line over applications: score them, try a draft on the past, tell what would gain points."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, TextIO

from criteria.commands import Verb
from criteria.commands_sets import declare_common, or_refused
from criteria.editing import exact_number
from criteria.evaluate import Evaluation, evaluate
from criteria.exact import fixed_text
from criteria.facts import Facts
from criteria.history import HistoryFault, applicants_of
from criteria.setfile import named_set
from criteria.simulation import Move, Simulation, simulate
from criteria.what_if import missing_for, ways_to_gain
from criteria.workbook.commands import REFUSED, read_file
from criteria.workbook.simulation_sheet import MOVES, simulation_workbook

NARROW = 40  # characters of the progress bar


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _pick(lang: str, zh: str, en: str) -> str:
    return zh if lang == "zh" else en


# --- score --------------------------------------------------------------------------------------------------------
def _declare_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="facts as JSON, or a filled workbook")
    parser.add_argument("--on", type=date.fromisoformat, required=True, help="base date, YYYY-MM-DD")
    parser.add_argument("--json", action="store_true", help="one JSON object per file")
    declare_common(parser)


@or_refused
def _score(arguments: argparse.Namespace) -> int:
    """Total, band and failed conditions of each file; 2 when any cannot be used."""
    rules = named_set(arguments.ref, arguments.directory)
    refused = False
    for path in arguments.files:
        facts, fault = _facts(path, arguments)
        if facts is None:
            refused = True
            plain: dict[str, Any] = {"file": str(path), "fault": fault}
        else:
            plain = {"file": str(path), **_scored(evaluate(rules, facts, arguments.on))}
        _say(json.dumps(plain, ensure_ascii=False) if arguments.json else _line(plain, arguments.lang))
    return REFUSED if refused else 0


def _facts(path: Path, arguments: argparse.Namespace) -> tuple[Facts | None, str]:
    """The facts of a file, or what is wrong with it."""
    if path.suffix == ".xlsx":
        reading = read_file(path, directory=arguments.directory)[1]
        if reading.accepted:
            return reading.facts, ""
        count = len(reading.faults.faults)
        return None, _pick(arguments.lang, f"有 {count} 处错误，用 read 查看", f"{count} faults, see the verb read")
    try:
        return Facts.from_json(path.read_text(encoding="utf-8")), ""
    except OSError as error:
        return None, str(error)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return None, _pick(arguments.lang, f"不是数据文件：{error}", f"not a file of facts: {error}")


def _scored(found: Evaluation) -> dict[str, Any]:
    return {
        "total": None if found.total is None else fixed_text(found.total, found.places),
        "band": found.band.code if found.band else None,
        "failed": [gate.code for gate in found.failed_gates],
        "undetermined": [gate.code for gate in found.undetermined_gates],
        "checksum": found.checksum,
    }


def _line(plain: dict[str, Any], lang: str) -> str:
    if "fault" in plain:
        return f"{plain['file']}: {plain['fault']}"
    parts = [plain["total"] or "?", plain["band"] or ""]
    for key, zh, en in (("failed", "不符合", "failed"), ("undetermined", "未能判定", "undetermined")):
        parts += [f"{_pick(lang, zh, en)} {'、'.join(plain[key])}"] if plain[key] else []
    return f"{plain['file']}: " + "  ".join(part for part in parts if part)


# --- simulate -----------------------------------------------------------------------------------------------------
def _declare_simulate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("before", metavar="BEFORE", help="programme/edition or a rule file")
    parser.add_argument("after", metavar="AFTER")
    parser.add_argument("--history", type=Path, required=True, help="past applications, one JSON object a line")
    parser.add_argument("--out", type=Path, help="the .xlsx to write")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    declare_common(parser)


@or_refused
def _simulate(arguments: argparse.Namespace) -> int:
    """Score the past under both editions; the counts, and the workbook where one is asked for."""
    before, after = (named_set(name, arguments.directory) for name in (arguments.before, arguments.after))
    try:
        past = list(applicants_of(arguments.history.read_text(encoding="utf-8"), str(arguments.history)))
    except HistoryFault as bad:
        _say(_pick(arguments.lang, bad.zh, bad.en))
        return REFUSED
    found = simulate(before, after, past, bar(len(past), sys.stderr))
    if arguments.out:
        arguments.out.write_bytes(simulation_workbook(found, arguments.lang))
    if arguments.json:
        _say(json.dumps(found.plain(), ensure_ascii=False))
    else:
        _say("\n".join(_counts(found, arguments.lang)))
    return 0


def _counts(found: Simulation, lang: str) -> Iterator[str]:
    place = 0 if lang == "zh" else 1
    for move, count in found.counts().items():
        yield f"{MOVES[move][place]}: {count}"
    for row in found.rows:
        if row.move in (Move.GAINS, Move.LOSES):
            yield f"  {row.reference} {row.name}: {MOVES[row.move][place]} ({', '.join(row.causes)})"


def bar(expected: int, stream: TextIO) -> Callable[[int], None] | None:
    """Draws how far long work has come, on a terminal only."""
    if not stream.isatty() or not expected:
        return None
    step = max(expected // 100, 1)

    def draw(done: int) -> None:
        if done % step and done != expected:
            return
        full = NARROW * done // expected
        end = "\n" if done == expected else ""
        stream.write(f"\r[{'#' * full}{'.' * (NARROW - full)}] {done}/{expected}{end}")
        stream.flush()

    return draw


# --- what-if ------------------------------------------------------------------------------------------------------
def _declare_what_if(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--facts", type=Path, required=True, metavar="FILE", help="facts as JSON, or a filled workbook")
    parser.add_argument("--on", type=date.fromisoformat, required=True, help="base date, YYYY-MM-DD")
    parser.add_argument("--points", default="1", help="points to gain")
    declare_common(parser)


@or_refused
def _what_if(arguments: argparse.Namespace) -> int:
    """What bars the applicant today, what is missing for the next band, which figures gain the points."""
    lang, rules = arguments.lang, named_set(arguments.ref, arguments.directory)
    facts, fault = _facts(arguments.facts, arguments)
    try:
        points: Fraction | None = exact_number(arguments.points)
    except ValueError:
        points = None
    if facts is None or points is None:
        _say(fault or f"--points {arguments.points}: " + _pick(lang, "不是数字", "not a number"))
        return REFUSED
    missing = missing_for(rules, facts, arguments.on)
    for gap in missing.gaps:
        _say(gap.sentence(lang))
    if missing.next_band and missing.points_short is not None:
        name = missing.next_band.name_zh if lang == "zh" else missing.next_band.name_en
        short = fixed_text(missing.points_short, missing.evaluation.places)
        _say(_pick(lang, f"距“{name}”还差 {short} 分", f"{short} points short of “{name}”"))
    advice = ways_to_gain(rules, facts, arguments.on, points=points)
    for way in advice.single or advice.double:
        _say("  " + way.sentence(lang, missing.evaluation.places))
    if not advice.single and not advice.double:
        _say(_pick(lang, "  没有一项或两项数据的增长能得到这些分", "  neither one figure nor two gain this"))
    return 0


VERBS = {
    "score": Verb("score applications under a rule set", _declare_score, _score),
    "simulate": Verb("score past applications under two editions", _declare_simulate, _simulate),
    "what-if": Verb("tell which figures would gain points", _declare_what_if, _what_if),
}
