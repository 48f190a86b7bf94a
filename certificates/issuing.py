"""The whole way from a snapshot to a signed certificate: `issue(snapshot, signer) -> Issued`; its English edition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from certificates.fonts import FontFile, find_faces
from certificates.layout import check_layout, layout_of
from certificates.package import RESERVED, Parts, Prepared, assemble
from certificates.pages import CHINESE, ENGLISH
from certificates.printed import printed_text
from certificates.printed_keys import PrintedKey
from certificates.render import Renderer, renderer_for
from certificates.seal import sign_detached
from certificates.signers import Signer, fingerprint
from certificates.snapshot import Snapshot, check_snapshot, record_of
from certificates.transparency import entry


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as issued.

    `pdf` and `record` are the two files, `sha256` and `record_sha256` their digests in hexadecimal, `unsigned_sha256`
    that of the PDF before signing (a function of the snapshot), `identifier` the GB/T 36904 identifier, `leaf` the
    entry for the transparency log, `signer` the fingerprint of the signer's certificate, `fonts` the SHA-256 of each
    face by role, `printed` the text of the QR code.
    """

    pdf: bytes = field(repr=False)
    sha256: str
    record: bytes = field(repr=False)
    record_sha256: str
    unsigned_sha256: str
    identifier: str
    leaf: bytes = field(repr=False)
    signer: str
    fonts: Mapping[str, str]
    printed: str


def issue(
    snapshot: Snapshot,
    signer: Signer,
    *,
    faces: Mapping[str, FontFile] | None = None,
    printed_key: PrintedKey | None = None,
) -> Issued:
    """Render, package and sign one certificate.

    `faces` are the pinned fonts, by default those found on this machine; without `printed_key` the QR code holds the
    address alone. SnapshotRefused names everything in the snapshot that cannot be printed, FontsRefused a missing or
    changed font: there is no unsigned and no approximate certificate.
    """
    check_snapshot(snapshot)
    check_layout(snapshot)
    faces = faces or find_faces()
    record = record_of(snapshot)
    record_digest = sha256(record).hexdigest()
    printed = printed_text(snapshot, record_digest, printed_key)
    prepared = prepare(snapshot, record, printed, renderer_for(faces))
    pdf = prepared.filled(sign_detached(prepared.digest, signer))
    digest = sha256(pdf).hexdigest()
    identifier = str(snapshot.identifier)
    return Issued(
        pdf=pdf,
        sha256=digest,
        record=record,
        record_sha256=record_digest,
        unsigned_sha256=sha256(prepared.content).hexdigest(),
        identifier=identifier,
        leaf=entry("issue", identifier=identifier, pdf=digest, record=record_digest, at=snapshot.issued_at),
        signer=fingerprint(signer.certificate),
        fonts={role: face.sha256 for role, face in faces.items()},
        printed=printed,
    )


@dataclass(frozen=True, slots=True)
class Translated:
    """The English edition of an issued certificate: its file, digests of it signed and unsigned, signer, fonts."""

    pdf: bytes = field(repr=False)
    sha256: str
    unsigned_sha256: str
    signer: str
    fonts: Mapping[str, str]


def translate(
    snapshot: Snapshot, signer: Signer, *, printed: str, faces: Mapping[str, FontFile] | None = None
) -> Translated:
    """Render, package and sign the English edition of an issued certificate; `printed` is the text of its QR code.

    It carries the same number, code and record, so whoever verifies it reaches the certificate itself. SnapshotRefused
    names what cannot be printed.
    """
    faces = faces or find_faces()
    record = record_of(snapshot)
    prepared = prepare(snapshot, record, printed, renderer_for(faces), ENGLISH)
    pdf = prepared.filled(sign_detached(prepared.digest, signer))
    return Translated(
        pdf=pdf,
        sha256=sha256(pdf).hexdigest(),
        unsigned_sha256=sha256(prepared.content).hexdigest(),
        signer=fingerprint(signer.certificate),
        fonts={role: face.sha256 for role, face in faces.items()},
    )


def prepare(
    snapshot: Snapshot,
    record: bytes,
    printed: str,
    renderer: Renderer,
    language: str = CHINESE,
    *,
    reserved: int = RESERVED,
) -> Prepared:
    """The certificate before signing: the same snapshot, code, fonts and language always give the same bytes."""
    layout = layout_of(snapshot)
    parts = Parts(
        page=renderer.page(snapshot, printed, language),
        artwork=renderer.artwork(snapshot.layout),
        seal=renderer.seal(snapshot.layout, snapshot.issuer_zh, snapshot.demo),
        seal_at=layout.seal_at,
    )
    return assemble(snapshot, record, parts, language, reserved=reserved)
