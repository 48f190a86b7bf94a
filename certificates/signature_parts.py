"""The parts of a signature as it is read from a file: the same for the verifier and for the upgrade."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from asn1crypto import cms, core
from cryptography import x509

from certificates.seal import SignatureParts, put_together

_RANGE = re.compile(rb"/ByteRange \[ 0 (\d{1,10}) (\d{1,10}) (\d{1,10}) \]")
_HOLE = re.compile(rb"/Contents <([0-9a-f]+)>")


def parts_of(content: cms.SignedData, digest: bytes) -> SignatureParts:
    """The parts of a CMS signature over a document whose SHA-256 is `digest`.

    ValueError where it has not one signature by one of its own certificates, or more than one unsigned attribute.
    """
    (info,) = content["signer_infos"]
    certificates = [x509.load_der_x509_certificate(one.chosen.dump()) for one in content["certificates"]]
    named = info["sid"].chosen
    signer = next((one for one in certificates if _is_named(one, named)), None)
    if signer is None:
        raise ValueError("the signer's certificate is not in the signature")
    others = tuple(one for one in certificates if one is not signer)
    return SignatureParts(digest, (signer, *others), info["signature"].native, _token(info["unsigned_attrs"]))


def as_issued(content: bytes) -> bytes:
    """The file as it was issued: later revisions cut off, the time-stamp taken out of its signature.

    The very bytes where they hold no upgrade. What was cut off is not judged: ask the strict policy first.
    """
    found = _RANGE.search(content)
    hole = _HOLE.search(content)
    if not found or not hole:
        return content
    start, end, rest = (int(part) for part in found.groups())
    if (start + 1, end - 1) != hole.span(1) or end + rest > len(content):
        return content
    try:
        signed = cms.ContentInfo.load(bytes.fromhex(hole[1].decode()))["content"]
        plain = put_together(replace(parts_of(signed, _digest(signed)), token=b""))
    except (ValueError, TypeError, KeyError, AttributeError):
        return content
    return content[: start + 1] + plain.hex().encode().ljust(len(hole[1]), b"0") + content[end - 1 : end + rest]


def _digest(signed: cms.SignedData) -> bytes:
    (info,) = signed["signer_infos"]
    attributes = {one["type"].native: one["values"][0].native for one in info["signed_attrs"]}
    digest: bytes = attributes["message_digest"]
    return digest


def _is_named(certificate: x509.Certificate, named: Any) -> bool:
    return bool(
        certificate.issuer.public_bytes() == named["issuer"].dump()
        and certificate.serial_number == named["serial_number"].native
    )


def _token(attributes: Any) -> bytes:
    """The one time-stamp among the unsigned attributes, b"" where there are none."""
    if isinstance(attributes, core.Void):
        return b""
    ((token,),) = (one["values"] for one in attributes)
    content: bytes = token.dump()
    return content
