"""Long-term validity (PAdES B-LTA): the one module that extends a signed certificate, with pyHanko.

The time-stamp over the signature goes into the hole of the signature, outside the bytes that it signs; revocation data
and the time-stamp over the whole file follow in one update after it.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from asn1crypto import cms, crl, ocsp, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.api import TimeStamper
from pyhanko.sign.validation import EmbeddedPdfSignature
from pyhanko.sign.validation.dss import DocumentSecurityStore

from certificates.clocks import Clock
from certificates.evidence import Evidence, Sources
from certificates.later_revisions import TIME_STAMP_FIELD
from certificates.package import Prepared
from certificates.seal import SignatureParts, put_together
from certificates.signature_parts import parts_of
from certificates.time_stamps import Stamp, read_stamp


class NotExtended(ValueError):
    """The file cannot be extended; the message says why."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What a first time-stamp tells of a clock: its path, and the length of its tokens in bytes."""

    stamp: Stamp
    size: int


def try_clock(clock: Clock, roots: Sequence[x509.Certificate]) -> Trial:
    """Ask the clock once; ClockFailed when it does not answer, StampRefused when it is not under one of the roots."""
    digest = sha256(b"trial").digest()
    token = clock.stamp(digest)
    return Trial(read_stamp(token, digest, roots), len(token))


def extended(content: bytes, sources: Sources, clock: Clock, trial: Trial) -> bytes:
    """The file with a time-stamp over its signature, unless there is one, the evidence, and a time-stamp over it all.

    NotExtended when the signature has no room for its time-stamp, NoEvidence and ClockFailed where these are missing.
    """
    signature = _signature(PdfFileReader(io.BytesIO(content), strict=True))
    parts = parts_of(signature.signed_data, signature.compute_digest())
    evidence = sources.evidence(parts.certificates, trial.stamp)
    writer = _Update(io.BytesIO(_with_token(content, signature, parts, clock)))
    _put_evidence(writer, evidence)
    earlier = len(writer.prev.embedded_timestamp_signatures)
    stamper = PdfTimeStamper(_Adapter(clock), field_name=f"{TIME_STAMP_FIELD}{earlier + 1}")
    digits = 2 * (trial.size + trial.size // 4)
    made = asyncio.run(stamper.async_timestamp_pdf(writer, "sha256", bytes_reserved=digits))
    finished: bytes = made.getvalue()
    return finished


def _with_token(content: bytes, signature: EmbeddedPdfSignature, parts: SignatureParts, clock: Clock) -> bytes:
    """The file with a time-stamp in the hole of its signature; the very file when it has one."""
    if parts.token:
        return content
    sealed = put_together(replace(parts, token=clock.stamp(sha256(parts.value).digest())))
    start, end = (int(signature.byte_range[place]) for place in (1, 2))
    try:
        return Prepared(content, (start, end)).filled(sealed)
    except ValueError as fault:
        raise NotExtended(str(fault)) from fault


def _signature(reader: PdfFileReader) -> EmbeddedPdfSignature:
    signatures = list(reader.embedded_regular_signatures)
    if len(signatures) != 1:
        raise NotExtended(f"{len(signatures)} signatures")
    only: EmbeddedPdfSignature = signatures[0]
    return only


class _Update(IncrementalPdfFileWriter):
    """An update that leaves title, author and metadata as they were signed."""

    def _update_meta(self) -> None:
        return


class _Adapter(TimeStamper):
    """A clock as pyHanko asks it."""

    def __init__(self, clock: Clock) -> None:
        prepare: Any = super().__init__
        prepare()
        self._clock = clock

    async def async_timestamp(self, message_digest: bytes, md_algorithm: str) -> cms.ContentInfo:
        return cms.ContentInfo.load(self._clock.stamp(message_digest))

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> Any:
        raise NotImplementedError


def _put_evidence(writer: IncrementalPdfFileWriter, evidence: Evidence) -> None:
    encoded = (one.public_bytes(Encoding.DER) for one in evidence.certificates)
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        None,
        certs=[asn1_x509.Certificate.load(one) for one in encoded],
        crls=[crl.CertificateList.load(one) for one in evidence.lists],
        ocsps=[ocsp.OCSPResponse.load(one) for one in evidence.answers],
    )
