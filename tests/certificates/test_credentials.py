"""Credentials of the register: signed by the signer alone, published as files, re-signed only when they must be."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import LazySettings
from django.test import Client

from certificates.credential_check import CredentialTrust, CredentialVerdict, check_credential
from certificates.credential_keys import read_keys
from certificates.credential_rules import CredentialRule
from certificates.installation import public_folder, signing_folder
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.selectors import certificate_file
from certificates.services.checking import differences
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate, request_new_version
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from certificates.services.verification import trust
from certificates.signers import KeyRefused
from certificates.verify import verify
from tests.certificates.samples import AT, HOLDER, particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NOON = AT + timedelta(hours=2)
SITE = "http://127.0.0.1:8000"


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


def _request(key: str = "title-1") -> Certificate:
    return request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key=key, by="示例委员会", at=AT
    )


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    made = _request()
    sign_pending(limit=10, at=AT, keys=keys)
    return Certificate.objects.get(pk=made.pk)


def _file(certificate: Certificate) -> Path:
    return public_folder() / "v" / certificate.code / "credential.jwt"


def _judged(client: Client, certificate: Certificate, *, after: timedelta = timedelta(hours=2)) -> CredentialVerdict:
    """The verdict of an outsider who fetched credential, keys and lists from the site."""
    status = load_pem_public_key(client.get("/status/status.pem").content)
    held = CredentialTrust(keys=read_keys(client.get("/credentials/keys.json").content), status_key=status)
    lists = [client.get(f"/status/{name}/0.jwt").content.decode() for name in ("revocation", "suspension")]
    token = client.get(f"/v/{certificate.code}/credential.jwt").content.decode()
    return check_credential(token, held, at=AT + after, lists=lists)


def test_outsider_fetches_and_believes_the_credential(client: Client, certificate: Certificate) -> None:
    answer = client.get(f"/v/{certificate.code}/credential.jwt")
    assert (answer["Content-Type"], answer["Access-Control-Allow-Origin"]) == ("application/vc+jwt", "*")
    assert answer.content == _file(certificate).read_bytes()
    verdict = _judged(client, certificate)
    assert (verdict.accepted, verdict.holder, verdict.number) == (True, HOLDER, certificate.number)
    assert verdict.status == {"revocation": False, "suspension": False}
    assert verdict.credential == f"{SITE}/v/{certificate.code}/credential.jwt"


def test_key_is_found_by_the_document_of_the_issuer(client: Client, certificate: Certificate) -> None:
    token = client.get(f"/v/{certificate.code}/credential.jwt").content.decode()
    document = client.get("/.well-known/did.json").json()
    claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False, "verify_nbf": False})
    assert document["id"] == claims["iss"] == "did:web:127.0.0.1%3A8000"
    named = {method["id"]: method["publicKeyJwk"] for method in document["verificationMethod"]}
    key = jwt.PyJWK.from_dict(named[jwt.get_unverified_header(token)["kid"]])
    jwt.decode(token, key.key, algorithms=["ES256"], options={"verify_exp": False, "verify_nbf": False})
    assert len(named) == 2  # credentials and status lists


def test_status_lists_name_the_same_issuer(client: Client, certificate: Certificate) -> None:
    claims = jwt.decode(client.get("/status/revocation/0.jwt").content, options={"verify_signature": False})
    assert claims["issuer"] == client.get("/.well-known/did.json").json()["id"]


@pytest.mark.parametrize(
    ("verbs", "rule"),
    [
        (["suspend"], CredentialRule.SUSPENDED),
        (["suspend", "reinstate"], None),
        (["revoke"], CredentialRule.REVOKED),
        (["cancel"], CredentialRule.REVOKED),
    ],
)
def test_change_of_standing_refuses_the_credential_without_touching_it(
    client: Client, certificate: Certificate, keys: Keys, verbs: list[str], rule: CredentialRule | None
) -> None:
    before = _file(certificate).read_bytes()
    for verb in verbs:
        change_standing(certificate=certificate, verb=verb, ground="依据管理办法第二十条", at=AT)
        sign_pending(limit=10, at=AT, keys=keys)
    assert _judged(client, certificate).rule is rule
    assert _file(certificate).read_bytes() == before


def test_replaced_version_is_refused_and_the_new_one_accepted(
    client: Client, certificate: Certificate, keys: Keys
) -> None:
    newer = request_new_version(
        certificate=certificate, particulars=particulars(), request_key="new", by="示例委员会", at=AT
    )
    sign_pending(limit=10, at=AT, keys=keys)
    assert _judged(client, certificate).rule is CredentialRule.REVOKED
    assert _judged(client, Certificate.objects.get(pk=newer.pk)).accepted


def test_record_beside_the_page_is_the_one_in_the_file(client: Client, certificate: Certificate) -> None:
    record = client.get(f"/v/{certificate.code}/certificate.json").content
    verdict = verify(certificate_file(certificate), trust(at=AT))
    assert json.loads(record) == verdict.record
    assert record == (public_folder() / "v" / certificate.code / "certificate.json").read_bytes()


def test_page_offers_the_credential(client: Client, certificate: Certificate) -> None:
    for page in (
        client.get(f"/v/{certificate.code}/").content.decode(),
        (public_folder() / "v" / certificate.code / "index.html").read_text(),
    ):
        assert f'href="/v/{certificate.code}/credential.jwt"' in page
        assert f'href="/v/{certificate.code}/certificate.json"' in page


def test_keys_are_published_as_files(client: Client, certificate: Certificate) -> None:
    folder = public_folder()
    assert (folder / "credentials" / "keys.json").read_bytes() == client.get("/credentials/keys.json").content
    document = json.loads((folder / ".well-known" / "did.json").read_text())
    assert document == client.get("/.well-known/did.json").json()


@pytest.mark.parametrize("name", ["credential.jwt", "certificate.json"])
def test_unknown_malformed_and_unpublished_are_the_same_404(client: Client, keys: Keys, name: str) -> None:
    waiting = _request("not issued yet")
    answers = [
        client.get(f"/v/{code}/{name}") for code in ("7K2M9QX4T8VWZ3ABCDE5F6GHJRZ", "x", "..%2F..", waiting.code)
    ]
    assert {answer.status_code for answer in answers} == {404}


def test_no_key_before_the_first_run_of_the_signer(client: Client, var_dir: Path) -> None:
    assert client.get("/credentials/keys.json").json() == {"keys": []}
    assert client.get("/.well-known/did.json").status_code == 404


# --- when it is signed


def _again(keys: Keys, *, hours: int) -> None:
    sign_pending(limit=10, at=AT + timedelta(hours=hours), keys=keys)


def test_page_is_written_again_and_the_credential_is_not(certificate: Certificate, keys: Keys) -> None:
    before, page = _file(certificate).stat().st_mtime_ns, _file(certificate).with_name("index.html")
    written = page.stat().st_mtime_ns
    _again(keys, hours=21)
    assert page.stat().st_mtime_ns > written
    assert _file(certificate).stat().st_mtime_ns == before


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"\xff\xfe"])
def test_lost_or_damaged_credential_is_signed_again(certificate: Certificate, keys: Keys, damage: bytes) -> None:
    before = _file(certificate).read_bytes()
    _file(certificate).write_bytes(damage)
    _again(keys, hours=21)
    assert _file(certificate).read_bytes() == before


def test_new_key_signs_every_credential_anew_and_the_old_one_stays_in_the_set(
    client: Client, certificate: Certificate, keys: Keys
) -> None:
    old = _file(certificate).read_text()
    for name in ("credential.key", "credential.chain.pem"):
        (signing_folder() / name).unlink()
    _again(open_keys(at=AT), hours=21)
    held = CredentialTrust(keys=read_keys(client.get("/credentials/keys.json").content))
    assert len(held.keys) == 2
    assert _file(certificate).read_text() != old
    assert all(check_credential(token, held, at=NOON).accepted for token in (old, _file(certificate).read_text()))


@pytest.mark.parametrize("field", ["holder_zh", "valid_until"])
def test_row_changed_behind_the_log_gets_no_signature(certificate: Certificate, keys: Keys, field: str) -> None:
    before = _file(certificate).read_bytes()
    changed = {**certificate.snapshot, field: "另一家公司" if field == "holder_zh" else "2099-12-31"}
    Certificate.objects.filter(pk=certificate.pk).update(snapshot=changed, published_at=None, revision=9)
    _again(keys, hours=1)
    assert _file(certificate).read_bytes() == before
    _file(certificate).unlink()
    _again(keys, hours=2)
    assert not _file(certificate).exists()


class _Broken:
    """A signer whose key is away; `asked` counts how often it was tried."""

    asked = 0

    def __init__(self, inner: Any) -> None:
        self.certificate, self.issuers = inner.certificate, inner.issuers

    def sign(self, message: bytes) -> bytes:
        self.asked += 1
        raise KeyRefused("the module is away")


def test_failing_key_holds_up_no_page_is_asked_once_a_round_and_tried_again(keys: Keys, var_dir: Path) -> None:
    made = [_request(f"title-{number}") for number in range(3)]
    broken = Keys(keys.signer, keys.sign_head, keys.clock, keys.status, keys.printed, _Broken(keys.credential))
    assert sign_pending(limit=10, at=AT, keys=broken) == 3
    certificates = Certificate.objects.filter(pk__in=[one.pk for one in made])
    assert all(_file(one).with_name("index.html").is_file() and not _file(one).exists() for one in certificates)
    assert broken.credential.asked == 1
    sign_pending(limit=10, at=AT + timedelta(minutes=9), keys=keys)
    assert not any(_file(one).exists() for one in certificates)
    sign_pending(limit=10, at=AT + timedelta(minutes=11), keys=keys)
    assert all(_file(one).exists() for one in certificates)
    assert list(differences()) == []


def test_credentials_can_be_switched_off(var_dir: Path, settings: LazySettings, client: Client) -> None:
    settings.CREDENTIAL = {"backend": "off"}
    made = _request()
    sign_pending(limit=10, at=AT)
    assert not _file(made).exists()
    assert client.get(f"/v/{made.code}/credential.jwt").status_code == 404
    assert "credential.jwt" not in client.get(f"/v/{made.code}/").content.decode()
    assert not (signing_folder() / "credential.key").exists()
    assert list(differences()) == []


def test_authority_taken_away_is_asked_for_in_words(keys: Keys) -> None:
    for name in ("credential.key", "issuing.key"):
        (signing_folder() / name).unlink()
    with pytest.raises(KeyRefused, match=r"issuing\.key is needed once.*CREDENTIAL_BACKEND=off"):
        open_keys(at=AT)


def test_older_installation_gets_its_key_on_the_next_start(keys: Keys) -> None:
    for name in ("credential.key", "credential.chain.pem", "trust/credential-keys.json"):
        (signing_folder() / name).unlink()
    after = open_keys(at=AT)
    assert after.credential is not None
    assert after.signer.certificate == keys.signer.certificate
    assert (signing_folder() / "credential.key").stat().st_mode & 0o777 == 0o600


def test_credential_that_is_not_the_issuers_is_found(certificate: Certificate, keys: Keys) -> None:
    assert list(differences()) == []
    genuine = _file(certificate).read_text()
    _file(certificate).write_text(genuine[:-6] + "AAAAAA")
    assert [line.split(": ")[1] for line in differences()] == ["the published credential is refused"]
    _request("other")
    sign_pending(limit=10, at=AT, keys=keys)
    other = Certificate.objects.exclude(pk=certificate.pk).get()
    _file(certificate).write_bytes(_file(other).read_bytes())
    assert [line.split(": ")[1] for line in differences()] == [
        "the published credential does not say what the register says"
    ]
