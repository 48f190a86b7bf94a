"""What people hold, read once for the length of one request that only reads.

A page asks for the reader's powers a dozen times. Remembering the first answer weakens no check, because

- it lives only while a GET or HEAD is answered (`config.middleware`): the next request reads the rows anew;
- it belongs to one request: a context variable, so that no other thread sees it, put back whatever happens;
- it is left aside in every transaction begun since, which is where acts ask under their locks, and forgotten there:
  what the transaction changes holds for the rest of the page;
- what was held at a stated instant is never remembered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.db import transaction

from accreditation.holdings import Holding, holdings
from accreditation.models import User


@dataclass(slots=True)
class _Memory:
    """How deep in transactions it was begun, and what each account was found to hold, by its key."""

    depth: int
    held: dict[int, tuple[Holding, ...]] = field(default_factory=dict)


_memory: ContextVar[_Memory | None] = ContextVar("remembered_holdings", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember meanwhile, in this thread only; for a request that only reads."""
    before = _memory.set(_Memory(_depth()))
    try:
        yield
    finally:
        _memory.reset(before)


def holdings_now(user: User) -> list[Holding]:
    """What the account holds now; read anew unless this very request has read it, outside of any transaction."""
    memory = _memory.get()
    if memory is None:
        return holdings(user)
    if _depth() != memory.depth:
        memory.held.clear()
        return holdings(user)
    if user.pk not in memory.held:
        memory.held[user.pk] = tuple(holdings(user))
    return list(memory.held[user.pk])


def _depth() -> int:
    return len(transaction.get_connection().atomic_blocks)
