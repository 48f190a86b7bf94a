"""Key back-ends chosen by typed settings: each signs the same certificate, and none ever leaves an unsigned file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.conf import LazySettings

from certificates.credential import signed, to_be_signed
from certificates.credential_check import CredentialTrust, check_credential
from certificates.installation import store_folder
from certificates.issuing import issue
from certificates.models import Certificate, LogEntry
from certificates.numbering import NumberForm
from certificates.services.keys import open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.signer_settings import FileKey, HardwareKey, RemoteKey, open_signer, read_key_settings
from certificates.signers import KeyRefused, Signer
from certificates.verify import verify
from tests.certificates.conftest import House
from tests.certificates.credentials import claims
from tests.certificates.samples import AT, particulars, snapshot
from tests.certificates.signing_service import TOKEN, Service, serving

Options = dict[str, Any]


def _secret(path: Path, content: str | bytes) -> str:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path.chmod(0o600)
    return str(path)


def _opened(options: Options) -> Signer:
    return open_signer(read_key_settings(options))


@pytest.fixture
def file_options(house: House, tmp_path: Path) -> Options:
    signer = house.signer
    sealed = pkcs12.serialize_key_and_certificates(
        b"seal", signer.key, signer.certificate, signer.issuers, BestAvailableEncryption(b"open sesame")
    )
    key = _secret(tmp_path / "seal.p12", sealed)
    return {"backend": "file", "key": key, "password_file": _secret(tmp_path / "password", "open sesame\n")}


@pytest.fixture
def service(house: House) -> Iterator[Service]:
    with serving(Service(house.signer.key)) as running:
        yield running


@pytest.fixture
def remote_options(house: House, service: Service, tmp_path: Path) -> Options:
    return {
        "backend": "remote",
        "url": service.url,
        "key": "seal-2026",
        "token_file": _secret(tmp_path / "token", TOKEN),
        "chain": str(house.keys / "signer.chain.pem"),
        "patience": "0.7",
    }


@pytest.fixture(scope="module")
def module(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Path]]:
    """A SoftHSM token with the issuer's key; its library and its folder.

    The module reads its configuration once a process, so the place stays the same for all tests.
    """
    folder = tmp_path_factory.mktemp("hsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nlog.level = ERROR\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "conf")
    run = ["softhsm2-util", "--pin", "4711"]
    subprocess.run(
        [*run, "--init-token", "--free", "--label", "issuer", "--so-pin", "0815"], check=True, capture_output=True
    )
    load = [*run, "--token", "issuer", "--label", "seal", "--id", "01", "--import", str(house.keys / "signer.key")]
    subprocess.run(load, check=True, capture_output=True)
    library = next(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))
    yield library, folder / "tokens"
    del os.environ["SOFTHSM2_CONF"]


@pytest.fixture
def hardware_options(house: House, module: tuple[Path, Path], tmp_path: Path) -> Options:
    return {
        "backend": "pkcs11",
        "library": str(module[0]),
        "token": "issuer",
        "key": "seal",
        "pin_file": _secret(tmp_path / "pin", "4711\n"),
        "chain": str(house.keys / "signer.chain.pem"),
    }


BACKENDS = [
    "file_options",
    "remote_options",
    pytest.param("hardware_options", marks=pytest.mark.softhsm),
]


@pytest.mark.slow
@pytest.mark.parametrize("options", BACKENDS)
def test_certificate_of_every_back_end_is_accepted(options: str, house: House, request: pytest.FixtureRequest) -> None:
    signer = _opened(request.getfixturevalue(options))
    made = issue(snapshot(), signer)
    assert verify(made.pdf, house.trust).accepted
    assert made.unsigned_sha256 == issue(snapshot(), house.signer).unsigned_sha256


@pytest.mark.slow
@pytest.mark.parametrize("options", BACKENDS)
def test_credential_of_every_back_end_is_accepted(options: str, house: House, request: pytest.FixtureRequest) -> None:
    signer = _opened(request.getfixturevalue(options))
    made = signed(to_be_signed(claims(), signer), signer)
    roots = tuple(map(x509.load_pem_x509_certificate, house.trust.roots))
    assert check_credential(made, CredentialTrust(roots=roots), at=AT).accepted


@pytest.mark.slow
def test_service_learns_the_digest_and_nothing_else(house: House, service: Service, remote_options: Options) -> None:
    issue(snapshot(), _opened(remote_options))
    for asked in service.asked:
        assert asked.keys() == {"key", "algorithm", "digest"}
        assert (asked["key"], asked["algorithm"], len(asked["digest"])) == ("seal-2026", "ES256", 64)


# --- never an unsigned file


def _waiting(settings: LazySettings, options: Options) -> Certificate:
    settings.SIGNER = options
    return request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT
    )


def _assert_nothing_was_issued(waiting: Certificate) -> None:
    again = Certificate.objects.get(pk=waiting.pk)
    assert (again.state, again.sha256, again.refusal) == ("requested", None, "")
    assert not list(store_folder().rglob("*.pdf"))
    assert not LogEntry.objects.exists()


def _wrong_password(options: Options) -> None:
    _secret(Path(options["password_file"]), "wrong")


def _no_key_file(options: Options) -> None:
    Path(options["key"]).unlink()


def _open_key_file(options: Options) -> None:
    Path(options["key"]).chmod(0o644)


def _damaged_key_file(options: Options) -> None:
    _secret(Path(options["key"]), b"\x30\x82nonsense")


def _empty_password(options: Options) -> None:
    _secret(Path(options["password_file"]), "\n")


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("harm", [_wrong_password, _no_key_file, _open_key_file, _damaged_key_file, _empty_password])
def test_file_that_gives_no_key_gives_no_certificate(
    harm: Callable[[Options], None], file_options: Options, settings: LazySettings, var_dir: Path
) -> None:
    waiting = _waiting(settings, file_options)
    harm(file_options)
    with pytest.raises(KeyRefused):
        sign_pending(limit=1, at=AT)
    _assert_nothing_was_issued(waiting)


FAILURES = [
    "failing", "late", "trickle", "garbage", "empty", "list", "number", "letters", "cut", "flood", "away", "other key",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.parametrize("mode", FAILURES)
def test_service_that_fails_after_the_start_gives_no_certificate_until_it_recovers(
    mode: str, service: Service, remote_options: Options, house: House, other_house: House,
    settings: LazySettings, var_dir: Path,
) -> None:  # fmt: skip
    waiting = _waiting(settings, remote_options)
    keys = open_keys(at=AT)
    service.mode = mode
    service.key = other_house.signer.key if mode == "other key" else house.signer.key
    with pytest.raises(KeyRefused):
        sign_pending(limit=1, at=AT, keys=keys)
    _assert_nothing_was_issued(waiting)
    service.mode, service.key = "well", house.signer.key
    assert sign_pending(limit=1, at=AT, keys=keys) == 1


@pytest.mark.parametrize("harm", ["down", "token", "chain", "key"])
def test_service_that_cannot_be_used_at_the_start_is_refused(
    harm: str, service: Service, remote_options: Options, other_house: House
) -> None:
    if harm == "down":
        remote_options["url"] = "http://127.0.0.1:9/sign"
    if harm == "token":
        _secret(Path(remote_options["token_file"]), "another")
    if harm == "chain":
        remote_options["chain"] = str(other_house.keys / "signer.chain.pem")
    if harm == "key":
        service.key = other_house.signer.key
    with pytest.raises(KeyRefused):
        _opened(remote_options)


def test_access_token_stays_out_of_messages_and_printed_values(remote_options: Options) -> None:
    signer = _opened(remote_options)
    assert TOKEN not in repr(signer)


@pytest.mark.softhsm
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "value"),
    [("library", "/nonexistent.so"), ("token", "other"), ("key", "other"), ("pin", "0000"), ("chain", "other")],
)
def test_module_that_gives_no_key_is_refused(
    name: str, value: str, hardware_options: Options, other_house: House
) -> None:
    if name == "pin":
        _secret(Path(hardware_options["pin_file"]), value)
    else:
        hardware_options[name] = str(other_house.keys / "signer.chain.pem") if name == "chain" else value
    with pytest.raises(KeyRefused):
        _opened(hardware_options)


@pytest.mark.softhsm
@pytest.mark.slow
def test_lost_session_costs_one_round(hardware_options: Options) -> None:
    signer = _opened(hardware_options)
    signer.inner._session.close()
    with pytest.raises(KeyRefused):
        signer.sign(b"message")
    assert signer.sign(b"message")


@pytest.mark.softhsm
@pytest.mark.django_db
@pytest.mark.slow
def test_module_that_dies_after_the_start_gives_no_certificate(
    hardware_options: Options, module: tuple[Path, Path], settings: LazySettings, var_dir: Path, tmp_path: Path
) -> None:
    waiting = _waiting(settings, hardware_options)
    keys = open_keys(at=AT)
    shutil.move(module[1], tmp_path / "away")
    try:
        keys.signer.inner._session.close()
        for _ in range(2):
            with pytest.raises(KeyRefused):
                sign_pending(limit=1, at=AT, keys=keys)
        _assert_nothing_was_issued(waiting)
    finally:
        shutil.move(tmp_path / "away", module[1])
    assert sign_pending(limit=1, at=AT, keys=keys) == 1


# --- settings


def test_settings_become_typed_values() -> None:
    assert read_key_settings({"backend": "file", "key": "k.p12"}) == FileKey(Path("k.p12"))
    hardware = {"library": "l", "token": "t", "key": "k", "pin_file": "p", "chain": "c"}
    assert read_key_settings({"backend": "pkcs11", **hardware}) == HardwareKey(
        Path("l"), "t", "k", Path("p"), Path("c")
    )
    remote = {"url": "https://hsm.example.cn/sign", "key": "k", "token_file": "t", "chain": "c"}
    found = read_key_settings({"backend": "remote", **remote, "organisation": "示例委员会"})
    assert found == RemoteKey("https://hsm.example.cn/sign", "k", Path("t"), Path("c"))


WRONG: dict[str, tuple[Options, str]] = {
    "unknown": ({"backend": "abacus"}, "there are: file, pkcs11, remote"),
    "missing": ({"backend": "pkcs11", "key": "k"}, "needs library"),
    "foreign": ({"backend": "file", "key": "k", "token": "t"}, "does not know: token"),
    "plain http": ({"backend": "remote", "url": "http://hsm.example.cn/sign"}, "https"),
    "other scheme": ({"backend": "remote", "url": "file:///etc/passwd"}, "https"),
    "patience": (
        {"backend": "remote", "url": "https://h", "key": "k", "token_file": "t", "chain": "c", "patience": "long"},
        "no number",
    ),
    "long patience": (
        {"backend": "remote", "url": "https://h", "key": "k", "token_file": "t", "chain": "c", "patience": "1e9"},
        "between",
    ),
}


@pytest.mark.parametrize(("options", "reason"), WRONG.values(), ids=WRONG)
def test_wrong_settings_are_refused_with_what_is_wrong(options: Options, reason: str) -> None:
    with pytest.raises(KeyRefused, match=reason):
        read_key_settings(options)


@pytest.mark.slow
def test_environment_of_the_signer_becomes_its_settings(tmp_path: Path) -> None:
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("SIGNER_")},
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "ACCREDITATION_VAR": str(tmp_path / "var"),
        "SIGNER_BACKEND": "remote",
        "SIGNER_URL": "https://hsm.example.cn/sign",
        "SIGNER_KEY": "seal",
        "SIGNER_TOKEN_FILE": "token",
        "SIGNER_CHAIN": "chain.pem",
    }
    code = (
        "from certificates.installation import signer_options; from certificates.signer_settings import *; "
        "print(read_key_settings(signer_options()).key)"
    )
    home = Path(__file__).resolve().parents[2]
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment, check=True
    )
    assert told.stdout.strip() == "seal"
