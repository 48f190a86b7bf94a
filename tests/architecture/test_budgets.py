"""Sizes: functions, modules, docstrings, suppressions."""

from __future__ import annotations

import ast
import re
from statistics import median

import pytest

from tests.architecture.sources import CODE, PACKAGES, Source, python

FUNCTION_LINES = 60
SHORT_FUNCTION_LINES = 25
SHORT_SHARE = 0.93
MEDIAN_LINES = 8
MODULE_LINES = 400
LONG_MODULE_LINES = 600
LONG_MODULES = ("tests/", "workflows/flows/")
SUPPRESSION = re.compile(r"#\s*(noqa|type:\s*ignore|pragma:\s*no cover|mypy:|ruff:)(?P<rest>.*)")
REASON = re.compile(r"^(:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[^\]]+\])?\s+(?:[-#]+\s*)?\w+\s+\w+")

MODULES = python(*CODE)


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1


def too_long_functions(sources: list[Source]) -> list[str]:
    return [
        f"{source.path}:{function.lineno} {function.name} has {length(function)} lines"
        for source in sources
        for function in source.functions()
        if length(function) > FUNCTION_LINES
    ]


def too_long_modules(sources: list[Source]) -> list[str]:
    return [
        f"{source.path} has {len(source.lines)} lines"
        for source in sources
        if len(source.lines) > (LONG_MODULE_LINES if source.path.startswith(LONG_MODULES) else MODULE_LINES)
    ]


def without_docstring(sources: list[Source]) -> list[str]:
    """Modules whose first statement is no docstring with a one-line summary."""
    summaries = {source.path: (ast.get_docstring(source.tree) or "").split("\n\n")[0] for source in sources}
    return [path for path, summary in summaries.items() if not summary or "\n" in summary]


def suppressions(sources: list[Source]) -> list[tuple[str, str]]:
    """Where a checker is told to look away, and what stands behind that."""
    return [
        (f"{source.path}:{number}", found["rest"])
        for source in sources
        for number, line in enumerate(source.lines, start=1)
        if (found := SUPPRESSION.search(line))
    ]


def planted(text: str, path: str = "accreditation/planted.py") -> list[Source]:
    return [Source(path, text)]


def test_no_function_is_longer_than_sixty_lines() -> None:
    assert too_long_functions(MODULES) == []


def test_functions_of_the_product_are_short() -> None:
    lengths = [length(function) for source in python(*PACKAGES) for function in source.functions()]
    short = sum(one <= SHORT_FUNCTION_LINES for one in lengths) / len(lengths)
    assert (median(lengths) <= MEDIAN_LINES, short >= SHORT_SHARE) == (True, True), (median(lengths), short)


def test_no_module_is_longer_than_its_budget() -> None:
    assert too_long_modules(MODULES) == []


def test_every_module_says_in_one_line_what_it_is() -> None:
    assert without_docstring([source for source in MODULES if source.text.strip()]) == []


def test_no_package_of_the_product_is_silent() -> None:
    packages = [source for source in python(*PACKAGES) if source.path.endswith("/__init__.py")]
    assert without_docstring([source for source in packages if source.path.count("/") == 1]) == []


def test_suppressions_are_few_and_each_has_a_reason() -> None:
    found = [one for one in suppressions(MODULES) if one[0].split(":")[0] != "tests/architecture/test_budgets.py"]
    assert [where for where, rest in found if not REASON.match(rest)] == []
    assert len(found) <= sum(len(source.lines) for source in MODULES) / 1000


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (too_long_functions, "def long():\n" + "    pass\n" * FUNCTION_LINES),
        (too_long_modules, "pass\n" * (MODULE_LINES + 1)),
        (without_docstring, "import os\n"),
        (without_docstring, '"""Two\nlines."""\n'),
    ],
)
def test_planted_breach_is_found(check: object, text: str) -> None:
    assert callable(check)
    assert len(check(planted(text))) == 1


def test_planted_suppression_without_reason_is_found() -> None:
    mark = "# no" + "qa: S101"
    (_, bare), (_, reasoned) = suppressions(planted(f"x = 1  {mark}\ny = 2  {mark} - the law says so\n"))
    assert (bool(REASON.match(bare)), bool(REASON.match(reasoned))) == (False, True)
