"""Credentials judged offline: the attack table, the status lists, the command with its exit codes."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates import credential_command
from certificates.__main__ import main
from certificates.credential import claims_of, signed, to_be_signed
from certificates.credential_check import CredentialTrust, check_credential
from certificates.credential_keys import KeySetRefused, jwk_of, key_url, public_key_of, read_keys, thumbprint
from certificates.credential_rules import CredentialRule
from certificates.signers import DOCUMENT_SIGNING, TOKEN_SIGNING
from tests.certificates.conftest import House
from tests.certificates.credentials import (
    INDEX,
    ISSUER,
    SM2_CERTIFICATE,
    claims,
    entry,
    part,
    places,
    status_list,
    token,
    unpart,
)
from tests.certificates.kinds import colleague
from tests.certificates.samples import AT, HOLDER, snapshot

R = CredentialRule
STATUS = ec.generate_private_key(ec.SECP256R1())
NOON = AT + timedelta(hours=2)


@dataclass(frozen=True)
class Material:
    """What an attacker has: the genuine token, the published keys, keys of the attacker's own, other real keys."""

    house: House
    other: House

    @property
    def key(self) -> ec.EllipticCurvePrivateKey:
        return self.house.credential.key

    @property
    def genuine(self) -> str:
        return signed(to_be_signed(claims_of(snapshot(), places()), self.house.credential), self.house.credential)

    @property
    def header(self) -> dict[str, Any]:
        return dict(unpart(self.genuine.split(".")[0]))

    @property
    def parts(self) -> list[str]:
        return self.genuine.split(".")

    def forged(self, changes: dict[str, Any], *, key: ec.EllipticCurvePrivateKey | None = None) -> str:
        """Other claims under the genuine header, signed by the issuer's key or another."""
        return token(self.header, claims(**changes), key or self.key)

    def headed(self, **changes: Any) -> str:
        """The genuine claims under another header, signed by the issuer's key."""
        header = {**self.header, **changes}
        return token({name: value for name, value in header.items() if value is not None}, claims(), self.key)


@pytest.fixture(scope="module")
def material(house: House, other_house: House) -> Material:
    return Material(house, other_house)


def _by_keys(house: House) -> CredentialTrust:
    key = public_key_of(house.credential.certificate)
    return CredentialTrust(keys={thumbprint(key): key}, status_key=STATUS.public_key())


def _by_root(house: House) -> CredentialTrust:
    roots = x509.load_pem_x509_certificates((house.keys / "trust" / "root.pem").read_bytes())
    return CredentialTrust(roots=tuple(roots), status_key=STATUS.public_key())


TRUSTS: dict[str, Callable[[House], CredentialTrust]] = {"keys": _by_keys, "root": _by_root}


def _hmac(m: Material) -> str:
    """The public key taken for the secret of HS256: the classic confusion."""
    content = f"{part({**m.header, 'alg': 'HS256'})}.{m.parts[1]}"
    secret = m.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return f"{content}.{part(hmac.digest(secret, content.encode(), hashlib.sha256))}"


def _chain(house: House, name: str) -> list[str]:
    certificates = x509.load_pem_x509_certificates((house.keys / name).read_bytes())
    return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in certificates]


def _status_entry(**changes: Any) -> dict[str, Any]:
    return {"credentialStatus": [{**entry("revocation"), **changes}]}


Attack = Callable[[Material], str]

