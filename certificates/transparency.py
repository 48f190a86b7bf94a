"""The certificate log as an RFC 6962 Merkle tree: entries, roots, inclusion and consistency proofs, signed heads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.snapshot import canonical

HASH_SIZE = 32
EMPTY_ROOT = sha256(b"").digest()


def entry(event: str, *, identifier: str, pdf: str, record: str, at: datetime) -> bytes:
    """The canonical leaf of one event: what happened to which certificate, the digests of its files, when (UTC)."""
    instant = at.astimezone(UTC).isoformat(timespec="seconds")
    return canonical({"event": event, "identifier": identifier, "pdf": pdf, "record": record, "at": instant})


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf (RFC 6962, 2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 6962, 2.1)."""
    return sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (at least 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes."""
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


class Frontier:
    """A growing tree kept as the roots of its perfect subtrees, largest first: append and root without the leaves."""

    def __init__(self, peaks: Iterable[bytes] = (), size: int = 0) -> None:
        self.peaks = list(peaks)
        self.size = size
        if len(self.peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(self.peaks)}")

    def append(self, leaf: bytes) -> None:
        """Add one leaf hash."""
        carried, below = leaf, self.size
        while below & 1:
            carried = node_hash(self.peaks.pop(), carried)
            below >>= 1
        self.peaks.append(carried)
        self.size += 1

    def root(self) -> bytes:
        """Root over all leaves so far."""
        if not self.peaks:
            return EMPTY_ROOT
        top = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            top = node_hash(peak, top)
        return top


class Tree:
    """A finished tree with all its perfect subtrees, from which proofs are read in logarithmic time."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            below = self.levels[-1]
            self.levels.append([node_hash(below[at], below[at + 1]) for at in range(0, len(below) - 1, 2)])

    def __len__(self) -> int:
        return len(self.levels[0])

    def root(self) -> bytes:
        """Root over all leaves."""
        return self._over(0, len(self)) if len(self) else EMPTY_ROOT

    def _over(self, start: int, size: int) -> bytes:
        """Root over `size` leaves from `start`, which is a multiple of the next power of two."""
        if size & (size - 1) == 0:
            level = size.bit_length() - 1
            return self.levels[level][start >> level]
        cut = _split(size)
        return node_hash(self._over(start, cut), self._over(start + cut, size - cut))

    def root_at(self, size: int) -> bytes:
        """Root over the first `size` leaves; IndexError when the tree never had that size."""
        if not 0 < size <= len(self):
            raise IndexError(f"no earlier tree of {size} leaves in one of {len(self)}")
        return self._over(0, size)

    def inclusion_proof(self, index: int, size: int | None = None) -> list[bytes]:
        """Audit path of leaf `index`, lowest neighbour first (RFC 6962, 2.1.1), in the tree of the first `size` leaves.

        `size` is by default the whole tree. IndexError when there is no such leaf or was no such tree.
        """
        size = len(self) if size is None else size
        if not 0 <= index < size <= len(self):
            raise IndexError(f"no leaf {index} in a tree of {size}, or no such tree in one of {len(self)}")
        path: list[bytes] = []
        start = 0
        while size > 1:
            cut = _split(size)
            if index < start + cut:
                path.append(self._over(start + cut, size - cut))
                size = cut
            else:
                path.append(self._over(start, cut))
                start, size = start + cut, size - cut
        return path[::-1]

    def consistency_proof(self, old: int, new: int | None = None) -> list[bytes]:
        """Proof that the tree of the first `new` leaves, by default all, continues that of `old` (RFC 6962, 2.1.2).

        IndexError when it never had one of the sizes.
        """
        size = len(self) if new is None else new
        if not 0 < old <= size <= len(self):
            raise IndexError(f"no earlier trees of {old} and {size} leaves in one of {len(self)}")
        path: list[bytes] = []
        start, whole = 0, True
        while old != size:
            cut = _split(size)
            if old <= cut:
                path.append(self._over(start + cut, size - cut))
                size = cut
            else:
                path.append(self._over(start, cut))
                start, size, old, whole = start + cut, size - cut, old - cut, False
        return path[::-1] if whole else [self._over(start, size), *path[::-1]]


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_SIZE for value in values)


def includes(leaf: bytes, index: int, size: int, proof: Sequence[bytes], top: bytes) -> bool:
    """True when `proof` shows the leaf hash at `index` in the tree of `size` with root `top` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes(leaf, top, *proof):
        return False
    place, last, found = index, size - 1, leaf
    for neighbour in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(neighbour, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, neighbour)
        place, last = place >> 1, last >> 1
    return last == 0 and found == top


def continues(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """True when `proof` shows that the tree of `new` leaves continues the one of `old` (RFC 9162, 2.1.4.2)."""
    if not 0 < old <= new or not _are_hashes(old_root, new_root, *proof):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    return bool(path) and _walk(old, new, path) == (old_root, new_root)


def _walk(old: int, new: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = path[0]
    for neighbour in path[1:]:
        if last == 0:
            return None
        if place & 1 or place == last:
            before, after = node_hash(neighbour, before), node_hash(neighbour, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, neighbour)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else None


@dataclass(frozen=True, slots=True)
class Head:
    """The state of the log at an instant: its name, number of leaves and root."""

    origin: str
    size: int
    root: bytes
    at: datetime

    @property
    def statement(self) -> bytes:
        """The canonical bytes that are signed and time-stamped."""
        instant = self.at.astimezone(UTC).isoformat(timespec="seconds")
        return canonical({"origin": self.origin, "size": self.size, "root": self.root.hex(), "at": instant})


def is_signed(head: Head, signature: bytes, key: ec.EllipticCurvePublicKey) -> bool:
    """True when `signature` (ECDSA, SHA-256, DER) over the head's statement is by `key`."""
    try:
        key.verify(signature, head.statement, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
