"""An authority, its signer, and one issued certificate, made once for all tests that only read them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from certificates.authority import RESPONDER, add_credential_key, keep_leaf, make_authority
from certificates.issuing import Issued, issue
from certificates.printed_keys import PrintedKey, PublicKeys, keys_of, open_printed_key
from certificates.signers import FileSigner, fingerprint, open_file_signer
from certificates.verify import Trust
from tests.certificates.samples import AT, snapshot


@dataclass(frozen=True)
class House:
    """A folder with the keys of one authority."""

    keys: Path

    @property
    def signer(self) -> FileSigner:
        return open_file_signer(self.keys / "signer.key", chain=self.keys / "signer.chain.pem")

    @property
    def credential(self) -> FileSigner:
        return open_file_signer(self.keys / "credential.key", chain=self.keys / "credential.chain.pem")

    @property
    def clock(self) -> FileSigner:
        return open_file_signer(self.keys / "tsa.key", chain=self.keys / "tsa.chain.pem")

    @property
    def printed(self) -> PrintedKey:
        return open_printed_key(self.keys)

    @property
    def printed_keys(self) -> PublicKeys:
        return keys_of((self.keys / "trust" / "qr-keys.json").read_bytes())

    @property
    def lists(self) -> Path:
        return self.keys.with_name(f"{self.keys.name}-lists")

    @property
    def trust(self) -> Trust:
        root = (self.keys / "trust" / "root.pem").read_bytes()
        return Trust((root,), frozenset({fingerprint(self.signer.certificate)}), AT)

    @property
    def full_trust(self) -> Trust:
        """As the site itself judges: it knows its time-stamp authority."""
        return replace(self.trust, clocks=((self.keys / "trust" / "tsa-root.pem").read_bytes(),))


def _house(folder: Path) -> House:
    """The command judges by the real clock, most tests by `AT`: the certificates are valid at both."""
    organisation, start = "示例市经济与科技主管委员会", min(AT, datetime.now(UTC))
    make_authority(folder, organisation=organisation, at=start)
    add_credential_key(folder, organisation=organisation, at=start)
    house = House(folder)
    assert keep_leaf(folder, RESPONDER, at=min(AT, datetime.now(UTC)))
    assert house.printed.key_id in house.printed_keys
    return house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The issuer's keys."""
    return _house(tmp_path_factory.mktemp("house") / "signing")


@pytest.fixture(scope="session")
def other_house(tmp_path_factory: pytest.TempPathFactory) -> House:
    """A look-alike with the same names and other keys."""
    return _house(tmp_path_factory.mktemp("other") / "signing")


@pytest.fixture(scope="session")
def issued(house: House) -> Issued:
    """A certificate of the issuer."""
    return issue(snapshot(), house.signer, printed_key=house.printed)


@pytest.fixture(scope="session")
def pdf_file(issued: Issued, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The certificate as a file, for programs that read files."""
    path = tmp_path_factory.mktemp("issued") / "certificate.pdf"
    path.write_bytes(issued.pdf)
    return path
