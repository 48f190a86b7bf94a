"""Lists of revoked certificates and answers of the local authorities, as OpenSSL reads them; what is fetched."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp

from certificates.authority import RESPONDER, authority_certificate, keep_leaf, make_authority
from certificates.evidence import NoEvidence
from certificates.revocation import AUTHORITIES, is_listed, make_answer, read_revoked, refresh_lists
from certificates.signers import KeyRefused, open_file_signer
from tests.certificates.conftest import House
from tests.certificates.samples import AT
from tests.certificates.upgrades import sources, tried


@pytest.fixture
def own_house(tmp_path: Path) -> House:
    """A house that a test may change."""
    make_authority(tmp_path / "signing", organisation="示例", at=AT, lists_at="http://127.0.0.1:9/crl")
    return House(tmp_path / "signing")


def test_certificates_name_the_address_of_their_list(own_house: House) -> None:
    chain = [own_house.signer.certificate, *own_house.signer.issuers, own_house.clock.certificate]
    named = [one.extensions.get_extension_for_class(x509.CRLDistributionPoints).value for one in chain]
    assert [points[0].full_name[0].value.rsplit("/", 1)[1] for points in named if points[0].full_name] == [
        "issuing.crl",
        "root.crl",
        "tsa-root.crl",
    ]


def test_lists_are_made_once_a_day_and_at_once_when_somebody_is_revoked(own_house: House, tmp_path: Path) -> None:
    folder = tmp_path / "lists"
    assert refresh_lists(own_house.keys, folder, at=AT) == list(AUTHORITIES)
    assert refresh_lists(own_house.keys, folder, at=AT + timedelta(hours=19)) == []
    serial = own_house.signer.certificate.serial_number
    (own_house.keys / "revoked.txt").write_text(f"# who and why\n{serial:x} 2026-12-01T10:00:00+08:00 keyCompromise\n")
    assert refresh_lists(own_house.keys, folder, at=AT + timedelta(hours=19)) == list(AUTHORITIES)
    assert is_listed(own_house.signer.certificate, (folder / "issuing.crl").read_bytes())
    assert not is_listed(own_house.clock.certificate, (folder / "tsa-root.crl").read_bytes())
    assert refresh_lists(own_house.keys, folder, at=AT + timedelta(hours=40)) == list(AUTHORITIES)


def test_list_of_an_authority_whose_key_is_elsewhere_is_left_alone(own_house: House, tmp_path: Path) -> None:
    (own_house.keys / "root.key").unlink()
    assert refresh_lists(own_house.keys, tmp_path / "lists", at=AT) == ["issuing", "tsa-root"]


@pytest.mark.parametrize("line", ["xyz 2026-12-01T10:00:00+08:00 keyCompromise", "1f 2026-12-01T10:00:00 superseded",
                                  "1f 2026-12-01T10:00:00+08:00 boredom", "1f"])  # fmt: skip
def test_line_that_cannot_be_read_stops_every_list(tmp_path: Path, line: str) -> None:
    path = tmp_path / "revoked.txt"
    path.write_text(line)
    with pytest.raises(KeyRefused, match=r"revoked\.txt"):
        read_revoked(path)


@pytest.mark.slow
def test_openssl_believes_list_and_answer(own_house: House, tmp_path: Path) -> None:
    held = sources(own_house)
    evidence = held.evidence([own_house.signer.certificate, *own_house.signer.issuers], tried(own_house).stamp)
    assert len(evidence.lists) == 3
    (tmp_path / "issuing.pem").write_bytes(own_house.signer.issuers[0].public_bytes(Encoding.PEM))
    (tmp_path / "answer").write_bytes(evidence.answers[0])
    shutil.copy(own_house.lists / "issuing.crl", tmp_path / "issuing.crl")
    listed = ["openssl", "crl", "-inform", "DER", "-in", "issuing.crl", "-CAfile", "issuing.pem", "-noout"]
    told = subprocess.run(listed, capture_output=True, text=True, cwd=tmp_path)
    assert "verify OK" in told.stdout + told.stderr
    root = str(own_house.keys / "trust" / "root.pem")
    answered = ["openssl", "ocsp", "-respin", "answer", "-CAfile", root, "-verify_other", "issuing.pem", "-text"]
    instant = str(int((AT + timedelta(hours=1)).timestamp()))
    told = subprocess.run([*answered, "-attime", instant], capture_output=True, text=True, cwd=tmp_path)
    assert "Response verify OK" in told.stdout + told.stderr, told.stderr
    assert "Cert Status: good" in told.stdout


def test_answer_speaks_of_this_certificate_by_an_appointed_responder(house: House) -> None:
    kept = keep_leaf(house.keys, RESPONDER, at=AT)
    assert kept
    responder = open_file_signer(kept[0], chain=kept[1])
    answer = ocsp.load_der_ocsp_response(
        make_answer(house.signer.certificate, house.signer.issuers[0], responder, at=AT)
    )
    assert answer.certificate_status is ocsp.OCSPCertStatus.GOOD
    assert answer.serial_number == house.signer.certificate.serial_number
    responder.certificate.verify_directly_issued_by(authority_certificate(house.keys, "issuing"))
    assert responder.certificate.extensions.get_extension_for_class(x509.OCSPNoCheck)


def test_missing_list_that_cannot_be_fetched_is_no_evidence(own_house: House) -> None:
    held = sources(own_house)
    (own_house.lists / "issuing.crl").unlink()
    with pytest.raises(NoEvidence, match="refused"):
        held.evidence([own_house.signer.certificate, *own_house.signer.issuers], tried(own_house).stamp)


def test_stale_or_foreign_list_is_no_evidence(own_house: House) -> None:
    held = sources(own_house)
    chain = [own_house.signer.certificate, *own_house.signer.issuers]
    late = replace(held, at=AT + timedelta(days=31))
    with pytest.raises(NoEvidence, match="the list ended"):
        late.evidence(chain, tried(own_house).stamp)
    shutil.copy(own_house.lists / "root.crl", own_house.lists / "issuing.crl")
    with pytest.raises(NoEvidence, match="the list is not by"):
        held.evidence(chain, tried(own_house).stamp)
    (own_house.lists / "issuing.crl").write_bytes(b"no list")
    with pytest.raises(NoEvidence, match="unreadable list"):
        held.evidence(chain, tried(own_house).stamp)


def test_signer_without_a_path_to_a_root_is_no_evidence(own_house: House, other_house: House) -> None:
    with pytest.raises(NoEvidence, match="its issuer is not known"):
        sources(own_house).evidence([other_house.signer.certificate], tried(own_house).stamp)


def test_leaf_is_made_anew_in_files_of_its_own_before_it_ends(own_house: House) -> None:
    first = keep_leaf(own_house.keys, RESPONDER, at=AT)
    assert first == keep_leaf(own_house.keys, RESPONDER, at=AT + timedelta(days=1000))
    second = keep_leaf(own_house.keys, RESPONDER, at=AT + timedelta(days=1500))
    assert second
    assert [path.name for path in second] == ["ocsp-2.key", "ocsp-2.chain.pem"]
    assert second == keep_leaf(own_house.keys, RESPONDER, at=AT + timedelta(days=1500))
    (own_house.keys / "issuing.key").unlink()
    assert second == keep_leaf(own_house.keys, RESPONDER, at=AT + timedelta(days=3000))


def test_no_leaf_without_the_key_of_its_authority(own_house: House) -> None:
    (own_house.keys / "issuing.key").unlink()
    assert keep_leaf(own_house.keys, RESPONDER, at=AT) is None
