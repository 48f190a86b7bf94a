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
from certificates.package import FIELD, RECORD_NAME
from certificates.refusals import Refused, Rule
from certificates.seal import is_plain
from certificates.signers import DOCUMENT_SIGNING, fingerprint
from certificates.snapshot import SCHEMAS, canonical

# A refused file is an answer, not an event: its traces would let strangers fill the log.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)

_MAXIMAL_RECORD = 64 * 1024
_WRITTEN_BY_UPGRADES = {"/ModDate", "/Producer"}


@dataclass(frozen=True, slots=True)
class Trust:
    """Whom the verifier believes.

    `roots` are PEM certificates of authorities; `signers` the SHA-256 fingerprints of certificates that may sign, or
    None when every document-signing certificate under the roots may; `at` the instant to judge at, or None for now.
    """

    roots: tuple[bytes, ...]
    signers: frozenset[str] | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one file.

    `rule` is the rule that refused, None when the file is accepted; `detail` a technical remark. `sha256` is that of
    the file; `signer` the fingerprint and `signer_name` the name of the signing certificate, both "" when it was not
    read; `record` the attached certificate record and `record_sha256` its digest: claims of the file, to be compared
    with the register.
    """

    rule: Rule | None
    detail: str
    sha256: str
    signer: str = ""
    signer_name: str = ""
    record: Mapping[str, Any] | None = None
    record_sha256: str = ""

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
    _check_hole(content, signature, signer)
    _check_certification(reader, signature)
    _check_signature(reader, signature, signer, trust)
    _check_signer(signer, trust)
    _check_time_stamps(reader)
    _check_information(reader, signature.signed_revision)
    record = _record(reader.get_historical_root(signature.signed_revision))
    return replace(
        verdict,
        signer=fingerprint(signer),
        signer_name=signer.subject.rfc4514_string(),
        record=_read_record(record),
        record_sha256=sha256(record).hexdigest(),
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


def _check_hole(content: bytes, signature: EmbeddedPdfSignature, signer: x509.Certificate) -> None:
    held = held_in_hole(content, [int(part) for part in signature.byte_range])
    others = [x509.load_der_x509_certificate(one.dump()) for one in signature.other_embedded_certs]
    value = signature.signer_info["signature"].native
    if not is_plain(held, signature.compute_digest(), [signer, *others], value):
        raise Refused(_why_not_plain(signature), "the signature is not of the form that this issuer makes")


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
    status = validate_pdf_signature(signature, signer_validation_context=context)
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


def _check_time_stamps(reader: PdfFileReader) -> None:
    """A time-stamp over the file is no mark on its page: a field that can be seen is none of ours."""
    for stamp in reader.embedded_timestamp_signatures:
        field = stamp.sig_field
        sides = [float(side) for side in field.get("/Rect", ())]
        if sides and (sides[0] != sides[2] or sides[1] != sides[3]):
            raise Refused(Rule.CHANGED_AFTERWARDS, f"visible time-stamp {stamp.field_name}")


def _check_information(reader: PdfFileReader, signed: int) -> None:
    """What readers show as title and author is not drawn, yet believed: a later revision leaves it as it was signed."""
    old, new = (_information(reader, revision) for revision in (signed, reader.xrefs.total_revisions - 1))
    changed = [name for name in sorted({*old, *new} - _WRITTEN_BY_UPGRADES) if old.get(name) != new.get(name)]
    if changed:
        raise Refused(Rule.CHANGED_AFTERWARDS, f"document information: {', '.join(changed)}")


def _information(reader: PdfFileReader, revision: int) -> Mapping[str, Any]:
    resolver = reader.get_historical_resolver(revision)
    trailer = resolver.trailer_view
    if "/Info" not in trailer:
        return {}
    held: Mapping[str, Any] = resolver.get_object(trailer.raw_get("/Info").reference)
    return held


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