# Each is refused by the same rule whether the issuer is known by its key set or by its root.
ATTACKS: dict[str, tuple[Attack, CredentialRule]] = {
    "alg none": (lambda m: f"{part({**m.header, 'alg': 'none'})}.{m.parts[1]}.", R.WRONG_ALGORITHM),
    "alg None": (lambda m: f"{part({**m.header, 'alg': 'None'})}.{m.parts[1]}.", R.WRONG_ALGORITHM),
    "no alg": (lambda m: m.headed(alg=None), R.WRONG_ALGORITHM),
    "HS256 with the public key": (_hmac, R.WRONG_ALGORITHM),
    "ES384 named": (lambda m: m.headed(alg="ES384"), R.WRONG_ALGORITHM),
    "list of algorithms": (lambda m: m.headed(alg=["ES256"]), R.WRONG_ALGORITHM),
    "typ JWT": (lambda m: m.headed(typ="JWT"), R.WRONG_TYPE),
    "typ of a presentation": (lambda m: m.headed(typ="vp+jwt"), R.WRONG_TYPE),
    "no typ": (lambda m: m.headed(typ=None), R.WRONG_TYPE),
    "critical extension": (lambda m: m.headed(crit=["b64"], b64=False), R.UNREADABLE),
    "signature cut": (lambda m: m.genuine[:-4], R.ALTERED),
    "signature empty": (lambda m: m.genuine.rpartition(".")[0] + ".", R.ALTERED),
    "signature of zeros": (lambda m: f"{m.parts[0]}.{m.parts[1]}.{part(bytes(64))}", R.ALTERED),
    "signature in DER": (
        lambda m: f"{m.parts[0]}.{m.parts[1]}.{part(m.house.credential.sign('.'.join(m.parts[:2]).encode()))}",
        R.ALTERED,
    ),
    "signature of another": (lambda m: f"{m.parts[0]}.{part(claims(name='X'))}.{m.parts[2]}", R.ALTERED),
    "holder changed": (lambda m: f"{m.parts[0]}.{part(claims(credentialSubject={}))}.{m.parts[2]}", R.ALTERED),
    "status altered": (
        lambda m: f"{m.parts[0]}.{part(claims(**_status_entry(statusListIndex='18')))}.{m.parts[2]}",
        R.ALTERED,
    ),
    "status left out": (lambda m: f"{m.parts[0]}.{part(claims(credentialStatus=None))}.{m.parts[2]}", R.ALTERED),
    "validity stretched": (
        lambda m: f"{m.parts[0]}.{part(claims(validUntil='2099-01-01T00:00:00Z'))}.{m.parts[2]}",
        R.ALTERED,
    ),
    "own key under the genuine header": (
        lambda m: m.forged({}, key=ec.generate_private_key(ec.SECP256R1())),
        R.ALTERED,
    ),
    "key of the look-alike under the genuine header": (
        lambda m: m.forged({}, key=m.other.credential.key),
        R.ALTERED,
    ),
    "own key in the header as jwk": (
        lambda m: token(
            {**m.header, "jwk": jwk_of(STATUS.public_key(), "own"), "jku": "https://evil.example/keys"},
            claims(),
            STATUS,
        ),
        R.ALTERED,
    ),
    "wrapped as in data model 1.1": (
        lambda m: token(m.header, {"iss": ISSUER, "vc": claims()}, m.key),
        R.NO_CREDENTIAL,
    ),
    "not JSON": (lambda m: token(m.header, b"nonsense", m.key), R.NO_CREDENTIAL),
    "a list": (lambda m: token(m.header, [claims()], m.key), R.NO_CREDENTIAL),
    "no subject": (lambda m: m.forged({"credentialSubject": None}), R.NO_CREDENTIAL),
    "no validUntil": (lambda m: m.forged({"validUntil": None}), R.NO_CREDENTIAL),
    "instants without a zone": (lambda m: m.forged({"validFrom": "2026-12-01T00:00:00"}), R.NO_CREDENTIAL),
    "other issuer in iss": (lambda m: m.forged({"iss": "did:web:evil.example"}), R.NO_CREDENTIAL),
    "other id in jti": (lambda m: m.forged({"jti": "https://evil.example"}), R.NO_CREDENTIAL),
    "exp apart from validUntil": (lambda m: m.forged({"exp": 4_000_000_000}), R.NO_CREDENTIAL),
    "a status list for a credential": (
        lambda m: token(m.header, unpart(status_list("revocation", [], STATUS).split(".")[1]), m.key),
        R.NO_CREDENTIAL,
    ),
    "a badge without the data model": (lambda m: m.forged({"@context": ["https://evil.example"]}), R.NO_CREDENTIAL),
    "unknown purpose of a status": (lambda m: m.forged(_status_entry(statusPurpose="refresh")), R.NO_CREDENTIAL),
    "no status": (lambda m: m.forged({"credentialStatus": None}), R.NO_CREDENTIAL),
    "empty": (lambda m: "", R.UNREADABLE),
    "two parts": (lambda m: ".".join(m.parts[:2]), R.UNREADABLE),
    "JSON serialisation": (lambda m: json.dumps({"payload": m.parts[1], "signatures": []}), R.UNREADABLE),
    "header no JSON": (lambda m: f"{part(b'nonsense')}.{m.parts[1]}.{m.parts[2]}", R.UNREADABLE),
    "header a list": (lambda m: f"{part([])}.{m.parts[1]}.{m.parts[2]}", R.UNREADABLE),
    "header deep": (lambda m: f"{part(b'[' * 20_000)}.{m.parts[1]}.{m.parts[2]}", R.UNREADABLE),
    "letters beyond base64": (lambda m: f"甲.{m.parts[1]}.{m.parts[2]}", R.UNREADABLE),
    "flood": (lambda m: m.genuine + "A" * 70_000, R.UNREADABLE),
}

