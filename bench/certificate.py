"""Rendering and signing one certificate, beside the straight-line path through the same libraries; judging one."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from bench.figures import Figure
from bench.scale import Scale
from bench.straight_line import StraightLine
from bench.timing import cpu_ms
from certificates.authority import make_authority
from certificates.fonts import find_faces
from certificates.isolated import ALLOWED, VERIFIERS, request
from certificates.issuing import issue
from certificates.printed import printed_text
from certificates.printed_keys import open_printed_key
from certificates.signers import FileSigner, fingerprint, open_file_signer
from certificates.snapshot import record_of
from certificates.verify import Trust, verify
from tests.certificates.samples import AT, fresh_snapshot, snapshot

IN_A_ROW = 10
SIZE_LIMIT = 125  # kB, so that a certificate stays a small attachment


def certificate(scale: Scale) -> Iterator[Figure]:
    """Complete certificates per second and core, the ratio to the peer, the size of the file, the cost of a verdict."""
    with tempfile.TemporaryDirectory() as folder:
        keys = Path(folder) / "signing"
        make_authority(keys, organisation="示例市经济与科技主管委员会", at=AT)
        yield from _measured(keys, scale)


def _measured(keys: Path, scale: Scale) -> Iterator[Figure]:
    signer = open_file_signer(keys / "signer.key", chain=keys / "signer.chain.pem")
    code, faces = open_printed_key(keys), find_faces()
    peer = StraightLine(faces, keys, fresh_snapshot())
    pdf = issue(snapshot(), signer, faces=faces, printed_key=code).pdf
    trust = trust_in(keys, signer)
    check_accepted(pdf, trust)
    printed = printed_text(snapshot(), sha256(record_of(snapshot())).hexdigest(), code)

    def row() -> None:
        for _number in range(IN_A_ROW):
            issue(fresh_snapshot(), signer, faces=faces, printed_key=code)

    times = cpu_ms(
        {
            "row": row,
            "ours": lambda: issue(fresh_snapshot(), signer, faces=faces, printed_key=code),
            "peer": lambda: peer.issue(fresh_snapshot(), printed),
            "verdict": lambda: verify(pdf, trust),
        },
        scale.rounds,
    )
    rate = 1000 * IN_A_ROW / times["row"]
    remark = f"{IN_A_ROW} in a row: drawn with a signed QR code, packaged, signed with a key in a file"
    yield Figure("certificate.rate", rate, "/s and core", 50, remark, more_is_better=True)
    remark = f"ReportLab, pikepdf, pyHanko in a straight line: {times['peer']:.0f} ms, ours {times['ours']:.1f} ms"
    yield Figure("certificate.speed", times["peer"] / times["ours"], "x peer", 8, remark, more_is_better=True)
    yield Figure("certificate.size", len(pdf) / 1000, "kB", SIZE_LIMIT)
    yield Figure("certificate.verdict", times["verdict"], "ms CPU", 30, "strict verification, in this process")
    VERIFIERS.ask(request(pdf, trust), ALLOWED)
    child = min(VERIFIERS.ask(request(pdf, trust), ALLOWED).cpu for _round in range(scale.rounds))
    yield Figure("certificate.upload", 1000 * child, "ms CPU", 100, "the same in a child forked for one upload")


def trust_in(keys: Path, signer: FileSigner) -> Trust:
    """The root of these keys and this one signer, at the time of the samples."""
    return Trust(((keys / "trust" / "root.pem").read_bytes(),), frozenset({fingerprint(signer.certificate)}), AT)


def check_accepted(pdf: bytes, trust: Trust) -> None:
    """A fast certificate that no verifier accepts would be worth nothing: ValueError unless ours is accepted."""
    verdict = verify(pdf, trust)
    if not verdict.accepted:
        raise ValueError(f"the certificate does not verify: {verdict}")
