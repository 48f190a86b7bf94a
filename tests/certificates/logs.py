"""A small log with its keys, made by hand: what an outsider would have downloaded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from certificates.issuing import Issued
from certificates.proofs import Keys, SignedHead, head_values
from certificates.seal import time_stamp
from certificates.snapshot import plain
from certificates.transparency import Head, Tree, entry, leaf_hash
from tests.certificates.conftest import House
from tests.certificates.samples import AT, snapshot

ORIGIN = "http://127.0.0.1:8000/log"


@dataclass
class Log:
    """Leaves of one log and the house that signs its heads."""

    house: House
    leaves: list[bytes]

    @property
    def keys(self) -> Keys:
        roots = x509.load_pem_x509_certificates((self.house.keys / "trust" / "tsa-root.pem").read_bytes())
        return Keys(self._key.public_key(), tuple(roots))

    @property
    def _key(self) -> ec.EllipticCurvePrivateKey:
        key = load_pem_private_key((self.house.keys / "log.key").read_bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key

    @property
    def tree(self) -> Tree:
        return Tree([leaf_hash(leaf) for leaf in self.leaves])

    def head(self, size: int, *, at: datetime = AT, stamped_at: datetime | None = None) -> SignedHead:
        head = Head(ORIGIN, size, self.tree.root_at(size), at)
        token = time_stamp(sha256(head.statement).digest(), self.house.clock, serial=size, at=stamped_at or at)
        return SignedHead(head, self._key.sign(head.statement, ec.ECDSA(hashes.SHA256())), token)

    def consistency(self, old: int, new: int) -> dict[str, Any]:
        return {
            "path": [node.hex() for node in self.tree.consistency_proof(old, new)],
            "old_head": head_values(self.head(old)),
            "new_head": head_values(self.head(new)),
        }

    def inclusion(self, index: int, size: int) -> dict[str, Any]:
        return {
            "schema": "log-inclusion/1",
            "index": index,
            "leaf": self.leaves[index].decode(),
            "path": [node.hex() for node in self.tree.inclusion_proof(index, size)],
            "head": head_values(self.head(size)),
        }

    def status(self, issued: Issued, index: int, size: int) -> dict[str, Any]:
        """The part of a certificate's status.json that proves something."""
        return {
            "schema": "certificate-status/1",
            "identifier": issued.identifier,
            "sha256": issued.sha256,
            "record": plain(snapshot()),
            "record_sha256": issued.record_sha256,
            "log": self.inclusion(index, size),
        }


def log_with(house: House, issued: Issued) -> Log:
    """Seven entries; the fourth is the issue of the certificate."""
    leaves = [
        entry("issue", identifier=f"1.2.{number}", pdf="aa", record="bb", at=AT + timedelta(minutes=number))
        for number in range(7)
    ]
    return Log(house, [*leaves[:3], issued.leaf, *leaves[4:]])
