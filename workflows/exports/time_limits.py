"""One part of the report of time limits as CSV lines: limits and goals are two files."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.exports.register import inert
from workflows.presentation.time_limits import heads_of
from workflows.presentation.words import Words


def time_limit_lines(part: Words) -> Iterator[list[str]]:
    """Heading, then one line for each limit or state of each office."""
    yield heads_of(part)
    for line in part["lines"]:
        yield [inert(cell) for cell in line]
