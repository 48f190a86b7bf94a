"""Signed status lists of the register: every change of standing reaches them, and nothing else does."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.db import IntegrityError, transaction
from django.test import Client

from certificates.installation import public_folder, signing_folder
from certificates.models import Certificate, StatusList
from certificates.numbering import NumberForm
from certificates.services.checking import differences
from certificates.services.keys import Keys, open_keys
from certificates.services.publishing import publish_status_lists
from certificates.services.requests import request_certificate, request_new_version
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing, expire_due
from certificates.status_list import MEDIA_TYPE, StatusListRefused, read_list
from tests.certificates.samples import AT, HOLDER, particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
PURPOSES = ("revocation", "suspension")


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


@pytest.fixture
def certificates(keys: Keys) -> list[Certificate]:
    for number in range(3):
        request_certificate(
            particulars=particulars(), form=NumberForm("SHETC"), request_key=str(number), by="示例委员会", at=AT
        )
    sign_pending(limit=10, at=AT, keys=keys)
    return list(Certificate.objects.order_by("id"))


def _set_bits(client: Client, *, after: timedelta = timedelta()) -> dict[str, list[int]]:
    """Which of the first bits are set, read by an outsider from the interface."""
    key = load_pem_public_key(client.get("/status/status.pem").content)
    found = {}
    for purpose in PURPOSES:
        answer = client.get(f"/status/{purpose}/0.jwt")
        assert answer["Content-Type"] == MEDIA_TYPE
        bits = read_list(answer.content.decode(), key, at=AT + after)
        assert (bits.purpose, bits.address) == (purpose, f"http://127.0.0.1:8000/status/{purpose}/0.jwt")
        found[purpose] = [place for place in range(10) if bits.is_set(place)]
    return found


def test_indices_are_given_in_the_order_of_issue(certificates: list[Certificate]) -> None:
    assert [certificate.status_index for certificate in certificates] == [0, 1, 2]


def test_database_refuses_one_index_for_two_certificates(certificates: list[Certificate]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=certificates[0].pk).update(status_index=1)


def test_certificates_in_force_are_on_no_list(certificates: list[Certificate], client: Client) -> None:
    assert _set_bits(client) == {"revocation": [], "suspension": []}


@pytest.mark.parametrize(
    ("verbs", "revoked", "suspended"),
    [
        (["suspend"], [], [1]),
        (["suspend", "reinstate"], [], []),
        (["revoke"], [1], []),
        (["suspend", "revoke"], [1], []),
        (["cancel"], [1], []),
    ],
)
def test_change_of_standing_reaches_the_lists(
    certificates: list[Certificate],
    keys: Keys,
    client: Client,
    verbs: list[str],
    revoked: list[int],
    suspended: list[int],
) -> None:
    for verb in verbs:
        change_standing(certificate=certificates[1], verb=verb, ground="依据管理办法第二十条", at=AT)
        sign_pending(limit=10, at=AT, keys=keys)
    assert _set_bits(client) == {"revocation": revoked, "suspension": suspended}


def test_replaced_version_is_revoked_and_its_successor_has_its_own_index(
    certificates: list[Certificate], keys: Keys, client: Client
) -> None:
    newer = request_new_version(
        certificate=certificates[0], particulars=particulars(), request_key="new", by="示例委员会", at=AT
    )
    sign_pending(limit=10, at=AT, keys=keys)
    assert Certificate.objects.get(pk=newer.pk).status_index == 3
    assert _set_bits(client) == {"revocation": [0], "suspension": []}


def test_expired_certificate_is_on_no_list(certificates: list[Certificate], keys: Keys, client: Client) -> None:
    later = timedelta(days=1200)
    assert expire_due(on=(AT + later).date(), at=AT + later) == 3
    sign_pending(limit=10, at=AT + later, keys=keys)
    assert _set_bits(client, after=later) == {"revocation": [], "suspension": []}


def test_lists_are_signed_anew_half_way_and_stale_without_the_signer(
    certificates: list[Certificate], keys: Keys, client: Client
) -> None:
    first = StatusList.objects.get(purpose="revocation").token
    sign_pending(limit=10, at=AT + timedelta(hours=11), keys=keys)
    assert StatusList.objects.get(purpose="revocation").token == first
    with pytest.raises(StatusListRefused, match="stale"):
        _set_bits(client, after=timedelta(hours=25))
    sign_pending(limit=10, at=AT + timedelta(hours=13), keys=keys)
    assert _set_bits(client, after=timedelta(hours=25)) == {"revocation": [], "suspension": []}


def test_lists_are_published_as_files_and_only_when_they_changed(
    certificates: list[Certificate], client: Client
) -> None:
    folder = public_folder() / "status"
    for purpose in PURPOSES:
        assert (folder / purpose / "0.jwt").read_bytes() == client.get(f"/status/{purpose}/0.jwt").content
    assert json.loads((folder / "keys.json").read_text()) == client.get("/status/keys.json").json()
    assert publish_status_lists() == 0


def test_status_of_a_certificate_says_where_its_bits_lie(certificates: list[Certificate], client: Client) -> None:
    entries = client.get(f"/v/{certificates[2].code}/status.json").json()["credential_status"]
    assert [(one["statusPurpose"], one["statusListIndex"]) for one in entries] == [
        ("revocation", "2"),
        ("suspension", "2"),
    ]
    assert entries[0]["statusListCredential"] == "http://127.0.0.1:8000/status/revocation/0.jwt"


@pytest.mark.parametrize("path", ["revocation/1.jwt", "refresh/0.jwt", f"revocation/{10**30}.jwt"])
def test_list_that_is_not_there_is_unknown(certificates: list[Certificate], client: Client, path: str) -> None:
    assert client.get(f"/status/{path}").status_code == 404


def test_no_list_before_the_first_certificate(keys: Keys, client: Client) -> None:
    sign_pending(limit=10, at=AT, keys=keys)
    assert StatusList.objects.count() == 0
    assert client.get("/status/revocation/0.jwt").status_code == 404


def test_older_installation_gets_its_key_on_the_next_start(var_dir: Path) -> None:
    before = open_keys(at=AT)
    for path in (signing_folder() / "status.key", signing_folder() / "trust" / "status.pem"):
        path.unlink()
    after = open_keys(at=AT)
    assert after.signer.certificate == before.signer.certificate
    assert after.status.public_key() != before.status.public_key()
    assert (signing_folder() / "status.key").stat().st_mode & 0o777 == 0o600


def _feed(client: Client) -> list[dict[str, str]]:
    answer = client.get("/log/feed.json")
    assert answer["Content-Type"].startswith("application/feed+json")
    return answer.json()["items"]


def test_feeds_tell_the_newest_events_first_without_any_code(
    certificates: list[Certificate], keys: Keys, client: Client
) -> None:
    change_standing(certificate=certificates[1], verb="revoke", ground="提供虚假材料", at=AT + timedelta(hours=1))
    items = _feed(client)
    assert items[0]["title"] == f"撤销：{certificates[1].number} v1 {HOLDER}"
    assert items[0]["date_published"] == "2026-12-01T02:30:00+00:00"
    assert [item["title"][:2] for item in items] == ["撤销", "签发", "签发", "签发"]
    atom = client.get("/log/atom.xml")
    assert atom["Content-Type"].startswith("application/atom+xml")
    told = atom.content.decode()
    assert told.count("<entry>") == 4
    assert f"revoked: {certificates[1].number}" in told
    for certificate in certificates:
        assert certificate.code not in told + json.dumps(items)


def test_empty_log_gives_empty_feeds(client: Client, var_dir: Path) -> None:
    assert _feed(client) == []
    assert "<entry>" not in client.get("/log/atom.xml").content.decode()


def test_history_names_every_version_and_what_it_replaces_on_every_page(
    certificates: list[Certificate], keys: Keys, client: Client
) -> None:
    first = certificates[0]
    newer = request_new_version(
        certificate=first, particulars=particulars(), request_key="new", by="示例委员会", at=AT + timedelta(days=1)
    )
    sign_pending(limit=10, at=AT + timedelta(days=1), keys=keys)
    newer = Certificate.objects.get(pk=newer.pk)
    change_standing(certificate=newer, verb="suspend", ground="核查中", at=AT + timedelta(days=2))
    sign_pending(limit=10, at=AT + timedelta(days=2), keys=keys)
    for certificate in (first, newer):
        page = (public_folder() / "v" / certificate.code / "index.html").read_text()
        chain = page[page.index('id="history"') : page.index('id="proof"')]
        assert [word for word in ("签发", "被新版本取代", "暂停") if word in chain] == ["签发", "被新版本取代", "暂停"]
        assert chain.count("<strong>v") == 2
        assert f"取代 {first.identifier}" in chain
        assert chain.count('aria-current="true"') == 1
    assert _found() == ""


def _found() -> str:
    return "\n".join(differences())


def test_lists_and_head_that_do_not_fit_the_register_are_found(certificates: list[Certificate], keys: Keys) -> None:
    assert _found() == ""
    Certificate.objects.filter(pk=certificates[1].pk).update(state="revoked", state_ground="理由")
    (public_folder() / "log" / "head.json").write_text('{"size": 3}')
    assert "status list revocation 0: its bits are not those of the register" in _found()
    assert "the published log head is none that was signed" in _found()
    Certificate.objects.filter(pk=certificates[1].pk).update(status_index=7)
    assert "indices of status lists have gaps" in _found()


def test_list_signed_by_another_key_is_found(certificates: list[Certificate], keys: Keys) -> None:
    row = StatusList.objects.get(purpose="suspension")
    StatusList.objects.filter(pk=row.pk).update(token=row.token[:-6] + "AAAAAA")
    assert "status list suspension 0: not a signed status list" in _found()


def test_lists_on_their_way_are_no_difference(certificates: list[Certificate]) -> None:
    change_standing(certificate=certificates[1], verb="revoke", ground="理由", at=AT)
    assert "status list" not in _found()
