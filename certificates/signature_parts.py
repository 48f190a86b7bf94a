"""The parts of a signature as it is read from a file: the same for the verifier and for the upgrade."""

from __future__ import annotations

from typing import Any

from asn1crypto import cms
from cryptography import x509

from certificates.seal import SignatureParts


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


def _is_named(certificate: x509.Certificate, named: Any) -> bool:
    return bool(
        certificate.issuer.public_bytes() == named["issuer"].dump()
        and certificate.serial_number == named["serial_number"].native
    )


def _token(attributes: Any) -> bytes:
    """The one time-stamp among the unsigned attributes, b"" where there are none."""
    if attributes.native is None:
        return b""
    ((token,),) = (one["values"] for one in attributes)
    content: bytes = token.dump()
    return content
