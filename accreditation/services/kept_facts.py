"""Facts of workbooks, parsed once and kept for the pages that follow; bounded, because each fills much memory."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

from criteria.facts import Facts

KEPT_FROM = 10_000  # characters; shorter texts are parsed about as fast as they are looked up
MOST = 40_000_000  # characters in all: some hundred MB once parsed


class KeptFacts:
    """The facts last used, by the digest of their text. Safe from threads; facts never change."""

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._kept: OrderedDict[str, tuple[int, Facts]] = OrderedDict()
        self._lock = threading.Lock()

    def facts_of(self, text: str) -> Facts:
        """Facts of a stored text."""
        if len(text) < KEPT_FROM:
            return Facts.from_stored(text)
        key = hashlib.sha256(text.encode()).hexdigest()
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key][1]
        facts = Facts.from_stored(text)
        with self._lock:
            self._kept[key] = (len(text), facts)
            while sum(size for size, _facts in self._kept.values()) > self.most:
                self._kept.popitem(last=False)
        return facts


KEPT = KeptFacts()
