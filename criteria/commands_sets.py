"""Verbs of the command line for rule authors: run boundary cases, compare two editions, print an edition."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path

from criteria.commands import Verb
from criteria.difference import Change, Kind, difference
from criteria.faults import RuleSetFaults
from criteria.golden import limit_words, run_cases, stray_cases, uncovered_limits
from criteria.loading import PROGRAMMES
from criteria.page import rule_page
from criteria.setfile import named_cases, named_set

REFUSED = 2
Run = Callable[[argparse.Namespace], int]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def or_refused(run: Run) -> Run:
    """What cannot be read is told, with exit code 2, instead of a traceback."""

    @wraps(run)
    def answer(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except RuleSetFaults as refused:
            _say("\n".join(refused.lines(arguments.lang)))
        except LookupError as missing:
            words = "找不到" if arguments.lang == "zh" else "not found"
            _say(f"{missing.args[0] if missing.args else ''}: {words}")
        except OSError as error:
            _say(str(error))
        return REFUSED

    return answer


def declare_common(parser: argparse.ArgumentParser) -> None:
    """Arguments that every verb over sets takes."""
    parser.add_argument("--directory", type=Path, default=PROGRAMMES, help="where the rule files lie")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh")


def _declare_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--cases", type=Path, help="folder of case files, for a set of one's own")
    declare_common(parser)


@or_refused
def _test(arguments: argparse.Namespace) -> int:
    """Run the boundary cases of each set; 1 when any comes out otherwise, is missing or belongs to no limit."""
    return max(_test_one(ref, arguments) for ref in arguments.refs)


def _test_one(ref: str, arguments: argparse.Namespace) -> int:
    rules, lang = named_set(ref, arguments.directory), arguments.lang
    cases = named_cases(ref, arguments.directory, arguments.cases)
    results = run_cases(rules, cases)
    faults = [
        f"  {limit_words(rules, one.case.limit, lang)} [{one.case.side}] {one.text(lang)}"
        for one in results
        if not one.passed
    ]
    missing, stray = (("缺案例", "no cases"), ("不属于任何界限", "of no limit"))
    place = 0 if lang == "zh" else 1
    faults += [f"  {limit_words(rules, limit, lang)}: {missing[place]}" for limit in uncovered_limits(rules, cases)]
    faults += [f"  {case.limit.key} [{case.side}]: {stray[place]}" for case in stray_cases(rules, cases)]
    _say(f"{ref}: {len(results)} {('个案例', 'cases')[place]}, {len(faults)} {('处不符', 'faults')[place]}")
    for fault in faults:
        _say(fault)
    return int(bool(faults))


@or_refused
def diff_sets(arguments: argparse.Namespace) -> int:
    """Print every difference between two sets, sources and confidence last; 1 when there is any, 2 when one is bad."""
    old, new = (named_set(name, arguments.directory) for name in (arguments.before, arguments.after))
    changes = sorted(difference(old, new), key=lambda change: change.kind is Kind.SOURCE)
    for change in changes:
        _say(_as_json(change) if arguments.json else change.zh if arguments.lang == "zh" else change.en)
    return int(bool(changes))


def _as_json(change: Change) -> str:
    plain = {"path": change.path, "kind": change.kind.value, "zh": change.zh, "en": change.en}
    return json.dumps(plain, ensure_ascii=False)


def _declare_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--out", type=Path, help="the .html to write; without it the page is printed")
    declare_common(parser)


@or_refused
def _page(arguments: argparse.Namespace) -> int:
    """Write a set as a page for people, ready to be printed."""
    page = rule_page(named_set(arguments.ref, arguments.directory), arguments.lang)
    if arguments.out:
        arguments.out.write_text(page, encoding="utf-8")
        _say(str(arguments.out))
    else:
        _say(page)
    return 0


VERBS = {
    "test": Verb("run the boundary cases of rule sets", _declare_test, _test),
    "page": Verb("write a rule set as a page to be read and printed", _declare_page, _page),
}
