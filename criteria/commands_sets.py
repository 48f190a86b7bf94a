"""Verbs of the command line for rule authors: run boundary cases, compare two editions, print an edition."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from criteria.command_line import Verb, declare_common, pick, say
from criteria.difference import Change, Kind, difference
from criteria.given import named_cases, named_set
from criteria.golden import limit_words, run_cases, stray_cases, uncovered_limits
from criteria.page import rule_page


def _declare_test(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("refs", nargs="+", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--cases", type=Path, help="case files of one's own: a folder, or one file")
    declare_common(parser)


def _test(arguments: argparse.Namespace) -> int:
    """Run the boundary cases of each set; 1 when any comes out otherwise, is missing or belongs to no limit."""
    return max(_test_one(ref, arguments) for ref in arguments.refs)


def _test_one(ref: str, arguments: argparse.Namespace) -> int:
    rules, lang = named_set(ref, arguments.directory), arguments.lang
    cases = named_cases(ref, arguments.directory, arguments.cases)
    results = run_cases(rules, cases)
    faults = [
        f"{limit_words(rules, one.case.limit, lang)} [{one.case.side}] {one.text(lang)}"
        for one in results
        if not one.passed
    ]
    missing, stray = pick(lang, "缺案例", "cases are missing"), pick(lang, "不属于任何界限", "of no limit")
    faults += [f"{limit_words(rules, limit, lang)}: {missing}" for limit in uncovered_limits(rules, cases)]
    faults += [f"{case.limit.key} [{case.side}]: {stray}" for case in stray_cases(rules, cases)]
    counted = f"{len(results)} 个案例，{len(faults)} 处不符", f"{len(results)} cases, {len(faults)} faults"
    say(f"{ref}: {pick(lang, *counted)}")
    for fault in faults:
        say(f"  {fault}")
    return int(bool(faults))


def diff_sets(arguments: argparse.Namespace) -> int:
    """Print every difference between two sets, sources and confidence last; 1 when there is any, 2 when one is bad."""
    old, new = (named_set(name, arguments.directory) for name in (arguments.before, arguments.after))
    changes = sorted(difference(old, new), key=lambda change: change.kind is Kind.SOURCE)
    for change in changes:
        say(_as_json(change) if arguments.json else pick(arguments.lang, change.zh, change.en))
    return int(bool(changes))


def _as_json(change: Change) -> str:
    plain = {"path": change.path, "kind": change.kind.value, "zh": change.zh, "en": change.en}
    return json.dumps(plain, ensure_ascii=False)


def _declare_page(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ref", metavar="SET", help="programme/edition or a rule file")
    parser.add_argument("--out", type=Path, help="the .html to write; without it the page is printed")
    declare_common(parser)


def _page(arguments: argparse.Namespace) -> int:
    """Write a set as a page for people, ready to be printed."""
    page = rule_page(named_set(arguments.ref, arguments.directory), arguments.lang)
    if arguments.out:
        arguments.out.write_text(page, encoding="utf-8")
        say(str(arguments.out))
    else:
        say(page)
    return 0


VERBS = {
    "test": Verb("run the boundary cases of rule sets", _declare_test, _test),
    "page": Verb("write a rule set as a page to be read and printed", _declare_page, _page),
}
