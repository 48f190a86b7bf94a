"""The table of shipped rule sets in docs/programmes.md: `python -m scripts.programmes [--write]`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from criteria.catalogue import load_catalogue
from criteria.holes import holes
from criteria.live import SECTIONS, marked_parts
from criteria.ruleset import Confidence, Figure, RuleSet

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "programmes.md"
INTRODUCTION = """\
# The shipped rule sets

Made by `python -m scripts.programmes --write` from `criteria/programmes/`; a test compares. How a file is written is
told in [criteria/programmes/README.md](../criteria/programmes/README.md).

A set that is `partial` decides its known conditions and gives no total: what its official texts hold but nobody could
read is a hole, never a guess. A set marked *demonstration* is no regulation. A figure by class counts once for each.
"""
COLUMNS = ("set", "name", "status", "in effect", "conditions", "indicators", "bands", "form", "holes", "remarks")


def programmes_text() -> str:
    """The whole file: one row for each set, then its figures by confidence, then what each set does not know."""
    rule_sets = load_catalogue().rule_sets
    marks = [mark for mark in Confidence if any(_counted(rules)[mark] for rules in rule_sets)]
    parts = [
        INTRODUCTION,
        _table(COLUMNS, (_row(rules) for rules in rule_sets)),
        "## Figures by confidence\n",
        _table(("set", *marks), (_figures(rules, marks) for rules in rule_sets)),
        "## Holes\n",
        "\n".join(_holes(rule_sets)),
    ]
    return "\n".join(parts) + "\n"


def _row(rules: RuleSet) -> list[str]:
    status = f"{rules.status}, *demonstration*" if rules.demonstration else rules.status
    counts = (len(rules.gates), len(rules.indicators), len(rules.bands))
    ends = (str(len(holes(rules))), str(len(rules.remarks) + len(rules.anomalies)))
    names = f"{rules.name_zh}<br>{rules.name_en}"
    return [f"`{rules.ref}`", names, status, _effect(rules), *map(str, counts), "yes" if rules.form else "no", *ends]


def _effect(rules: RuleSet) -> str:
    """`2016-04-01 (read in a text)`, an end where there is one, or that the day is not known."""
    if rules.effective_from is None:
        return "day not known"
    until = f" to {rules.effective_to}" if rules.effective_to else ""
    return f"{rules.effective_from}{until} ({rules.effective_confidence.name_in('en')})"


def _counted(rules: RuleSet) -> Counter[Confidence]:
    counted: Counter[Confidence] = Counter()
    for section in SECTIONS:
        for _path, part in marked_parts(section, getattr(rules, section)):
            if isinstance(part, Figure):
                counted[part.confidence] += len(part.cases) or 1
    return counted


def _figures(rules: RuleSet, marks: Iterable[Confidence]) -> list[str]:
    counted = _counted(rules)
    return [f"`{rules.ref}`", *(str(counted[mark] or "") for mark in marks)]


def _holes(rule_sets: Iterable[RuleSet]) -> Iterator[str]:
    """One line for each set: missing sections by name, unknown figures by number and section."""
    for rules in rule_sets:
        paths = [hole.path for hole in holes(rules)]
        whole = [path for path in paths if not {".", "["} & set(path)]
        within = Counter(path.replace("[", ".").split(".")[0] for path in paths if path not in whole)
        parts = [f"no {section}" for section in whole]
        parts += [f"{number} unknown in {section}" for section, number in within.items()]
        yield f"- `{rules.ref}`: {', '.join(parts) or 'none'}"


def _table(heads: Iterable[str], rows: Iterable[list[str]]) -> str:
    columns = list(heads)
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def main() -> int:
    """Print the file, or write it with `--write`; without it 1 when the file is out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/programmes.md")
    text = programmes_text()
    if parser.parse_args().write:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    sys.stdout.write(text)
    return int(not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text)


if __name__ == "__main__":
    sys.exit(main())
