"""Time-stamps of ours and of OpenSSL, whole and damaged."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from certificates.seal import sign_detached, time_stamp
from certificates.time_stamps import StampRefused, stamped_at
from tests.certificates.conftest import House
from tests.certificates.samples import AT

DIGEST = sha256(b"head").digest()
CONFIG = """
[tsa]
default_tsa = t
[t]
serial = {folder}/serial
signer_digest = {digest}
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1
ess_cert_id_alg = sha256
"""


def _root(house: House) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates((house.keys / "trust" / "tsa-root.pem").read_bytes())


def test_own_time_stamp_tells_its_instant(house: House) -> None:
    token = time_stamp(DIGEST, house.clock, serial=1, at=AT)
    assert stamped_at(token, DIGEST, _root(house)) == AT


@pytest.mark.slow
@pytest.mark.parametrize("digest", ["sha256", "sha512"])
def test_time_stamp_made_by_openssl_is_understood(house: House, tmp_path: Path, digest: str) -> None:
    (tmp_path / "data").write_bytes(b"head")
    (tmp_path / "ts.conf").write_text(CONFIG.format(folder=tmp_path, digest=digest))
    (tmp_path / "tsa.pem").write_bytes(house.clock.certificate.public_bytes(Encoding.PEM))
    query = ["openssl", "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "q"]
    reply = ["openssl", "ts", "-reply", "-config", "ts.conf", "-queryfile", "q", "-signer", "tsa.pem"]
    for command in (query, [*reply, "-inkey", str(house.keys / "tsa.key"), "-token_out", "-out", "token"]):
        subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    token = (tmp_path / "token").read_bytes()
    assert abs(stamped_at(token, DIGEST, _root(house)) - datetime.now(UTC)) < timedelta(minutes=5)
    with pytest.raises(StampRefused, match="something else"):
        stamped_at(token, sha256(b"other").digest(), _root(house))


def test_time_stamp_over_something_else_is_refused(house: House) -> None:
    token = time_stamp(sha256(b"other").digest(), house.clock, serial=1, at=AT)
    with pytest.raises(StampRefused, match="something else"):
        stamped_at(token, DIGEST, _root(house))


def test_authority_under_another_root_is_refused(house: House, other_house: House) -> None:
    token = time_stamp(DIGEST, other_house.clock, serial=1, at=AT)
    with pytest.raises(StampRefused, match="not under the given roots"):
        stamped_at(token, DIGEST, _root(house))


@pytest.mark.parametrize("years", [-40, 16])
def test_instant_outside_the_validity_of_the_authority_is_refused(house: House, years: int) -> None:
    token = time_stamp(DIGEST, house.clock, serial=1, at=AT + timedelta(days=365 * years))
    with pytest.raises(StampRefused, match="not valid at that time"):
        stamped_at(token, DIGEST, _root(house))


def test_signer_of_certificates_cannot_stamp(house: House) -> None:
    token = time_stamp(DIGEST, house.signer, serial=1, at=AT)
    roots = x509.load_pem_x509_certificates((house.keys / "trust" / "root.pem").read_bytes())
    with pytest.raises(StampRefused, match="not a time-stamp authority"):
        stamped_at(token, DIGEST, roots)


def test_signature_over_a_document_is_no_time_stamp(house: House) -> None:
    with pytest.raises(StampRefused, match="not a"):
        stamped_at(sign_detached(DIGEST, house.signer), DIGEST, _root(house))


@pytest.mark.slow
def test_every_changed_byte_and_every_cut_is_refused(house: House) -> None:
    """But for the certificates above the signer's, which prove nothing by themselves; here there are none."""
    token, roots = time_stamp(DIGEST, house.clock, serial=1, at=AT), _root(house)
    for place in range(0, len(token), 7):
        forged = bytearray(token)
        forged[place] ^= 1
        for content in (bytes(forged), token[:place]):
            try:
                told = stamped_at(content, DIGEST, roots)
            except StampRefused:
                continue
            assert told == AT, place
