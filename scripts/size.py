"""Print the measures of size that are reported and not enforced: functions, comments, tests to code, suppressions."""

from __future__ import annotations

import io
import sys
import tokenize
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.architecture.sources import PACKAGES, Source, python  # noqa: E402 - needs the path above
from tests.architecture.test_budgets import length, suppressions  # noqa: E402 - the same


def main() -> None:
    """One line per measure with its budget."""
    product, tests = python(*PACKAGES), python("tests")
    lengths = [length(function) for source in product for function in source.functions()]
    code, tested = code_lines(product), code_lines(tests)
    short = 100 * sum(one <= 25 for one in lengths) / len(lengths)
    comments = 100 * comment_lines(product) / max(1, sum(len(source.lines) for source in product))
    print(f"functions: median {median(lengths):.0f} lines (8), {short:.1f} % to 25 (93), longest {max(lengths)} (60)")
    print(f"modules: longest {max(len(source.lines) for source in product)} lines (400), {len(product)} in all")
    print(f"comments: {comments:.1f} % of lines (4 to 9)")
    print(f"tests to code: {tested / code:.2f} (1.5 to 2.2), {code} lines of code")
    print(f"suppressions: {1000 * len(suppressions(product)) / code:.2f} per 1,000 lines (1)")


def code_lines(sources: list[Source]) -> int:
    """Lines that are neither empty nor a comment."""
    lines = (line.strip() for source in sources for line in source.lines)
    return sum(bool(line) and not line.startswith("#") for line in lines)


def comment_lines(sources: list[Source]) -> int:
    """Lines that carry a comment."""
    return sum(
        token.type == tokenize.COMMENT
        for source in sources
        for token in tokenize.generate_tokens(io.StringIO(source.text).readline)
    )


if __name__ == "__main__":
    main()
