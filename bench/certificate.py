"""Rendering and signing one certificate, beside the straight-line path through the same three libraries."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.figures import Figure
from bench.scale import Scale
from bench.straight_line import StraightLine
from bench.timing import cpu_ms
from certificates.authority import make_authority
from certificates.fonts import find_faces
from certificates.issuing import issue
from certificates.signers import FileSigner, fingerprint, open_file_signer
from certificates.verify import Trust, verify
from tests.certificates.samples import AT, fresh_snapshot, snapshot

SIZE_LIMIT = 125  # kB, so that a certificate stays a small attachment


def certificate(scale: Scale) -> Iterator[Figure]:
    """CPU time of `issue` with the file signer, its ratio to the peer, the size of the file."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "signing"
        make_authority(keys, organisation="示例市经济与科技主管委员会", at=AT)
        yield from _measured(keys, scale)


def _measured(keys: Path, scale: Scale) -> Iterator[Figure]:
    signer = open_file_signer(keys / "signer.key", chain=keys / "signer.chain.pem")
    faces = find_faces()
    peer = StraightLine(faces, keys, fresh_snapshot())
    pdf = issue(snapshot(), signer, faces=faces).pdf
    check_accepted(pdf, keys, signer)
    times = cpu_ms(
        {
            "ours": lambda: issue(fresh_snapshot(), signer, faces=faces),
            "peer": lambda: peer.issue(fresh_snapshot()),
        },
        scale.rounds,
    )
    yield Figure("certificate.cpu", times["ours"], "ms CPU", 80, "rendered, packaged, signed with a key in a file")
    remark = f"ReportLab, pikepdf, pyHanko in a straight line: {times['peer']:.0f} ms"
    yield Figure("certificate.speed", times["peer"] / times["ours"], "x peer", 5, remark, more_is_better=True)
    yield Figure("certificate.size", len(pdf) / 1000, "kB", SIZE_LIMIT)


def check_accepted(pdf: bytes, keys: Path, signer: FileSigner) -> None:
    """A fast certificate that no verifier accepts would be worth nothing: ValueError unless ours is accepted."""
    root = (keys / "trust" / "root.pem").read_bytes()
    verdict = verify(pdf, Trust((root,), frozenset({fingerprint(signer.certificate)}), AT))
    if not verdict.accepted:
        raise ValueError(f"the certificate does not verify: {verdict}")
