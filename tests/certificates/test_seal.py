"""Signatures and time-stamps as other programs judge them."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import UTC
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms, tsp
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.der import integer, oid, tlv
from certificates.issuing import Issued
from certificates.seal import TIME_STAMP_POLICY, is_plain, put_together, sign_detached, time_stamp
from certificates.signature_parts import parts_of
from certificates.transparency import Head
from tests.certificates.conftest import House
from tests.certificates.samples import AT

HEAD = Head("http://127.0.0.1:8000/log", 3, bytes(32), AT)


@pytest.mark.poppler
@pytest.mark.slow
def test_pdfsig_finds_the_signature_valid_and_the_whole_document_signed(pdf_file: Path) -> None:
    told = subprocess.run(["pdfsig", str(pdf_file)], check=True, capture_output=True, text=True).stdout
    assert "Signature is Valid." in told
    assert "Total document signed" in told
    assert "Signature Type: ETSI.CAdES.detached" in told
    assert "Signature Field Name: IssuerSeal" in told
    assert told.count("Signature #") == 1


@pytest.mark.slow
def test_openssl_verifies_the_signature_over_the_signed_bytes(issued: Issued, house: House, tmp_path: Path) -> None:
    found = re.search(rb"/Contents <([0-9a-f]+)>", issued.pdf)
    assert found is not None
    held = bytes.fromhex(found[1].decode())
    (tmp_path / "cms.der").write_bytes(cms.ContentInfo.load(held).dump())
    (tmp_path / "content").write_bytes(issued.pdf[: found.start(1) - 1] + issued.pdf[found.end(1) + 1 :])
    command = ["openssl", "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "cms.der"]
    trust = ["-content", tmp_path / "content", "-CAfile", house.keys / "trust" / "root.pem", "-purpose", "any"]
    told = subprocess.run([*command, *trust, "-out", "/dev/null"], capture_output=True, text=True)
    assert told.returncode == 0, told.stderr


def test_signature_holds_the_attributes_of_pades_baseline_and_no_others(house: House) -> None:
    signed = cms.ContentInfo.load(sign_detached(bytes(32), house.signer))["content"]
    (signer,) = signed["signer_infos"]
    assert {each["type"].native for each in signer["signed_attrs"]} == {
        "content_type",
        "message_digest",
        "signing_certificate_v2",
    }
    assert signer["signed_attrs"].untag().dump(force=True) == signer["signed_attrs"].untag().dump()
    assert signer["unsigned_attrs"].native is None
    assert len(signed["certificates"]) == 2


def test_signature_is_the_same_each_time(house: House) -> None:
    assert sign_detached(bytes(32), house.signer) == sign_detached(bytes(32), house.signer)


def test_signature_of_other_parts_is_not_plain(house: House) -> None:
    signature = sign_detached(bytes(32), house.signer)
    parts = parts_of(cms.ContentInfo.load(signature)["content"], bytes(32))
    assert parts.certificates == (house.signer.certificate, *house.signer.issuers)
    assert is_plain(signature + bytes(9), parts)
    assert not is_plain(signature, replace(parts, digest=bytes(31) + b"1"))
    assert not is_plain(signature + b"1", parts)
    assert not is_plain(signature, replace(parts, certificates=parts.certificates[:1]))


def test_time_stamp_beside_the_signature_leaves_everything_signed_as_it_was(house: House) -> None:
    parts = parts_of(cms.ContentInfo.load(sign_detached(bytes(32), house.signer))["content"], bytes(32))
    token = time_stamp(sha256(parts.value).digest(), house.clock, serial=1, at=AT)
    stamped = put_together(replace(parts, token=token))
    assert parts_of(cms.ContentInfo.load(stamped)["content"], bytes(32)) == replace(parts, token=token)
    assert is_plain(stamped + bytes(9), replace(parts, token=token))
    assert not is_plain(stamped, parts)
    assert put_together(parts) == sign_detached(bytes(32), house.signer)


@pytest.mark.slow
def test_openssl_verifies_the_time_stamp_under_its_own_root(house: House, tmp_path: Path) -> None:
    token = time_stamp(sha256(HEAD.statement).digest(), house.clock, serial=7, at=AT)
    (tmp_path / "token.der").write_bytes(token)
    (tmp_path / "statement").write_bytes(HEAD.statement)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", tmp_path / "token.der", "-data", tmp_path / "statement"]

    def verify(root: str) -> subprocess.CompletedProcess[str]:
        trust = ["-CAfile", house.keys / "trust" / root, "-attime", str(int(AT.timestamp()))]
        return subprocess.run([*command, *trust], capture_output=True, text=True)

    assert verify("tsa-root.pem").returncode == 0
    assert verify("root.pem").returncode != 0


@pytest.mark.slow
def test_openssl_refuses_the_time_stamp_of_another_head(house: House, tmp_path: Path) -> None:
    token = time_stamp(sha256(HEAD.statement).digest(), house.clock, serial=7, at=AT)
    (tmp_path / "token.der").write_bytes(token)
    (tmp_path / "statement").write_bytes(HEAD.statement + b" ")
    command = ["openssl", "ts", "-verify", "-token_in", "-in", tmp_path / "token.der", "-data", tmp_path / "statement"]
    told = subprocess.run([*command, "-CAfile", house.keys / "trust" / "tsa-root.pem"], capture_output=True, text=True)
    assert told.returncode != 0
    assert "imprint mismatch" in told.stderr


def test_time_stamp_states_digest_serial_policy_and_instant(house: House) -> None:
    token = time_stamp(bytes(32), house.clock, serial=7, at=AT)
    stated = cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    assert isinstance(stated, tsp.TSTInfo)
    assert stated["message_imprint"]["hashed_message"].native == bytes(32)
    assert (stated["serial_number"].native, stated["policy"].native) == (7, TIME_STAMP_POLICY)
    assert stated["gen_time"].native == AT.astimezone(UTC)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (integer(0), "020100"),
        (integer(127), "02017f"),
        (integer(128), "02020080"),
        (integer(65536), "0203010000"),
        (oid("1.2.840.113549.1.7.2"), "06092a864886f70d010702"),
        (oid("2.5.4.3"), "0603550403"),
        (tlv(4, bytes(127))[:2], "047f"),
        (tlv(4, bytes(128))[:3], "048180"),
        (tlv(4, bytes(256))[:4], "04820100"),
    ],
)
def test_der_elements_have_their_shortest_form(made: bytes, expected: str) -> None:
    assert made.hex() == expected


def test_certificates_in_the_signature_stand_in_der_order(house: House) -> None:
    signed = cms.ContentInfo.load(sign_detached(bytes(32), house.signer))["content"]
    found = [each.dump() for each in signed["certificates"]]
    parties = [house.signer.certificate, *house.signer.issuers]
    assert found == sorted(party.public_bytes(Encoding.DER) for party in parties)
