"""A rule set as a person names it on the command line: `programme/edition`, or a rule file anywhere."""

from __future__ import annotations

from pathlib import Path

from criteria.casefile import Case, read_cases
from criteria.golden import shipped_cases
from criteria.loading import PROGRAMMES, load, load_text, resolver
from criteria.ruleset import RuleSet


def is_file(name: str) -> bool:
    """Whether a name is that of a rule file."""
    return name.endswith((".yaml", ".yml"))


def named_set(name: str, directory: Path = PROGRAMMES) -> RuleSet:
    """The set of that name or in that file; LookupError when there is none, RuleSetFaults when it is unsound.

    A file may extend shipped sets; what it names is looked up in `directory`.
    """
    if not is_file(name):
        return load(name, directory)
    return load_text(_text(Path(name)), resolver(directory), name)


def named_cases(name: str, directory: Path = PROGRAMMES, cases: Path | None = None) -> tuple[Case, ...]:
    """Boundary cases of a set; those of a file lie in `cases`, one file per rule. LookupError, RuleSetFaults."""
    if cases is not None:
        return tuple(case for path in sorted(cases.glob("*.yaml")) for case in read_cases(_text(path), str(path)))
    if is_file(name):
        raise LookupError(f"{name}: --cases")
    return shipped_cases(name, directory)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LookupError(f"{path}: {error}") from error
