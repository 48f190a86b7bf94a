"""Is this file a certificate of ours? The strict policy as one function: `verify(content, trust) -> Verdict`."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import (
    EmbeddedPdfSignature,
    PdfSignatureStatus,
    SignatureCoverageLevel,
    validate_pdf_signature,
)
from pyhanko_certvalidator import ValidationContext

from certificates.container import check_container, held_in_hole
from certificates.later_revisions import Anchors, check_later_revisions
from certificates.package import FIELD, RECORD_NAME
from certificates.refusals import Refused, Rule
from certificates.seal import is_plain
from certificates.signature_parts import parts_of
from certificates.signers import DOCUMENT_SIGNING, fingerprint
from certificates.snapshot import SCHEMAS, canonical
from certificates.time_stamps import Stamp, StampRefused, read_stamp

# A refused file is an answer, not an event: its traces would let strangers fill the log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

_MAXIMAL_RECORD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the verifier believes.

    `roots` are PEM certificates of authorities; `signers` the SHA-256 fingerprints of certificates that may sign, or
    None when every document-signing certificate under the roots may; `at` the instant to judge at, or None for now;
    `clocks` PEM certificates of time-stamp authorities, or None where none is known: then time-stamps in a file must
    be whole, but prove no time.
    """

    roots: tuple[bytes, ...]
    signers: frozenset[str] | None = None
    at: datetime | None = None
    clocks: tuple[bytes, ...] | None = None

    @property
    def anchors(self) -> Anchors:
        """The certificates of both kinds of authorities."""
        clocks = None if self.clocks is None else tuple(map(x509.load_pem_x509_certificate, self.clocks))
        return Anchors(tuple(map(x509.load_pem_x509_certificate, self.roots)), clocks)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one file.

    `rule` is the rule that refused, None when the file is accepted; `detail` a technical remark. `sha256` is that of
    the file; `signer` the fingerprint and `signer_name` the name of the signing certificate, both "" when it was not
    read; `record` the attached certificate record and `record_sha256` its digest: claims of the file, to be compared
    with the register. `stamped_at` is the instant of its newest time-stamp, None before the first upgrade or where
    no time-stamp authority is known.
    """

    rule: Rule | None
    detail: str
    sha256: str
    signer: str = ""
    signer_name: str = ""
    record: Mapping[str, Any] | None = None
    record_sha256: str = ""
    stamped_at: str | None = None

    @property
    def accepted(self) -> bool:
        """True when no rule refused."""
        return self.rule is None


def verify(content: bytes, trust: Trust) -> Verdict:
    """Judge one file by the strict policy.

    Never raises, whatever the bytes are: any failure is a refusal with its rule.
    """
    verdict = Verdict(None, "", sha256(content).hexdigest())
    try:
        return _judged(content, trust, verdict)
    except Refused as refusal:
        return replace(verdict, rule=refusal.rule, detail=refusal.detail)
    except RecursionError:
        return replace(verdict, rule=Rule.OVERRUN, detail="nesting too deep")
    except MemoryError:
        return replace(verdict, rule=Rule.OVERRUN, detail="out of memory")
    except Exception as fault:  # the tenth rule: whatever the reader stumbles over is a refusal
        return replace(verdict, rule=Rule.UNREADABLE, detail=f"{type(fault).__name__}: {fault}"[:300])


def _judged(content: bytes, trust: Trust, verdict: Verdict) -> Verdict:
    check_container(content)
    reader = PdfFileReader(io.BytesIO(content), strict=True)
    if reader.encrypted:
        raise Refused(Rule.ENCRYPTED)
    signature = _only_signature(reader)
    signer = x509.load_der_x509_certificate(signature.signer_cert.dump())
    own = _check_hole(content, signature, trust)
    _check_certification(reader, signature)
    stamps = check_later_revisions(reader, content, signature.signed_revision, trust.anchors)
    _check_signature(reader, signature, signer, replace(trust, at=_moment(own, stamps, trust)))
    _check_signer(signer, trust)
    record = _record(reader.get_historical_root(signature.signed_revision))
    return replace(
        verdict,
        signer=fingerprint(signer),
        signer_name=signer.subject.rfc4514_string(),
        record=_read_record(record),
        record_sha256=sha256(record).hexdigest(),
        stamped_at=stamps[-1].at.isoformat() if stamps and trust.clocks is not None else None,
    )


def _only_signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    signatures = list(reader.embedded_regular_signatures)
    if not signatures:
        raise Refused(Rule.UNSIGNED)
    if len(signatures) > 1:
        raise Refused(Rule.SEVERAL_SIGNATURES, ", ".join(signature.field_name for signature in signatures))
    if signatures[0].field_name != FIELD:
        raise Refused(Rule.WRONG_FIELD, signatures[0].field_name)
    only: EmbeddedPdfSignature = signatures[0]
    return only


def _check_hole(content: bytes, signature: EmbeddedPdfSignature, trust: Trust) -> Stamp | None:
    """The time-stamp beside the signature, None where there is none; Refused when the hole holds anything else."""
    held = held_in_hole(content, [int(part) for part in signature.byte_range])
    parts = parts_of(signature.signed_data, signature.compute_digest())
    if not is_plain(held, parts):
        raise Refused(_why_not_plain(signature), "the signature is not of the form that this issuer makes")
    if not parts.token:
        return None
    try:
        return read_stamp(parts.token, sha256(parts.value).digest(), trust.anchors.clocks)
    except StampRefused as refusal:
        raise Refused(Rule.SMUGGLED_BYTES, f"time-stamp of the signature: {refusal}") from refusal


def _moment(own: Stamp | None, stamps: tuple[Stamp, ...], trust: Trust) -> datetime:
    """The instant at which the signer's certificate must have been valid.

    That of the time-stamp beside the signature, as long as each time-stamp was made while the one before still spoke
    and the last one still does; otherwise the instant of judging.
    """
    now = trust.at or datetime.now(UTC)
    if own is None or trust.clocks is None:
        return now
    chain = (own, *stamps)
    instants = (*(stamp.at for stamp in stamps), now)
    unbroken = all(stamp.at <= then <= stamp.until for stamp, then in zip(chain, instants, strict=True))
    return own.at if unbroken else now


def _why_not_plain(signature: EmbeddedPdfSignature) -> Rule:
    """Either the content has another digest than the signature says, or the signature holds something foreign."""
    signed = next(
        (
            one["values"][0].native
            for one in signature.signer_info["signed_attrs"]
            if one["type"].native == "message_digest"
        ),
        b"",
    )
    return Rule.SMUGGLED_BYTES if signed == signature.compute_digest() else Rule.ALTERED


def _check_certification(reader: PdfFileReader, signature: EmbeddedPdfSignature) -> None:
    permissions = reader.root.get("/Perms", {})
    certified = "/DocMDP" in permissions and permissions["/DocMDP"] is signature.sig_object
    if not certified or signature.docmdp_level is None:
        raise Refused(Rule.NOT_CERTIFIED)
    if signature.docmdp_level is not MDPPerm.NO_CHANGES:
        raise Refused(Rule.CHANGES_ALLOWED, str(signature.docmdp_level))


def _check_signature(
    reader: PdfFileReader, signature: EmbeddedPdfSignature, signer: x509.Certificate, trust: Trust
) -> None:
    at = trust.at or datetime.now(UTC)
    roots = [asn1_x509.Certificate.load(pem.unarmor(root)[2]) for root in trust.roots]
    context = ValidationContext(trust_roots=roots, moment=at, allow_fetching=False, revocation_mode="soft-fail")
    status = replace(validate_pdf_signature(signature, context), timestamp_validity=None)  # judged by `_check_hole`
    _check_bytes(reader, status)
    if not status.trusted:
        within = signer.not_valid_before_utc <= at <= signer.not_valid_after_utc
        raise Refused(Rule.UNTRUSTED if within else Rule.SIGNER_EXPIRED, str(status.trust_problem_indic or ""))
    if not status.bottom_line:
        raise Refused(Rule.SIGNATURE_INVALID, status.summary())


def _check_bytes(reader: PdfFileReader, status: PdfSignatureStatus) -> None:
    if not status.intact:
        raise Refused(Rule.ALTERED)
    if not status.valid:
        raise Refused(Rule.SIGNATURE_INVALID)
    if status.coverage is SignatureCoverageLevel.ENTIRE_REVISION:
        _check_later_changes(reader, status)
    elif status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        raise Refused(Rule.SMUGGLED_BYTES, str(status.coverage))


def _check_later_changes(reader: PdfFileReader, status: PdfSignatureStatus) -> None:
    """After signing nothing may follow but proofs for the long term: time-stamps and validation data."""
    level = status.modification_level
    proofs = isinstance(level, ModificationLevel) and level <= ModificationLevel.LTA_UPDATES
    if not proofs or "/DSS" not in reader.root:
        raise Refused(Rule.CHANGED_AFTERWARDS, str(level))


def _check_signer(signer: x509.Certificate, trust: Trust) -> None:
    try:
        purposes = list(signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        purposes = []
    if purposes != [DOCUMENT_SIGNING]:
        raise Refused(Rule.WRONG_PURPOSE, ", ".join(purpose.dotted_string for purpose in purposes))
    if trust.signers is not None and fingerprint(signer) not in trust.signers:
        raise Refused(Rule.SIGNER_NOT_LISTED, fingerprint(signer))


def _record(root: Mapping[str, Any]) -> bytes:
    """The one associated file of the signed revision, which must be the certificate record."""
    array = root.get("/AF", ())
    files = [array[place] for place in range(len(array))]
    if len(files) != 1 or files[0].get("/UF") != RECORD_NAME or files[0].get("/AFRelationship") != "/Data":
        raise Refused(Rule.NO_RECORD, f"{len(files)} associated files")
    stream = files[0]["/EF"]["/F"]
    content: bytes = stream.data
    if len(content) > _MAXIMAL_RECORD:
        raise Refused(Rule.RECORD_UNREADABLE, f"{len(content)} bytes")
    return content


def _read_record(content: bytes) -> Mapping[str, Any]:
    try:
        values = json.loads(content)
    except ValueError as fault:
        raise Refused(Rule.RECORD_UNREADABLE, str(fault)) from fault
    if not isinstance(values, dict) or values.get("schema") not in SCHEMAS or canonical(values) != content:
        raise Refused(Rule.RECORD_UNREADABLE, "not a canonical certificate record")
    return values
