"""What the public interface of the log answers: heads, proofs and entries as JSON values."""

from __future__ import annotations

from typing import Any

from certificates.models import LogEntry, TreeHead
from certificates.proofs import head_values
from certificates.selectors import (
    entries_from,
    entry_of_issue,
    entry_with_hash,
    head_of_size,
    inclusion_at,
    latest_head,
    newest_tree,
)
from certificates.services.log import signed_head

MOST_ENTRIES = 1000
_BIGGEST = 1 << 62


def newest_head() -> dict[str, Any] | None:
    """The newest signed head; None while the log is empty."""
    return _head(latest_head())


def head_at(size: int) -> dict[str, Any] | None:
    """The signed head over the first `size` entries; None where none was signed."""
    return _head(head_of_size(size)) if size < _BIGGEST else None


def inclusion_by_number(number: str, version: int) -> dict[str, Any] | None:
    """Proof under the newest head for the issue of a version; None while there is none."""
    return _inclusion(entry_of_issue(number, version) if version <= 999 else None)


def inclusion_by_hash(leaf_hash: str) -> dict[str, Any] | None:
    """Proof under the newest head for the entry with this leaf hash; None while there is none."""
    return _inclusion(entry_with_hash(leaf_hash.lower()))


def consistency(old: int, new: int) -> dict[str, Any] | None:
    """Proof that the log of `new` entries continues that of `old`; None unless 0 < old <= new <= the newest head.

    The two signed heads are added where heads of these sizes were signed.
    """
    tree = newest_tree()
    if tree is None or not 0 < old <= new <= len(tree):
        return None
    return {
        "schema": "log-consistency/1",
        "old_size": old,
        "new_size": new,
        "old_root": tree.root_at(old).hex(),
        "new_root": tree.root_at(new).hex(),
        "path": [node.hex() for node in tree.consistency_proof(old, new)],
        "old_head": head_at(old),
        "new_head": head_at(new),
    }


def entries(start: int, end: int) -> dict[str, Any] | None:
    """Entries from `start` up to and without `end`, at most 1,000, as far as the newest head covers them."""
    head = latest_head()
    if head is None or not 0 <= start < end or start >= head.size:
        return None
    found = entries_from(start, min(end, start + MOST_ENTRIES, head.size))
    return {"schema": "log-entries/1", "start": start, "entries": [one.leaf for one in found], "size": head.size}


def _head(row: TreeHead | None) -> dict[str, Any] | None:
    return head_values(signed_head(row)) if row else None


def _inclusion(entry: LogEntry | None) -> dict[str, Any] | None:
    found = inclusion_at(entry.index) if entry else None
    if found is None:
        return None
    return {
        "schema": "log-inclusion/1",
        "index": found.entry.index,
        "leaf": found.entry.leaf,
        "path": found.path,
        "head": head_values(signed_head(found.head)),
    }
