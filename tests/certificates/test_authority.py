"""The local authorities: two roots, private files, made once; keys opened only when they are safe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from certificates import authority
from certificates.authority import make_authority, publish_trust
from certificates.signers import DOCUMENT_SIGNING, TOKEN_SIGNING, KeyRefused, open_file_signer
from tests.certificates.conftest import House
from tests.certificates.samples import AT


def _purposes(certificate: x509.Certificate) -> list[x509.ObjectIdentifier]:
    return list(certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)


def test_every_private_key_is_readable_by_its_owner_only(house: House) -> None:
    keys = sorted(house.keys.glob("*.key"))
    names = ["credential", "issuing", "log", "ocsp", "qr", "root", "signer", "tsa-root", "tsa"]
    assert [key.stem for key in keys] == names
    assert {stat.S_IMODE(key.stat().st_mode) for key in keys} == {0o600}
    assert stat.S_IMODE(house.keys.stat().st_mode) == 0o700


def test_time_stamp_authority_stands_under_a_root_of_its_own(house: House) -> None:
    root = x509.load_pem_x509_certificate((house.keys / "trust" / "root.pem").read_bytes())
    clock_root = x509.load_pem_x509_certificate((house.keys / "trust" / "tsa-root.pem").read_bytes())
    house.clock.certificate.verify_directly_issued_by(clock_root)
    house.signer.certificate.verify_directly_issued_by(house.signer.issuers[0])
    house.signer.issuers[0].verify_directly_issued_by(root)
    house.credential.certificate.verify_directly_issued_by(house.signer.issuers[0])
    assert _purposes(house.credential.certificate) == [TOKEN_SIGNING]
    assert root.subject != clock_root.subject
    assert _purposes(house.signer.certificate) == [DOCUMENT_SIGNING]
    assert _purposes(house.clock.certificate) == [x509.ExtendedKeyUsageOID.TIME_STAMPING]


def test_second_run_changes_nothing(tmp_path: Path) -> None:
    make_authority(tmp_path / "keys", organisation="示例", at=AT)
    before = {path.name: path.read_bytes() for path in (tmp_path / "keys").glob("*.key")}
    make_authority(tmp_path / "keys", organisation="另一个", at=AT)
    assert {path.name: path.read_bytes() for path in (tmp_path / "keys").glob("*.key")} == before


def test_failed_run_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, content: bytes) -> None:
        if path.name == "log.pem":
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(authority, "_write", full)
    with pytest.raises(OSError, match="No space"):
        make_authority(tmp_path / "keys", organisation="示例", at=AT)
    assert list(tmp_path.iterdir()) == []


def test_published_folder_holds_no_private_key(house: House, tmp_path: Path) -> None:
    publish_trust(house.keys, tmp_path / "trust")
    files = {path.name: path.read_text() for path in (tmp_path / "trust").iterdir()}
    assert set(files) == {"root.pem", "signers.pem", "tsa-root.pem", "log.pem", "qr-keys.json"}
    assert not any("PRIVATE" in content for content in files.values())


def test_key_open_to_others_is_refused(house: House, tmp_path: Path) -> None:
    key = tmp_path / "signer.key"
    key.write_bytes((house.keys / "signer.key").read_bytes())
    key.chmod(0o640)
    with pytest.raises(KeyRefused, match="0640"):
        open_file_signer(key, chain=house.keys / "signer.chain.pem")


def test_missing_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KeyRefused, match="No such file"):
        open_file_signer(tmp_path / "signer.key")


@pytest.mark.parametrize(("key", "chain"), [("root.key", "signer.chain.pem"), ("signer.key", "tsa.chain.pem")])
def test_key_of_another_kind_or_certificate_is_refused(house: House, key: str, chain: str) -> None:
    with pytest.raises(KeyRefused):
        open_file_signer(house.keys / key, chain=house.keys / chain)


def test_key_in_a_password_file_is_opened(house: House, tmp_path: Path) -> None:
    signer = house.signer
    assert isinstance(signer.key, ec.EllipticCurvePrivateKey)
    content = pkcs12.serialize_key_and_certificates(
        b"signer", signer.key, signer.certificate, signer.issuers, BestAvailableEncryption(b"secret")
    )
    path = tmp_path / "signer.p12"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(content)
    opened = open_file_signer(path, password=b"secret")
    assert opened.certificate == signer.certificate
    assert opened.issuers == signer.issuers
    assert opened.sign(b"x") == signer.sign(b"x")
