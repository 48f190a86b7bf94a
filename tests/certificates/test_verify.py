"""The strict policy: the genuine file is accepted, every forgery refused by a named rule."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates.issuing import Issued, issue
from certificates.refusals import Rule
from certificates.signers import fingerprint
from certificates.snapshot import canonical
from certificates.verify import Trust, verify
from tests.certificates.attacks import BYTES, HOLE, INCREMENTAL, Forgery, appended, in_hole, replaced, signed_again
from tests.certificates.conftest import House
from tests.certificates.kinds import colleague
from tests.certificates.samples import AT, HOLDER, fresh_snapshot, snapshot


def test_genuine_certificate_is_accepted_with_its_record(issued: Issued, house: House) -> None:
    verdict = verify(issued.pdf, house.trust)
    assert (verdict.rule, verdict.detail) == (None, "")
    assert verdict.accepted
    assert verdict.record is not None
    assert verdict.record["holder_zh"] == HOLDER
    assert (verdict.sha256, verdict.record_sha256) == (issued.sha256, issued.record_sha256)
    assert verdict.signer == issued.signer == fingerprint(house.signer.certificate)


def test_reference_validator_agrees_with_every_detail(issued: Issued, house: House) -> None:
    root = asn1_x509.Certificate.load(pem.unarmor(house.trust.roots[0])[2])
    (signature,) = PdfFileReader(io.BytesIO(issued.pdf)).embedded_regular_signatures
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=[root], moment=AT))
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok
    assert status.md_algorithm == "sha256"
    assert "TRUSTED" in status.summary()


@pytest.mark.slow
@pytest.mark.parametrize("attack", BYTES.values(), ids=BYTES.keys())
def test_forged_bytes_are_refused_by_a_rule(issued: Issued, house: House, attack: Forgery) -> None:
    forged = attack(issued.pdf)
    assert forged != issued.pdf
    verdict = verify(forged, house.trust)
    assert isinstance(verdict.rule, Rule)
    assert verdict.record is None


@pytest.mark.slow
@pytest.mark.parametrize("attack", INCREMENTAL.values(), ids=INCREMENTAL.keys())
def test_incremental_update_is_refused_as_a_later_change(issued: Issued, house: House, attack: Forgery) -> None:
    forged = attack(issued.pdf)
    assert forged.startswith(issued.pdf)
    assert verify(forged, house.trust).rule is Rule.CHANGED_AFTERWARDS


@pytest.mark.parametrize(
    ("attack", "rule"),
    [
        ("byte of a font flipped", Rule.ALTERED),
        ("signature stripped", Rule.UNSIGNED),
        ("signature stripped and seal painted", Rule.UNSIGNED),
        ("second field with the same signature", Rule.SEVERAL_SIGNATURES),
        ("junk before the header", Rule.NOT_PDF),
        ("junk after the end", Rule.TRAILING_BYTES),
        ("comment after the end", Rule.TRAILING_BYTES),
        ("object between trailer and startxref", Rule.TRAILING_BYTES),
        ("startxref to nowhere", Rule.UNREADABLE),
        ("content in the padding", Rule.SMUGGLED_BYTES),
        ("entry smuggled into the hole", Rule.SMUGGLED_BYTES),
        ("byte range of six", Rule.SMUGGLED_BYTES),
        ("too large", Rule.TOO_LARGE),
        ("encrypted", Rule.ENCRYPTED),
    ],
)
def test_refusal_names_the_rule(issued: Issued, house: House, attack: str, rule: Rule) -> None:
    assert verify(BYTES[attack](issued.pdf), house.trust).rule is rule


@pytest.mark.slow
def test_every_flipped_byte_outside_the_signature_is_refused(issued: Issued, house: House) -> None:
    accepted = []
    for place in range(7, len(issued.pdf), 1499):
        forged = bytearray(issued.pdf)
        forged[place] ^= 0x20
        if verify(bytes(forged), house.trust).accepted:
            accepted.append(place)
    assert accepted == []


@pytest.mark.slow
def test_every_changed_digit_of_the_signature_is_refused(issued: Issued, house: House) -> None:
    found = HOLE.search(issued.pdf)
    assert found is not None
    used = len(found[1].rstrip(b"0"))
    accepted = []
    for place in [*range(0, used, 23), used + 10, len(found[1]) - 1]:
        forged = bytearray(issued.pdf)
        digit = forged[found.start(1) + place]
        forged[found.start(1) + place] = ord("1") if digit == ord("0") else ord("0")
        if verify(bytes(forged), house.trust).accepted:
            accepted.append(place)
    assert accepted == []


def test_signature_in_capital_digits_is_refused(issued: Issued, house: House) -> None:
    forged = in_hole(bytes.upper)(issued.pdf)
    assert verify(forged, house.trust).rule is Rule.SMUGGLED_BYTES


def test_certificate_of_a_lookalike_authority_is_refused(other_house: House, house: House) -> None:
    forged = issue(snapshot(), other_house.signer).pdf
    assert verify(forged, house.trust).rule is Rule.UNTRUSTED


def test_certificate_signed_by_another_certificate_of_our_authority_is_refused(house: House) -> None:
    forged = issue(snapshot(), colleague(house)).pdf
    assert verify(forged, house.trust).rule is Rule.SIGNER_NOT_LISTED
    assert verify(forged, replace(house.trust, signers=None)).accepted


def test_certificate_signed_by_the_time_stamp_key_is_refused(house: House) -> None:
    forged = issue(snapshot(), house.clock).pdf
    assert verify(forged, house.trust).rule is Rule.UNTRUSTED
    clock_root = (house.keys / "trust" / "tsa-root.pem").read_bytes()
    assert verify(forged, Trust((clock_root,), None, AT)).rule is Rule.WRONG_PURPOSE


def test_certificate_signed_by_a_certificate_for_another_purpose_is_refused(house: House) -> None:
    forged = issue(snapshot(), colleague(house, purpose=x509.ExtendedKeyUsageOID.CODE_SIGNING)).pdf
    assert verify(forged, house.trust).rule is Rule.WRONG_PURPOSE


def test_certification_that_allows_filling_in_is_refused(issued: Issued, house: House) -> None:
    forged = signed_again(issued.pdf, house.signer, replaced(b"/P 1 ", b"/P 2 "))
    assert verify(forged, house.trust).rule is Rule.CHANGES_ALLOWED


def test_approval_signature_without_certification_is_refused(issued: Issued, house: House) -> None:
    forged = signed_again(issued.pdf, house.signer, replaced(b"/Perms ", b"/Prems "))
    assert verify(forged, house.trust).rule is Rule.NOT_CERTIFIED


def test_signature_without_transform_is_refused(issued: Issued, house: House) -> None:
    forged = signed_again(issued.pdf, house.signer, replaced(b"/Reference ", b"/Referenxx "))
    assert verify(forged, house.trust).rule is Rule.NOT_CERTIFIED


def test_signature_in_another_field_is_refused(issued: Issued, house: House) -> None:
    forged = signed_again(issued.pdf, house.signer, replaced(b"(IssuerSeal)", b"(IssuerSeol)"))
    assert verify(forged, house.trust).rule is Rule.WRONG_FIELD


def test_signed_file_without_record_is_refused(issued: Issued, house: House) -> None:
    forged = signed_again(issued.pdf, house.signer, replaced(b"/AF [", b"/AX ["))
    assert verify(forged, house.trust).rule is Rule.NO_RECORD


def test_record_that_is_not_canonical_is_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    loose = json.dumps({"schema": "certificate-record/1", "number": "X"}).encode()
    monkeypatch.setattr("certificates.issuing.record_of", lambda taken: loose)
    assert verify(issue(snapshot(), house.signer).pdf, house.trust).rule is Rule.RECORD_UNREADABLE


@pytest.mark.parametrize("content", [b"[1]", b"\xff", canonical({"schema": "another/1"}), b"[" * 50_000])
def test_record_of_another_kind_is_refused(house: House, monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("certificates.issuing.record_of", lambda taken: content)
    rule = verify(issue(snapshot(), house.signer).pdf, house.trust).rule
    assert rule in {Rule.RECORD_UNREADABLE, Rule.OVERRUN}


def test_signature_whose_attributes_were_changed_is_refused(issued: Issued, house: House) -> None:
    digest = sha256(house.signer.certificate.public_bytes(Encoding.DER)).hexdigest().encode()
    other = b"0" * len(digest)
    assert not verify(issued.pdf.replace(digest, other), house.trust).accepted


def test_certificate_of_a_signer_out_of_its_time_is_refused(issued: Issued, house: House) -> None:
    late = replace(house.trust, at=AT + timedelta(days=11 * 365))
    assert verify(issued.pdf, late).rule is Rule.SIGNER_EXPIRED


def test_one_line_end_after_the_end_marker_is_the_only_tail_allowed(issued: Issued, house: House) -> None:
    assert issued.pdf.endswith(b"%%EOF\n")
    assert verify(issued.pdf + b"\n", house.trust).rule is Rule.TRAILING_BYTES


@pytest.mark.slow
def test_reference_library_refuses_to_add_a_second_signature(issued: Issued, house: House) -> None:
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

    writer = IncrementalPdfFileWriter(io.BytesIO(issued.pdf))
    signer = SimpleSigner.load(str(house.keys / "signer.key"), str(house.keys / "trust" / "signers.pem"))
    with pytest.raises(SigningError):
        PdfSigner(PdfSignatureMetadata(field_name="Second"), signer=signer).sign_pdf(writer)


def test_empty_incremental_update_is_refused_too(issued: Issued, house: House) -> None:
    forged = appended(lambda writer: writer.update_root())(issued.pdf)
    assert not verify(forged, house.trust).accepted


def test_two_certificates_differ_in_file_and_record(house: House, issued: Issued) -> None:
    other = issue(fresh_snapshot(number="SHETC-2026-00002"), house.signer)
    assert {issued.sha256, issued.record_sha256, issued.identifier}.isdisjoint(
        {other.sha256, other.record_sha256, other.identifier}
    )


@pytest.mark.parametrize("rule", Rule)
def test_every_rule_has_a_text_in_both_languages(rule: Rule) -> None:
    assert rule.wording.zh
    assert rule.wording.en
    assert rule.wording.en.isascii()
