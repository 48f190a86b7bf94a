"""What a credential says, judged by a library that the product does not use and by what both standards ask for."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any

import jwt
import pytest

from certificates.credential import claims_of, signed, to_be_signed
from certificates.credential_keys import did_document, did_of, jwk_of, key_url, public_key_of
from certificates.snapshot import record_of
from tests.certificates.conftest import House
from tests.certificates.credentials import ISSUER, SITE, places, unpart
from tests.certificates.samples import CODE, HOLDER, snapshot

STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")


@pytest.fixture(scope="module")
def made(house: House) -> str:
    claims = claims_of(snapshot(), places())
    return signed(to_be_signed(claims, house.credential), house.credential)


def _read(made: str, house: House) -> dict[str, Any]:
    """The claims as PyJWT reads them, with the key that the header names in the published set."""
    key = public_key_of(house.credential.certificate)
    published = jwt.PyJWKSet.from_dict({"keys": [jwk_of(key, key_url(ISSUER, key))]})
    named = published[jwt.get_unverified_header(made)["kid"]]
    in_force = {"verify_nbf": False, "verify_exp": False}
    return jwt.decode(made, named.key, algorithms=["ES256"], issuer=ISSUER, options=in_force)


def test_another_library_accepts_it_and_reads_the_same_claims(made: str, house: House) -> None:
    assert _read(made, house) == claims_of(snapshot(), places())


def test_another_library_refuses_one_changed_letter_and_another_key(
    made: str, house: House, other_house: House
) -> None:
    head, payload, signature = made.split(".")
    changed = payload[:-3] + ("A" if payload[-3] != "A" else "B") + payload[-2:]
    with pytest.raises(jwt.InvalidSignatureError):
        _read(f"{head}.{changed}.{signature}", house)
    with pytest.raises(KeyError):
        _read(made, other_house)


def test_header_names_type_algorithm_key_and_certificates(made: str, house: House) -> None:
    header = unpart(made.split(".")[0])
    chain = header.pop("x5c")
    key = public_key_of(house.credential.certificate)
    assert header == {"alg": "ES256", "typ": "vc+jwt", "cty": "vc", "kid": key_url(ISSUER, key)}
    assert len(chain) == 2
    assert base64.b64decode(chain[0]).endswith(house.credential.certificate.signature)


# --- the properties that both standards ask, written from their texts


def _uri(value: object) -> bool:
    return isinstance(value, str) and bool(re.match(r"(https?://|did:|urn:)\S+$", value))


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _instant(value: object) -> bool:
    return isinstance(value, str) and bool(STAMP.fullmatch(value))


def _types(*wanted: str) -> Callable[[object], bool]:
    return lambda value: isinstance(value, list) and all(map(_text, value)) and set(wanted) <= set(value)


def _contexts(value: object) -> bool:
    """VC 2.0, 4.3: the first is the one of the data model, in that order."""
    return (
        isinstance(value, list)
        and value[0] == "https://www.w3.org/ns/credentials/v2"
        and value[1].startswith("https://purl.imsglobal.org/spec/ob/v3p0/context-3.")
        and all(map(_uri, value))
    )


Schema = dict[str, Any]

ENTRY: Schema = {  # Bitstring Status List 1.0, 2.1
    "id": _uri,
    "type": lambda value: value == "BitstringStatusListEntry",
    "statusPurpose": lambda value: value in {"revocation", "suspension"},
    "statusListIndex": lambda value: isinstance(value, str) and value.isdigit(),
    "statusListCredential": _uri,
}
IDENTITY: Schema = {  # Open Badges 3.0, B.1.15
    "type": lambda value: value == "IdentityObject",
    "hashed": lambda value: value is False,
    "identityHash": _text,
    "identityType": lambda value: bool(re.fullmatch(r"ext:[a-zA-Z0-9._-]+", value)),
}
ACHIEVEMENT: Schema = {  # Open Badges 3.0, B.1.1
    "id": _uri,
    "type": _types("Achievement"),
    "name": _text,
    "description": _text,
    "criteria": {"narrative": _text},
    "achievementType": lambda value: value == "Certification",
}
CREDENTIAL: Schema = {  # VC 2.0, 4; Open Badges 3.0, B.1.2 and 8.2
    "@context": _contexts,
    "id": _uri,
    "type": _types("VerifiableCredential", "OpenBadgeCredential"),
    "name": _text,
    "issuer": {"id": _uri, "type": _types("Profile"), "name": _text, "url": _uri},
    "validFrom": _instant,
    "validUntil": _instant,
    "credentialSubject": {"type": _types("AchievementSubject"), "identifier": [IDENTITY], "achievement": ACHIEVEMENT},
    "credentialStatus": [ENTRY],
    "evidence": [{"id": _uri, "type": _types("Evidence")}],
    "relatedResource": [{"id": _uri, "mediaType": _text, "digestSRI": _text}],
    "iss": _uri,
    "jti": _uri,
    "nbf": lambda value: type(value) is int,
    "exp": lambda value: type(value) is int,
}


def faults(value: Any, schema: Any, path: str = "") -> Iterator[str]:
    """Where a value does not fit: every property of the schema must be there, lists must not be empty."""
    if isinstance(schema, dict):
        for name, inner in schema.items():
            if not isinstance(value, dict) or name not in value:
                yield f"{path}/{name} is missing"
            else:
                yield from faults(value[name], inner, f"{path}/{name}")
    elif isinstance(schema, list):
        if not isinstance(value, list) or not value:
            yield f"{path} is no list with members"
        else:
            for place, one in enumerate(value):
                yield from faults(one, schema[0], f"{path}/{place}")
    elif not schema(value):
        yield f"{path} is {value!r}"


def test_every_property_that_the_standards_ask_is_there(made: str) -> None:
    claims = unpart(made.split(".")[1])
    assert list(faults(claims, CREDENTIAL)) == []
    assert not {"vc", "vp", "sub", "issuanceDate", "proof"} & set(claims)


@pytest.mark.parametrize("name", CREDENTIAL)
def test_schema_sees_a_missing_property(name: str) -> None:
    claims = claims_of(snapshot(), places())
    del claims[name]
    assert list(faults(claims, CREDENTIAL)) == [f"/{name} is missing"]


def test_jwt_claims_repeat_the_credential() -> None:
    claims = claims_of(snapshot(), places())
    assert (claims["iss"], claims["jti"]) == (claims["issuer"]["id"], claims["id"])
    for short, long in (("nbf", "validFrom"), ("exp", "validUntil")):
        assert datetime.fromtimestamp(claims[short], UTC) == datetime.fromisoformat(claims[long])


def test_first_and_last_day_are_whole_days_of_the_issuers_calendar() -> None:
    claims = claims_of(snapshot(valid_from=date(2026, 12, 1), valid_until=date(2027, 12, 31)), places())
    assert claims["validFrom"] == "2026-12-01T00:00:00+08:00"
    assert claims["validUntil"] == "2028-01-01T00:00:00+08:00"


def test_it_speaks_of_holder_number_and_the_very_record() -> None:
    claims = claims_of(snapshot(), places())
    subject = claims["credentialSubject"]
    assert (subject["name"], subject["licenseNumber"]) == (HOLDER, "SHETC-2026-00001")
    assert subject["identifier"][0]["identityHash"] == "91350100M000100Y43"
    (resource,) = claims["relatedResource"]
    digest = base64.b64encode(sha256(record_of(snapshot())).digest()).decode()
    assert (resource["id"], resource["digestSRI"]) == (f"{SITE}/v/{CODE}/certificate.json", f"sha256-{digest}")


@pytest.mark.parametrize(("demo", "start"), [(True, "样张 SPECIMEN"), (False, "上海市企业技术中心")])
def test_specimen_says_so_wherever_its_name_stands(demo: bool, start: str) -> None:
    claims = claims_of(snapshot(demo=demo), places())
    for name in (claims["name"], claims["credentialSubject"]["achievement"]["name"]):
        assert name.startswith(start)


@pytest.mark.parametrize(
    ("site", "did"),
    [
        ("https://verify.example.cn", "did:web:verify.example.cn"),
        ("https://verify.example.cn:8443", "did:web:verify.example.cn%3A8443"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
    ],
)
def test_identifier_of_the_issuer_is_a_function_of_the_site(site: str, did: str) -> None:
    assert did_of(site) == did


def test_document_of_the_issuer_holds_the_keys_under_the_names_that_credentials_use(made: str, house: House) -> None:
    key = public_key_of(house.credential.certificate)
    document = did_document(SITE, [key])
    (method,) = document["verificationMethod"]
    assert document["id"] == method["controller"] == ISSUER
    assert document["assertionMethod"] == [method["id"]] == [unpart(made.split(".")[0])["kid"]]
    named = jwt.PyJWK.from_dict(method["publicKeyJwk"])
    assert jwt.decode(made, named.key, algorithms=["ES256"], options={"verify_nbf": False, "verify_exp": False})


def test_same_certificate_and_key_give_the_same_credential(made: str, house: House) -> None:
    again = to_be_signed(claims_of(snapshot(), places()), house.credential)
    assert signed(again, house.credential) == made
    assert signed(to_be_signed(claims_of(snapshot(version=2), places()), house.credential), house.credential) != made


def test_validity_is_that_of_the_certificate(made: str, house: House) -> None:
    claims = _read(made, house)
    days = datetime.fromisoformat(claims["validUntil"]) - datetime.fromisoformat(claims["validFrom"])
    assert days == snapshot().valid_until - snapshot().valid_from + timedelta(days=1)
