"""The Merkle log against the reference tree of RFC 6962 and against the definitions written out naively."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.transparency import (
    EMPTY_ROOT,
    Frontier,
    Head,
    Tree,
    continues,
    entry,
    includes,
    is_signed,
    leaf_hash,
    root,
)
from tests.certificates.samples import AT, SHANGHAI

VECTORS = yaml.safe_load(Path(__file__).with_name("merkle_vectors.yaml").read_text())
REFERENCE = [bytes.fromhex(leaf) for leaf in VECTORS["leaves"]]
ROOTS = VECTORS["roots"]
LEAVES = [leaf_hash(str(number).encode()) for number in range(70)]


def _naive_root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return sha256(b"\x01" + _naive_root(leaves[:cut]) + _naive_root(leaves[cut:])).digest()


@pytest.mark.parametrize("size", range(1, 9))
def test_root_of_the_reference_tree(size: int) -> None:
    leaves = [leaf_hash(leaf) for leaf in REFERENCE[:size]]
    assert root(leaves).hex() == Tree(leaves).root().hex() == ROOTS[size - 1]


@pytest.mark.parametrize("vector", VECTORS["inclusion"], ids=lambda one: f"{one['index']} of {one['size']}")
def test_inclusion_proof_of_the_reference_tree(vector: dict[str, Any]) -> None:
    tree, index, size = Tree([leaf_hash(leaf) for leaf in REFERENCE]), vector["index"], vector["size"]
    path = [bytes.fromhex(node) for node in vector["path"]]
    assert tree.inclusion_proof(index, size) == path
    assert includes(leaf_hash(REFERENCE[index]), index, size, path, bytes.fromhex(ROOTS[size - 1]))


@pytest.mark.parametrize("vector", VECTORS["consistency"], ids=lambda one: f"{one['old']} to {one['new']}")
def test_consistency_proof_of_the_reference_tree(vector: dict[str, Any]) -> None:
    tree, old, new = Tree([leaf_hash(leaf) for leaf in REFERENCE]), vector["old"], vector["new"]
    path = [bytes.fromhex(node) for node in vector["path"]]
    assert tree.consistency_proof(old, new) == path
    assert continues(old, new, bytes.fromhex(ROOTS[old - 1]), bytes.fromhex(ROOTS[new - 1]), path)


def test_earlier_proofs_are_read_from_the_later_tree() -> None:
    whole = Tree(LEAVES)
    for size in range(1, len(LEAVES) + 1):
        earlier = Tree(LEAVES[:size])
        assert whole.root_at(size) == earlier.root()
        assert whole.inclusion_proof(size // 2, size) == earlier.inclusion_proof(size // 2)
        assert whole.consistency_proof(size // 2 + 1, size) == earlier.consistency_proof(size // 2 + 1)


@pytest.mark.parametrize("size", [0, 71])
def test_tree_that_never_was_has_no_root_and_no_proof(size: int) -> None:
    tree = Tree(LEAVES)
    for ask in (tree.root_at, lambda size: tree.inclusion_proof(0, size), lambda size: tree.consistency_proof(1, size)):
        with pytest.raises(IndexError):
            ask(size)


def test_root_of_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert root([]) == Tree([]).root() == EMPTY_ROOT == sha256(b"").digest()


@pytest.mark.parametrize("size", range(1, 71))
def test_frontier_and_tree_agree_with_the_definition(size: int) -> None:
    assert Tree(LEAVES[:size]).root() == root(LEAVES[:size]) == _naive_root(LEAVES[:size])


def test_frontier_goes_on_from_its_peaks() -> None:
    first = Frontier()
    for leaf in LEAVES[:37]:
        first.append(leaf)
    second = Frontier(first.peaks, first.size)
    for leaf in LEAVES[37:]:
        second.append(leaf)
    assert second.root() == _naive_root(LEAVES)


def test_frontier_with_the_wrong_number_of_peaks_is_refused() -> None:
    with pytest.raises(ValueError, match="2 peaks, not 1"):
        Frontier([bytes(32)], 3)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 70])
def test_every_inclusion_proof_is_accepted_for_its_leaf_only(size: int) -> None:
    tree = Tree(LEAVES[:size])
    for index in range(size):
        proof = tree.inclusion_proof(index)
        assert includes(LEAVES[index], index, size, proof, tree.root())
        assert not includes(LEAVES[(index + 1) % 70], index, size, proof, tree.root())
        assert not includes(LEAVES[index], index, size, [*proof, bytes(32)], tree.root())
        assert not includes(LEAVES[index], index, size, proof, bytes(32))
        assert size == 1 or not includes(LEAVES[index], index, size, proof[:-1], tree.root())


@pytest.mark.parametrize("new", [1, 2, 3, 6, 7, 8, 9, 33, 64, 70])
def test_every_consistency_proof_is_accepted_for_its_trees_only(new: int) -> None:
    tree = Tree(LEAVES[:new])
    for old in range(1, new + 1):
        proof, before = tree.consistency_proof(old), _naive_root(LEAVES[:old])
        assert continues(old, new, before, tree.root(), proof)
        assert not continues(old, new, before, bytes(32), proof)
        assert not continues(old, new, bytes(32), tree.root(), proof)
        assert not continues(old, new, before, tree.root(), [*proof, bytes(32)])


def test_tree_with_a_changed_old_leaf_is_not_a_continuation() -> None:
    forged = Tree([LEAVES[1], *LEAVES[1:20]])
    assert not continues(9, 20, _naive_root(LEAVES[:9]), forged.root(), forged.consistency_proof(9))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_hashes_of_another_length_are_refused(length: int) -> None:
    assert not includes(b"x" * length, 0, 1, [], b"x" * length)
    assert not continues(1, 1, b"x" * length, b"x" * length, [])


@pytest.mark.parametrize("index", [-1, 5])
def test_proof_for_a_leaf_that_is_not_there_is_an_error(index: int) -> None:
    with pytest.raises(IndexError):
        Tree(LEAVES[:5]).inclusion_proof(index)
    assert not includes(LEAVES[0], index, 5, [], bytes(32))


@pytest.mark.parametrize("old", [0, 6])
def test_proof_from_a_size_the_tree_never_had_is_an_error(old: int) -> None:
    with pytest.raises(IndexError):
        Tree(LEAVES[:5]).consistency_proof(old)
    assert not continues(old, 5, bytes(32), bytes(32), [])


def test_proof_of_a_large_tree_is_short() -> None:
    tree = Tree([sha256(bytes([number % 256, number // 256])).digest() for number in range(20_000)])
    assert len(tree.inclusion_proof(12_345)) == 15


def test_entry_is_canonical_and_in_universal_time() -> None:
    leaf = entry("issue", identifier="1.2", pdf="aa", record="bb", at=datetime(2026, 12, 1, 9, 30, tzinfo=SHANGHAI))
    assert leaf == (b'{"at":"2026-12-01T01:30:00+00:00","event":"issue","identifier":"1.2","pdf":"aa","record":"bb"}')


def test_head_is_accepted_under_its_key_only() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    head = Head("log", 1, bytes(32), AT)
    signature = key.sign(head.statement, ec.ECDSA(hashes.SHA256()))
    assert is_signed(head, signature, key.public_key())
    assert not is_signed(head, signature, other.public_key())
    assert not is_signed(Head("log", 2, bytes(32), AT), signature, key.public_key())
