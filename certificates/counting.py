"""How many pages a stranger's PDF has, counted in a child process with little time, little memory and no network.

Both sides stand here: `count_pages` asks; the helper process that forks the children loads `limit` and `answer`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import BoundedSemaphore

from certificates.child import limit
from certificates.package import page_count
from criteria.fork_client import Allowance, ForkClient, HelperDied

__all__ = ["answer", "count_pages", "limit"]

ALLOWED = Allowance(wait=20, cpu=5)
_COUNTERS = ForkClient("certificates.counting")
_AT_ONCE = BoundedSemaphore(2)
_log = logging.getLogger(__name__)


def count_pages(content: bytes, *, allowed: Allowance = ALLOWED) -> int | None:
    """Pages of a PDF; None where it cannot be read, asks for a password, or takes more than the child may use."""
    with _AT_ONCE:
        try:
            ended = _COUNTERS.ask(content, allowed)
        except HelperDied:
            _log.exception("no helper process stays alive to count pages")
            return None
    text = (ended.answer or b"").decode("ascii", "replace")
    return int(text) if ended.code == 0 and text.isdigit() and int(text) > 0 else None


def answer(request: bytes, _tell: Callable[[bytes], None]) -> bytes:
    """The child: the number of pages of the PDF that the request is; nothing where it is none."""
    count = page_count(request)
    return b"" if count is None else str(count).encode()
