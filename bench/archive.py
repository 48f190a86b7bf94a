"""Upgrading one certificate for the long term with the local authorities: time, bytes, and what judging it costs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cryptography import x509

from bench.certificate import SIZE_LIMIT, check_accepted, trust_in
from bench.figures import Figure
from bench.scale import Scale
from bench.timing import cpu_ms
from certificates.authority import RESPONDER, TIME_STAMPER, Leaf, keep_leaf, make_authority
from certificates.clocks import LocalClock
from certificates.evidence import Sources
from certificates.issuing import issue
from certificates.long_term import extended, try_clock
from certificates.revocation import refresh_lists
from certificates.signers import FileSigner, open_file_signer
from certificates.verify import verify
from tests.certificates.samples import AT, snapshot


def archive(scale: Scale) -> Iterator[Figure]:
    """The cost of an upgrade to B-LTA, of its check, and how much longer the file becomes."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "signing"
        make_authority(keys, organisation="示例市经济与科技主管委员会", at=AT)
        yield from _measured(keys, scale)


def _measured(keys: Path, scale: Scale) -> Iterator[Figure]:
    signer = open_file_signer(keys / "signer.key", chain=keys / "signer.chain.pem")
    clocks = (keys / "trust" / "tsa-root.pem").read_bytes()
    trust = replace(trust_in(keys, signer), clocks=(clocks,))
    pdf = issue(snapshot(), signer).pdf
    clock = LocalClock(_leaf(keys, TIME_STAMPER), AT)
    trial = try_clock(clock, x509.load_pem_x509_certificates(clocks))
    refresh_lists(keys, keys.parent, at=AT)
    roots = x509.load_pem_x509_certificates((keys / "trust" / "root.pem").read_bytes())
    sources = Sources(keys, keys.parent, roots, _leaf(keys, RESPONDER), AT)
    made = extended(pdf, sources, clock, trial)
    check_accepted(made, trust)
    times = cpu_ms(
        {"upgrade": lambda: extended(pdf, sources, clock, trial), "verdict": lambda: verify(made, trust)}, scale.rounds
    )
    remark = "two time-stamps of the local authority, three lists, one answer"
    yield Figure("archive.upgrade", times["upgrade"], "ms CPU", 60, remark)
    yield Figure("archive.verdict", times["verdict"], "ms CPU", 110, "strict verification of the upgraded file")
    yield Figure("archive.added", (len(made) - len(pdf)) / 1000, "kB", 16)
    yield Figure("archive.size", len(made) / 1000, "kB", SIZE_LIMIT)


def _leaf(keys: Path, leaf: Leaf) -> FileSigner:
    kept = keep_leaf(keys, leaf, at=AT)
    if kept is None:
        raise ValueError("no key of the authority")
    return open_file_signer(kept[0], chain=kept[1])
