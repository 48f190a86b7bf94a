"""The second signature: checked by OpenSSL, refused when a byte differs, off unless chosen, open to plug-ins."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
from cryptography import x509
from django.conf import LazySettings
from django.test import Client

from certificates import second_signature, sm2
from certificates.installation import public_folder, signing_folder
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.second_signature import SecondSigner, open_second_signer
from certificates.services.checking import differences
from certificates.services.keys import open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.signers import KeyRefused, fingerprint
from certificates.sm2 import is_signed, read_sm2_chain
from certificates.snapshot import record_of
from tests.certificates.samples import AT, particulars, snapshot

RECORD = record_of(snapshot())
NAME = "certificate.json.sm2"


def _openssl(*given: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *given], capture_output=True, text=True, check=False)


def _make_key(folder: Path, name: str, curve: str = "SM2") -> dict[str, str]:
    """A key and its certificate as an operator makes them for a trial."""
    folder.mkdir(exist_ok=True)
    key, chain = folder / f"{name}.key", folder / f"{name}.pem"
    made = _openssl("genpkey", "-algorithm", "EC", "-pkeyopt", f"ec_paramgen_curve:{curve}", "-out", str(key))
    assert made.returncode == 0, made.stderr
    subject = [
        "-utf8",
        "-subj",
        "/C=CN/O=示例市经济与科技主管委员会/CN=国密电子印章",
        "-days",
        "1000",
        "-out",
        str(chain),
    ]
    hashing = ["-sm3", "-sigopt", "distid:1234567812345678"] if curve == "SM2" else []
    made = _openssl("req", "-new", "-x509", "-key", str(key), *hashing, *subject)
    assert made.returncode == 0, made.stderr
    key.chmod(0o600)
    return {"backend": "file", "key": str(key), "chain": str(chain)}


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return _make_key(tmp_path_factory.mktemp("sm2") / "own", "seal")


@pytest.fixture(scope="module")
def signer(options: dict[str, str]) -> SecondSigner:
    found = open_second_signer(options)
    assert found is not None
    return found


def _is_verified(record: Path, signature: Path, certificate: Path, *, signer_id: str = "1234567812345678") -> bool:
    """What OpenSSL says, from the three published files alone."""
    told = _openssl(
        *("pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-pkeyopt", f"distid:{signer_id}"),
        *("-in", str(record), "-sigfile", str(signature), "-certin", "-inkey", str(certificate)),
    )
    assert ("Verified Successfully" in told.stdout) == (told.returncode == 0)
    return told.returncode == 0


@pytest.fixture
def files(signer: SecondSigner, options: dict[str, str], tmp_path: Path) -> tuple[Path, Path, Path]:
    record, signature = tmp_path / "certificate.json", tmp_path / NAME
    record.write_bytes(RECORD)
    signature.write_bytes(signer.sign(RECORD))
    return record, signature, Path(options["chain"])


def test_openssl_verifies_the_signature(files: tuple[Path, Path, Path]) -> None:
    assert _is_verified(*files)


def test_openssl_digest_command_verifies_it_too(files: tuple[Path, Path, Path], tmp_path: Path) -> None:
    record, signature, certificate = files
    public = tmp_path / "public.pem"
    public.write_text(_openssl("x509", "-in", str(certificate), "-noout", "-pubkey").stdout)
    told = _openssl(
        *("dgst", "-sm3", "-verify", str(public), "-sigopt", "distid:1234567812345678"),
        *("-signature", str(signature), str(record)),
    )
    assert told.stdout.strip() == "Verified OK"


ALTERED: dict[str, Callable[[bytes], bytes]] = {
    "one letter": lambda record: record.replace(b'"version":1', b'"version":2'),
    "a blank at the end": lambda record: record + b" ",
    "other order": lambda record: record.replace(b'{"', b'{ "', 1),
    "empty": lambda record: b"",
    "holder": lambda record: record.replace("汇能".encode(), "汇通".encode()),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_record_is_refused(files: tuple[Path, Path, Path], signer: SecondSigner, name: str) -> None:
    record, signature, certificate = files
    changed = ALTERED[name](RECORD)
    assert changed != RECORD
    record.write_bytes(changed)
    assert not _is_verified(record, signature, certificate)
    assert not is_signed(changed, signature.read_bytes(), signer.certificate)


SPOILED: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda signature: signature[:-1],
    "longer": lambda signature: signature + b"\0",
    "empty": lambda signature: b"",
    "zeros": lambda signature: bytes.fromhex("3006020100020100"),
    "flipped": lambda signature: signature[:-1] + bytes([signature[-1] ^ 1]),
    "nonsense": lambda signature: b"nonsense",
}


@pytest.mark.parametrize("name", SPOILED)
def test_spoiled_signature_is_refused(files: tuple[Path, Path, Path], signer: SecondSigner, name: str) -> None:
    record, signature, certificate = files
    spoiled = SPOILED[name](signature.read_bytes())
    signature.write_bytes(spoiled)
    assert not is_signed(RECORD, spoiled, signer.certificate)
    assert not _is_verified(record, signature, certificate)


def test_signature_of_another_key_or_under_another_id_is_refused(
    files: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    record, signature, certificate = files
    other = _make_key(tmp_path / "other", "seal")
    assert not _is_verified(record, signature, Path(other["chain"]))
    assert not is_signed(RECORD, signature.read_bytes(), read_sm2_chain(Path(other["chain"])))
    assert not _is_verified(record, signature, certificate, signer_id="8765432187654321")


def test_signature_made_by_openssl_is_accepted(options: dict[str, str], signer: SecondSigner, tmp_path: Path) -> None:
    record, signature = tmp_path / "record", tmp_path / "signature"
    record.write_bytes(RECORD)
    made = _openssl(
        *("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-pkeyopt", "distid:1234567812345678"),
        *("-in", str(record), "-inkey", options["key"], "-out", str(signature)),
    )
    assert made.returncode == 0, made.stderr
    assert is_signed(RECORD, signature.read_bytes(), signer.certificate)


def test_key_with_its_curve_in_a_block_of_its_own_is_read(tmp_path: Path) -> None:
    options = _make_key(tmp_path / "own", "seal")
    key = Path(options["key"])
    key.write_text("-----BEGIN SM2 PARAMETERS-----\nBggqgRzPVQGCLQ==\n-----END SM2 PARAMETERS-----\n" + key.read_text())
    assert open_second_signer(options) is not None


# --- what is refused, and in which words


@pytest.mark.parametrize("options", [{}, {"backend": "off"}, {"backend": "off", "key": "k"}])
def test_it_is_off_unless_chosen(options: dict[str, str]) -> None:
    assert open_second_signer(options) is None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"backend": "abacus"}, "unknown back-end of the second signature 'abacus'; there are: file"),
        ({"backend": "file", "chain": "c"}, "needs key"),
        ({"backend": "file", "key": "k"}, "needs chain"),
        ({"backend": "file", "key": "k", "chain": "c", "token": "t"}, "does not know: token"),
        ({"backend": "file", "key": "/nonexistent", "chain": "c"}, "No such file"),
    ],
)
def test_wrong_settings_are_refused_with_what_is_wrong(given: dict[str, str], reason: str) -> None:
    with pytest.raises(KeyRefused, match=reason):
        open_second_signer(given)


def _open_to_all(options: dict[str, str], folder: Path) -> dict[str, str]:
    key = shutil.copy(options["key"], folder / "key")
    Path(key).chmod(0o644)
    return {**options, "key": str(key)}


def _foreign_key(options: dict[str, str], folder: Path) -> dict[str, str]:
    return {**options, "key": _make_key(folder / "foreign", "seal")["key"]}


def _other_curve(options: dict[str, str], folder: Path) -> dict[str, str]:
    return _make_key(folder / "other", "seal", curve="P-256")


def _only_its_certificate(options: dict[str, str], folder: Path) -> dict[str, str]:
    return {**options, "chain": _make_key(folder / "other", "seal", curve="P-256")["chain"]}


def _nonsense(options: dict[str, str], folder: Path) -> dict[str, str]:
    (folder / "key").write_text("nonsense")
    (folder / "key").chmod(0o600)
    return {**options, "key": str(folder / "key")}


WRONG_KEYS: dict[str, tuple[Callable[[dict[str, str], Path], dict[str, str]], str]] = {
    "open to others": (_open_to_all, "must be 0600"),
    "key of another certificate": (_foreign_key, "not by the key of its certificate"),
    "P-256": (_other_curve, "not an SM2 key"),
    "certificate on P-256": (_only_its_certificate, "not the certificate of an SM2 key"),
    "nonsense": (_nonsense, "not an SM2 key"),
}


@pytest.mark.parametrize("name", WRONG_KEYS)
def test_key_that_cannot_be_used_is_refused_at_the_start(options: dict[str, str], tmp_path: Path, name: str) -> None:
    change, reason = WRONG_KEYS[name]
    with pytest.raises(KeyRefused, match=reason):
        open_second_signer(change(options, tmp_path))


def test_missing_library_is_named(
    options: dict[str, str], signer: SecondSigner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sm2, "IS_INSTALLED", False)
    with pytest.raises(KeyRefused, match=r"gmssl_pyx \(extra sm2\)"):
        open_second_signer(options)
    with pytest.raises(KeyRefused, match=r"gmssl_pyx \(extra sm2\)"):
        second_signature.CheckedSecondSigner(signer)


# --- a plug-in


@dataclass
class Machine:
    """A cryptographic machine of some maker, as a package of its own would drive it."""

    inner: SecondSigner
    is_broken: bool = False

    @property
    def certificate(self) -> sm2.Sm2Certificate:
        return self.inner.certificate

    def sign(self, message: bytes) -> bytes:
        return self.inner.sign(message + b"x" if self.is_broken else message)


def open_machine(options: Mapping[str, str]) -> SecondSigner:
    """The factory that the package enters; `library` breaks it on purpose."""
    held = {"backend": "file", "key": options["key"], "chain": options["chain"]}
    inner = open_second_signer(held)
    assert inner is not None
    return Machine(inner, is_broken=options.get("library") == "broken")


@pytest.fixture
def plug_in(monkeypatch: pytest.MonkeyPatch) -> None:
    entered = EntryPoint("machine", f"{__name__}:open_machine", second_signature.GROUP)
    monkeypatch.setattr(second_signature, "entry_points", lambda *, group: [entered])


def test_plug_in_signs_through_the_same_interface(plug_in: None, options: dict[str, str]) -> None:
    signer = open_second_signer({**options, "backend": "machine"})
    assert signer is not None
    assert is_signed(RECORD, signer.sign(RECORD), signer.certificate)


def test_plug_in_that_signs_something_else_is_refused(plug_in: None, options: dict[str, str]) -> None:
    with pytest.raises(KeyRefused, match="not by the key of its certificate"):
        open_second_signer({**options, "backend": "machine", "library": "broken"})


# --- in the register


@pytest.fixture
def certificate(db: None, var_dir: Path, settings: LazySettings, options: dict[str, str]) -> Certificate:
    settings.SM2 = options
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT
    )
    sign_pending(limit=10, at=AT)
    return Certificate.objects.get(pk=made.pk)


def _folder(certificate: Certificate) -> Path:
    return public_folder() / "v" / certificate.code


@pytest.mark.slow
def test_outsider_verifies_what_the_site_gives_out(certificate: Certificate, client: Client, tmp_path: Path) -> None:
    addresses = {
        "record": f"/v/{certificate.code}/certificate.json",
        "signature": f"/v/{certificate.code}/{NAME}",
        "certificate": "/credentials/sm2.pem",
    }
    for name, address in addresses.items():
        (tmp_path / name).write_bytes(client.get(address).content)
    assert _is_verified(*(tmp_path / name for name in addresses))
    assert (_folder(certificate) / NAME).read_bytes() == (tmp_path / "signature").read_bytes()
    assert (public_folder() / "credentials" / "sm2.pem").read_bytes() == (tmp_path / "certificate").read_bytes()
    assert list(differences()) == []


@pytest.mark.slow
def test_page_shows_the_second_proof_and_its_signer(
    certificate: Certificate, client: Client, options: dict[str, str]
) -> None:
    shown = fingerprint(x509.load_pem_x509_certificate(Path(options["chain"]).read_bytes()))
    for page in (
        client.get(f"/v/{certificate.code}/").content.decode(),
        (_folder(certificate) / "index.html").read_text(),
    ):
        assert "国密第二签名" in page
        assert shown in page
        assert "CN=国密电子印章" in page
        assert f'href="/v/{certificate.code}/{NAME}"' in page
        assert 'href="/credentials/sm2.pem"' in page


@pytest.mark.slow
def test_signature_is_kept_while_it_fits_and_made_anew_when_it_does_not(
    certificate: Certificate, settings: LazySettings, tmp_path: Path
) -> None:
    path, keys = _folder(certificate) / NAME, open_keys(at=AT)
    before = path.read_bytes()
    sign_pending(limit=10, at=AT + timedelta(hours=21), keys=keys)
    assert path.read_bytes() == before
    path.write_bytes(b"nonsense")
    assert any("second signature does not fit" in line for line in differences())
    sign_pending(limit=10, at=AT + timedelta(hours=42), keys=keys)
    assert list(differences()) == []
    settings.SM2 = _make_key(tmp_path / "new", "seal")
    before = path.read_bytes()
    sign_pending(limit=10, at=AT + timedelta(hours=63), keys=open_keys(at=AT))
    assert path.read_bytes() != before
    assert _is_verified(_folder(certificate) / "certificate.json", path, Path(settings.SM2["chain"]))


@pytest.mark.slow
def test_without_it_nothing_is_said_of_a_second_signature(
    db: None, var_dir: Path, client: Client, settings: LazySettings
) -> None:
    settings.SM2 = {"backend": "off"}
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT
    )
    sign_pending(limit=10, at=AT)
    assert "国密" not in client.get(f"/v/{made.code}/").content.decode()
    assert client.get(f"/v/{made.code}/{NAME}").status_code == 404
    assert client.get("/credentials/sm2.pem").status_code == 404
    assert not (signing_folder() / "trust" / "sm2.pem").exists()


@pytest.mark.slow
def test_row_changed_behind_the_log_gets_no_second_signature(certificate: Certificate, settings: LazySettings) -> None:
    path = _folder(certificate) / NAME
    path.unlink()
    changed = {**certificate.snapshot, "holder_zh": "另一家公司"}
    Certificate.objects.filter(pk=certificate.pk).update(snapshot=changed, revision=9)
    sign_pending(limit=10, at=AT + timedelta(hours=1))
    assert not path.exists()