# Whom to believe decides here.
BY_KEYS: dict[str, tuple[Attack, CredentialRule]] = {
    "key of the look-alike": (
        lambda m: signed(to_be_signed(claims(), m.other.credential), m.other.credential),
        R.UNKNOWN_KEY,
    ),
    "no kid": (lambda m: m.headed(kid=None), R.UNKNOWN_KEY),
    "path for kid": (lambda m: m.headed(kid="../../etc/passwd"), R.UNKNOWN_KEY),
    "list for kid": (lambda m: m.headed(kid=[1]), R.UNKNOWN_KEY),
}
BY_ROOT: dict[str, tuple[Attack, CredentialRule]] = {
    "chain of the look-alike": (
        lambda m: signed(to_be_signed(claims(), m.other.credential), m.other.credential),
        R.UNTRUSTED,
    ),
    "no chain": (lambda m: m.headed(x5c=None), R.UNTRUSTED),
    "empty chain": (lambda m: m.headed(x5c=[]), R.UNTRUSTED),
    "chain without the issuing authority": (lambda m: m.headed(x5c=m.header["x5c"][:1]), R.UNTRUSTED),
    "long chain": (lambda m: m.headed(x5c=m.header["x5c"] * 5), R.UNTRUSTED),
    "nonsense for a chain": (lambda m: m.headed(x5c=["AAAA", 7]), R.UNTRUSTED),
    "certificate of a key of another kind": (lambda m: m.headed(x5c=[SM2_CERTIFICATE]), R.UNTRUSTED),
    "certificate of another kind above": (
        lambda m: m.headed(x5c=[m.header["x5c"][0], SM2_CERTIFICATE]),
        R.UNTRUSTED,
    ),
    "time-stamp authority's certificate": (
        lambda m: token({**m.header, "x5c": _chain(m.house, "tsa.chain.pem")}, claims(), m.house.clock.key),
        R.UNTRUSTED,
    ),
    "leaf of the look-alike before the genuine authority": (
        lambda m: token(
            {**m.header, "x5c": [_chain(m.other, "credential.chain.pem")[0], m.header["x5c"][1]]},
            claims(),
            m.other.credential.key,
        ),
        R.UNTRUSTED,
    ),
}


@pytest.mark.parametrize("trust", TRUSTS)
def test_genuine_credential_is_accepted_and_told(material: Material, trust: str) -> None:
    verdict = check_credential(material.genuine, TRUSTS[trust](material.house), at=NOON)
    assert (verdict.accepted, verdict.holder, verdict.number) == (True, HOLDER, "SHETC-2026-00001")
    assert verdict.status == {"revocation": None, "suspension": None}


@pytest.mark.parametrize("trust", TRUSTS)
@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_by_its_rule(material: Material, trust: str, name: str) -> None:
    forge, rule = ATTACKS[name]
    assert check_credential(forge(material), TRUSTS[trust](material.house), at=NOON).rule is rule


@pytest.mark.parametrize("name", BY_KEYS)
def test_attack_on_the_key_set_is_refused(material: Material, name: str) -> None:
    forge, rule = BY_KEYS[name]
    assert check_credential(forge(material), _by_keys(material.house), at=NOON).rule is rule


@pytest.mark.parametrize("name", BY_ROOT)
def test_attack_on_the_chain_is_refused(material: Material, name: str) -> None:
    forge, rule = BY_ROOT[name]
    assert check_credential(forge(material), _by_root(material.house), at=NOON).rule is rule


@pytest.mark.parametrize(
    ("purpose", "rule"),
    [
        (TOKEN_SIGNING, None),
        (DOCUMENT_SIGNING, None),
        (x509.ExtendedKeyUsageOID.TIME_STAMPING, R.WRONG_PURPOSE),
        (x509.ExtendedKeyUsageOID.SERVER_AUTH, R.WRONG_PURPOSE),
    ],
)
def test_certificate_of_the_authority_for_another_purpose_signs_no_credential(
    material: Material, purpose: x509.ObjectIdentifier, rule: CredentialRule | None
) -> None:
    signer = colleague(material.house, purpose=purpose)
    made = signed(to_be_signed(claims(), signer), signer)
    assert check_credential(made, _by_root(material.house), at=NOON).rule is rule


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


IGNORED = {"name", "evidence", "relatedResource"}
LISTED = status_list("revocation", [INDEX], STATUS)


