"""Interleaved CPU times and counted SQL statements."""

from __future__ import annotations

import gc
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection

Work = Callable[[], object]
# Opening and closing a transaction reads and writes no row; how many savepoints nest says nothing of the work.
_CONTROL = re.compile(r"\s*(BEGIN|SAVEPOINT|RELEASE|ROLLBACK|COMMIT|PRAGMA)\b", re.IGNORECASE)
_TABLE = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?(\w+)\"?", re.IGNORECASE)


def cpu_ms(works: Mapping[str, Work], rounds: int) -> dict[str, float]:
    """Median CPU milliseconds of each piece of work.

    One unmeasured round, then `rounds` in which the pieces take turns, so that a busy spell of the machine meets all
    of them. CPU time of this process, all threads.
    """
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            gc.collect()
            started = time.process_time()
            work()
            if number:
                taken[name].append(1000 * (time.process_time() - started))
    return {name: median(times) for name, times in taken.items()}


@dataclass
class Statements:
    """SQL statements that read or write rows, in order."""

    texts: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        """How many."""
        return len(self.texts)

    def by_table(self) -> Counter[str]:
        """How many name each table first."""
        found = (_TABLE.search(text) for text in self.texts)
        return Counter(match[1] if match else "?" for match in found)

    def note(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute wrapper of the connection."""
        if not _CONTROL.match(sql):
            self.texts.append(sql)
        return execute(sql, params, many, context)


@contextmanager
def counted() -> Iterator[Statements]:
    """Count what is executed on the default connection meanwhile."""
    statements = Statements()
    with connection.execute_wrapper(statements.note):
        yield statements
