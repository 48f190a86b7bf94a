"""The public interface of the log: what it answers is enough for an outsider who believes nothing but the keys."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from certificates.__main__ import main
from certificates.installation import public_folder
from certificates.models import Certificate, TreeHead
from certificates.numbering import NumberForm
from certificates.proofs import Keys as Believed
from certificates.proofs import check_consistency, check_head, check_inclusion, read_head, read_path
from certificates.selectors import certificate_file
from certificates.services.keys import Keys, open_keys
from certificates.services.log_answers import MOST_ENTRIES, entries
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from certificates.transparency import leaf_hash
from tests.certificates.samples import particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FOR_EVER = "public, max-age=31536000, immutable"
NEWEST = "public, max-age=0, s-maxage=60"


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=timezone.now())


@pytest.fixture
def certificates(keys: Keys) -> list[Certificate]:
    """Three certificates, the first suspended: four entries under four heads."""
    now = timezone.now()
    for number in range(3):
        request_certificate(
            particulars=particulars(), form=NumberForm("SHETC"), request_key=str(number), by="示例委员会", at=now
        )
        sign_pending(limit=1, at=now + timedelta(minutes=number), keys=keys)
    change_standing(certificate=Certificate.objects.get(request_key="0"), verb="suspend", ground="核查中", at=now)
    sign_pending(limit=1, at=now + timedelta(minutes=9), keys=keys)
    return list(Certificate.objects.order_by("id"))


@pytest.fixture
def believed(client: Client, certificates: list[Certificate]) -> Believed:
    """The keys as an outsider downloads them."""
    key = load_pem_public_key(client.get("/log/log.pem").content)
    return Believed(key, tuple(x509.load_pem_x509_certificates(client.get("/log/tsa-root.pem").content)))


def test_newest_head_and_heads_by_size_are_signed_and_time_stamped(client: Client, believed: Believed) -> None:
    newest = client.get("/log/head.json")
    assert newest["Cache-Control"] == NEWEST
    assert newest["Access-Control-Allow-Origin"] == "*"
    assert check_head(read_head(newest.json()), believed).signed.head.size == 4
    for size in range(1, 5):
        answer = client.get(f"/log/head/{size}.json")
        assert answer["Cache-Control"] == FOR_EVER
        assert check_head(read_head(answer.json()), believed).signed.head.size == size


def test_inclusion_by_number_and_by_leaf_hash(
    client: Client, certificates: list[Certificate], believed: Believed
) -> None:
    for certificate in certificates:
        by_number = client.get(f"/log/inclusion/{certificate.number.lower()}/1.json")
        file = certificate_file(certificate)
        entry = check_inclusion(by_number.json(), believed, pdf=file)[1]
        assert entry["identifier"] == certificate.identifier
        digest = leaf_hash(by_number.json()["leaf"].encode()).hex()
        assert client.get(f"/log/leaf/{digest}.json").json() == by_number.json()
        assert by_number["Cache-Control"] == NEWEST


def test_consistency_between_any_two_sizes(client: Client, believed: Believed) -> None:
    for old in range(1, 5):
        for new in range(old, 5):
            answer = client.get(f"/log/consistency/{old}/{new}.json")
            proof = answer.json()
            heads = read_head(proof["old_head"]), read_head(proof["new_head"])
            assert check_consistency(*heads, read_path(proof), believed).signed.head.size == new
            assert answer["Cache-Control"] == FOR_EVER


def test_heads_that_were_never_signed_are_left_out_of_the_proof(client: Client, believed: Believed) -> None:
    TreeHead.objects.filter(size=2).delete()
    proof = client.get("/log/consistency/2/4.json").json()
    assert proof["old_head"] is None
    assert len(proof["old_root"]) == 64


def test_entries_by_range(client: Client, certificates: list[Certificate]) -> None:
    whole = client.get("/log/entries/0/4.json")
    told = [json.loads(leaf) for leaf in whole.json()["entries"]]
    assert [one["event"] for one in told] == ["issue", "issue", "issue", "suspend"]
    assert whole["Cache-Control"] == FOR_EVER
    part = client.get("/log/entries/3/9.json")
    assert (len(part.json()["entries"]), part["Cache-Control"]) == (1, NEWEST)
    many = entries(0, 10**9)
    assert many is not None
    assert len(many["entries"]) == 4 <= MOST_ENTRIES


@pytest.mark.parametrize(
    "path",
    [
        "head/9.json", "head/0.json", f"head/{10**30}.json", "inclusion/SHETC-2026-99999/1.json",
        f"inclusion/X/{10**30}.json", f"leaf/{'0' * 64}.json", "consistency/0/4.json", "consistency/4/3.json",
        "consistency/1/5.json", f"consistency/1/{10**30}.json", "entries/4/5.json", "entries/2/2.json",
        f"entries/{10**30}/{10**31}.json",
    ],
)  # fmt: skip
def test_what_is_not_there_is_unknown_and_not_kept(client: Client, certificates: list[Certificate], path: str) -> None:
    answer = client.get(f"/log/{path}")
    assert (answer.status_code, answer.json()) == (404, {"error": "unknown"})
    assert answer["Cache-Control"] == NEWEST


@pytest.mark.parametrize("path", ["head.json", "log.pem", "consistency/1/1.json", "entries/0/1.json"])
def test_empty_log_has_nothing_to_show(client: Client, var_dir: Path, path: str) -> None:
    assert client.get(f"/log/{path}").status_code == 404
    assert client.get("/log/").status_code == 200


def test_head_and_keys_are_published_as_files(client: Client, certificates: list[Certificate]) -> None:
    folder = public_folder() / "log"
    assert json.loads((folder / "head.json").read_text()) == client.get("/log/head.json").json()
    assert {path.name for path in (folder / "head").iterdir()} == {"1.json", "2.json", "3.json", "4.json"}
    assert (folder / "log.pem").read_bytes() == client.get("/log/log.pem").content


def test_head_file_is_written_only_when_there_is_a_new_head(certificates: list[Certificate], keys: Keys) -> None:
    before = (public_folder() / "log" / "head.json").stat().st_mtime_ns
    sign_pending(limit=1, at=timezone.now(), keys=keys)
    assert (public_folder() / "log" / "head.json").stat().st_mtime_ns == before


def test_published_files_alone_prove_a_certificate(
    certificates: list[Certificate], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pdf = tmp_path / "certificate.pdf"
    pdf.write_bytes(certificate_file(certificates[1]))
    log = public_folder() / "log"
    status = public_folder() / "v" / certificates[1].code / "status.json"
    keys = ["--key", str(log / "log.pem"), "--tsa-root", str(log / "tsa-root.pem")]
    assert main(["log", "verify", str(status), *keys, "--pdf", str(pdf)]) == 0
    assert certificates[1].identifier in capsys.readouterr().out


def test_page_of_a_certificate_explains_its_proof(client: Client, certificates: list[Certificate]) -> None:
    page = client.get(f"/v/{certificates[1].code}/").content.decode()
    status = client.get(f"/v/{certificates[1].code}/status.json").json()
    assert "其中序号为 1 的一笔" in page
    assert all(node in page for node in status["log"]["path"])
    assert 'href="/log/"' in page


def test_page_of_the_log_shows_the_newest_head(client: Client, certificates: list[Certificate]) -> None:
    page = client.get("/log/").content.decode()
    assert client.get("/log/head.json").json()["root"] in page
    assert "certificates log monitor" in page


@pytest.mark.django_db(transaction=True)
def test_site_is_watched_and_audited_from_outside(
    live_server: LiveServer, certificates: list[Certificate], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, address = public_folder() / "log", f"{live_server.url}/log"
    keys = ["--key", str(folder / "log.pem"), "--tsa-root", str(folder / "tsa-root.pem"), "--from", address]
    kept = tmp_path / "kept"
    kept.write_bytes((folder / "head" / "2.json").read_bytes())
    assert main(["log", "monitor", str(kept), *keys]) == 0
    assert "added 2" in capsys.readouterr().out
    assert main(["log", "audit", *keys, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["issue"], told["suspend"]) == (3, 1)