@pytest.mark.slow
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(claims())), value=JSON)
def test_whatever_the_issuer_signs_gets_a_verdict(material: Material, name: str, value: Any) -> None:
    """A credential with one property of any other kind is judged, never an error."""
    signed_by_issuer = token(material.header, {**claims(), name: value}, material.key)
    verdict = check_credential(signed_by_issuer, _by_keys(material.house), at=NOON, lists=[LISTED])
    expected = {R.REVOKED} if name in IGNORED else {R.NO_CREDENTIAL}
    assert verdict.rule in (expected if name != "credentialStatus" else {R.NO_CREDENTIAL, R.OTHER_STATUS_LIST})


@pytest.mark.parametrize(
    "index", [17, 17.0, True, None, "", "-1", "17.0", " 17", "１７", "x", [17], "131072", "9" * 5000]
)
def test_index_that_is_no_text_of_digits_within_the_list_is_refused(material: Material, index: object) -> None:
    forged = material.forged(_status_entry(statusListIndex=index))
    verdict = check_credential(forged, _by_keys(material.house), at=NOON, lists=[LISTED])
    assert verdict.rule is R.NO_CREDENTIAL


@pytest.mark.slow
@given(st.text(max_size=200) | st.lists(st.text(max_size=60), min_size=3, max_size=3).map(".".join))
def test_whatever_text_is_given_gets_a_verdict(text: str) -> None:
    assert check_credential(text, CredentialTrust(), at=NOON).rule is not None


def test_authoritys_own_certificate_signs_no_credential(material: Material) -> None:
    """It is under the root, but its key is on P-384 and it is not meant for this."""
    header = {**material.header, "x5c": material.header["x5c"][1:]}
    assert (
        check_credential(token(header, claims(), material.key), _by_root(material.house), at=NOON).rule is R.UNTRUSTED
    )


def test_chain_is_judged_at_the_instant_asked_for(material: Material) -> None:
    late = AT + timedelta(days=365 * 11)
    assert check_credential(material.genuine, _by_root(material.house), at=late).rule is R.UNTRUSTED


EDGES = [
    ("2026-11-30T23:59:59+08:00", R.NOT_YET_VALID),
    ("2026-12-01T00:00:00+08:00", None),
    ("2029-11-30T23:59:59+08:00", None),
    ("2029-12-01T00:00:00+08:00", R.EXPIRED),
]


@pytest.mark.parametrize(("at", "rule"), EDGES)
def test_validity_ends_with_its_last_day(material: Material, at: str, rule: CredentialRule | None) -> None:
    instant = AT.fromisoformat(at)
    assert check_credential(material.genuine, _by_keys(material.house), at=instant).rule is rule


# --- status lists

BITS: list[tuple[dict[str, list[int]], CredentialRule | None, dict[str, bool | None]]] = [
    ({"revocation": [], "suspension": []}, None, {"revocation": False, "suspension": False}),
    ({"revocation": [INDEX - 1, INDEX + 1]}, None, {"revocation": False, "suspension": None}),
    ({"revocation": [INDEX], "suspension": []}, R.REVOKED, {"revocation": True, "suspension": False}),
    ({"suspension": [3, INDEX]}, R.SUSPENDED, {"revocation": None, "suspension": True}),
    ({"revocation": [INDEX], "suspension": [INDEX]}, R.REVOKED, {"revocation": True, "suspension": True}),
]


@pytest.mark.parametrize(("given", "rule", "status"), BITS)
def test_status_lists_decide(
    material: Material, given: dict[str, list[int]], rule: CredentialRule | None, status: dict[str, bool | None]
) -> None:
    lists = [status_list(purpose, positions, STATUS) for purpose, positions in given.items()]
    verdict = check_credential(material.genuine, _by_keys(material.house), at=NOON, lists=lists)
    assert (verdict.rule, verdict.status) == (rule, status)


def _relabelled() -> str:
    """The empty list of suspensions, shown for that of revocations by its claims but not by its signature."""
    header, payload, signature = status_list("suspension", [], STATUS).split(".")
    values = unpart(payload)
    values["id"] = entry("revocation")["statusListCredential"]
    values["credentialSubject"]["statusPurpose"] = "revocation"
    return f"{header}.{part(values)}.{signature}"


