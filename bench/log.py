"""The transparency log: arithmetic of its tree, and entries stored in the database under a signed head."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from statistics import median

from django.db import transaction
from django.test.utils import override_settings
from django.utils import timezone

from bench.figures import Figure
from bench.scale import Scale
from bench.timing import cpu_ms
from certificates.models import Certificate, LogEntry
from certificates.services.keys import Keys, open_keys
from certificates.services.log import append_events, seal_log
from certificates.transparency import Frontier, leaf_hash, root

ENTRIES = 1000


def log(scale: Scale) -> Iterator[Figure]:
    """Appends a second by one core, and seconds for a thousand stored and signed entries."""
    leaves = [leaf_hash(b"%d" % number) for number in range(20 * scale.many)]
    spent = cpu_ms({"append": lambda: grown(leaves)}, scale.rounds)["append"]
    remark = f"{len(leaves)} leaf hashes into a growing tree, root at the end"
    yield Figure("log.tree", 1000 * len(leaves) / spent, "appends/s", 200_000, remark, more_is_better=True)
    with tempfile.TemporaryDirectory() as folder, override_settings(VAR_DIR=Path(folder)):
        keys = open_keys(at=timezone.now())
        seconds = median(stored(keys) for _round in range(min(scale.rounds, 5)))
    yield Figure("log.store", seconds, "s", 2, f"{ENTRIES} entries stored, then a signed and time-stamped head")


def grown(leaves: list[bytes]) -> bytes:
    """Root of a tree grown leaf by leaf."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def stored(keys: Keys) -> float:
    """Seconds by the clock for entries and head; ValueError when the head does not fit the entries."""
    at = timezone.now()
    certificates = [
        Certificate(
            number=f"BENCH-{number}", version=1, identifier=f"bench.{number}", sha256=digest, record_sha256=digest
        )
        for number in range(ENTRIES)
        for digest in [sha256(b"%d" % number).hexdigest()]
    ]
    started = time.perf_counter()
    with transaction.atomic():
        append_events(certificates, "issue", at=at)
    head = seal_log(keys=keys, at=at)
    spent = time.perf_counter() - started
    hashes = LogEntry.objects.order_by("index").values_list("leaf_hash", flat=True)
    if head is None or head.root != root([bytes.fromhex(leaf) for leaf in hashes]).hex():
        raise ValueError("the head does not fit the entries")
    return spent
