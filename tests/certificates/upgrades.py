"""Certificates upgraded for the long term with the keys of a test's house."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from cryptography import x509

from certificates.authority import RESPONDER, keep_leaf
from certificates.clocks import Clock, LocalClock
from certificates.evidence import Sources
from certificates.long_term import Trial, extended, try_clock
from certificates.revocation import refresh_lists
from certificates.signers import open_file_signer
from tests.certificates.conftest import House
from tests.certificates.samples import AT


def certificates_of(path: Path) -> list[x509.Certificate]:
    """Every certificate of a PEM file."""
    return x509.load_pem_x509_certificates(path.read_bytes())


def sources(house: House, *, at: datetime = AT) -> Sources:
    """Fresh lists of the house's authorities and its responder."""
    refresh_lists(house.keys, house.lists, at=at)
    kept = keep_leaf(house.keys, RESPONDER, at=at)
    responder = open_file_signer(kept[0], chain=kept[1]) if kept else None
    return Sources(house.keys, house.lists, certificates_of(house.keys / "trust" / "root.pem"), responder, at)


def tried(house: House, *, at: datetime = AT) -> Trial:
    """A first question to the house's authority for time."""
    return try_clock(LocalClock(house.clock, at), certificates_of(house.keys / "trust" / "tsa-root.pem"))


def upgraded(content: bytes, house: House, *, at: datetime = AT, clock: Clock | None = None) -> bytes:
    """The file with one more upgrade, its time-stamps dated `at`, or by a clock whose authority is a stranger."""
    return extended(content, sources(house, at=at), clock or LocalClock(house.clock, at), tried(house, at=at))