LISTS: dict[str, tuple[Callable[[], str], CredentialRule]] = {
    "altered": (_relabelled, R.STATUS_REFUSED),
    "stale": (lambda: status_list("revocation", [], STATUS, hours=1), R.STATUS_REFUSED),
    "another key": (
        lambda: status_list("revocation", [], ec.generate_private_key(ec.SECP256R1())),
        R.STATUS_REFUSED,
    ),
    "nonsense": (lambda: "nonsense", R.STATUS_REFUSED),
    "another list of the issuer": (lambda: status_list("revocation", [], STATUS, number=1), R.OTHER_STATUS_LIST),
}


@pytest.mark.parametrize("name", LISTS)
def test_list_that_must_not_be_believed_refuses_the_credential(material: Material, name: str) -> None:
    make, rule = LISTS[name]
    assert check_credential(material.genuine, _by_keys(material.house), at=NOON, lists=[make()]).rule is rule


def test_credential_for_a_list_is_refused(material: Material) -> None:
    verdict = check_credential(material.genuine, _by_keys(material.house), at=NOON, lists=[material.genuine])
    assert verdict.rule is R.STATUS_REFUSED


# --- the command


@pytest.fixture
def files(material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A credential, the keys, the root, the lists and their key as files; the command's clock stands at noon."""

    class Clock:
        @staticmethod
        def now(zone: object) -> object:
            return NOON

    monkeypatch.setattr(credential_command, "datetime", Clock)
    key = public_key_of(material.house.credential.certificate)
    contents = {
        "genuine": material.genuine,
        "forged": _hmac(material),
        "keys": json.dumps({"keys": [jwk_of(key, key_url(ISSUER, key))]}),
        "clear": status_list("revocation", [], STATUS),
        "listed": status_list("revocation", [INDEX], STATUS),
        "status_key": STATUS.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(),
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content)
    named = {name: str(tmp_path / name) for name in contents}
    return {**named, "root": str(material.house.keys / "trust" / "root.pem"), "nothing": str(tmp_path / "nothing")}


RUNS = [
    (
        "genuine --keys keys",
        0,
        "accepted 通过: SHETC-2026-00001",
        "status not checked 未查状态: revocation, suspension",
    ),
    ("genuine --root root", 0, "accepted 通过: SHETC-2026-00001", ISSUER),
    ("genuine --keys keys --status clear --status-key status_key", 0, "accepted", "未查状态: suspension"),
    ("genuine --keys keys --status listed --status-key status_key", 1, "refused 不通过: revoked", "revoked, cancelled"),
    ("genuine forged --keys keys", 1, "accepted", "refused 不通过: wrong_algorithm"),
    ("genuine --keys keys --status clear", 2, "cannot read 无法读取", "--status-key"),
    ("nothing --keys keys", 2, "cannot read 无法读取", "nothing"),
    ("genuine --keys root", 2, "cannot read 无法读取", "no set of P-256 keys"),
    ("genuine --root keys", 2, "cannot read 无法读取", ""),
]


@pytest.mark.parametrize(("line", "code", "said", "also"), RUNS)
def test_command_says_why_by_its_exit_code(
    files: dict[str, str], line: str, code: int, said: str, also: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["credential", *(files.get(word, word) for word in line.split())]) == code
    told = "".join(capsys.readouterr())
    assert said in told
    assert also in told


def test_json_form_tells_rule_and_status(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    lists = ["--status", files["listed"], "--status-key", files["status_key"]]
    main(["credential", files["genuine"], "--keys", files["keys"], *lists, "--json"])
    told = json.loads(capsys.readouterr().out)
    assert (told["accepted"], told["rule"]) == (False, "revoked")
    assert told["status"] == {"revocation": True, "suspension": None}


@pytest.mark.slow
def test_command_runs_without_settings_and_imports_no_framework(files: dict[str, str]) -> None:
    home = Path(__file__).resolve().parents[2]
    code = (
        "import sys; from certificates.__main__ import main; "
        f"print(main(['credential', {files['forged']!r}, '--root', {files['root']!r}])); "
        "print([name for name in sys.modules if name.split('.')[0] == 'django'])"
    )
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    told = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=home, env=environment, check=True
    )
    assert told.stdout.splitlines()[1:] == ["1", "[]"]
    assert told.stderr == ""


BAD_SETS: dict[str, bytes] = {
    "nonsense": b"nonsense",
    "list": b"[]",
    "no keys": b"{}",
    "RSA": b'{"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]}',
    "other curve": b'{"keys":[{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}]}',
    "off the curve": b'{"keys":[{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}]}',
    "numbers": b'{"keys":[7]}',
}


@pytest.mark.parametrize("name", BAD_SETS)
def test_key_set_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(KeySetRefused):
        read_keys(BAD_SETS[name])
