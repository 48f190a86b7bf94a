"""The nightly work for the long term: due, upgraded, renewed, failed, killed; what the public and the operator see."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from certificates.__main__ import main as verify_command
from certificates.authority import TIME_STAMPER, keep_leaf
from certificates.clocks import ClockFailed, LocalClock
from certificates.durable import fetch, stored_at
from certificates.installation import public_folder, signing_folder, store_folder, trust_folder
from certificates.long_term import try_clock
from certificates.models import ArchivedFile, Certificate
from certificates.numbering import NumberForm
from certificates.proofs import Keys as LogKeys
from certificates.proofs import ProofRefused, check_inclusion
from certificates.selectors import certificate_by_file, certificate_file
from certificates.services import archiving
from certificates.services.archiving import Archivist, archive, archive_due, due_for_archive, open_archivist
from certificates.services.checking import differences
from certificates.services.checking_archive import overdue
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from certificates.services.verification import check_upload, trust
from certificates.signature_parts import as_issued
from certificates.signers import open_file_signer
from certificates.verify import verify
from tests.certificates.samples import AT, particulars
from tests.certificates.upgrades import certificates_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

NIGHT = AT + timedelta(days=1)


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    return _issued(keys, "title-1")


def _issued(keys: Keys, key: str) -> Certificate:
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key=key, by="示例委员会", at=AT
    )
    sign_pending(limit=10, at=AT, keys=keys)
    return Certificate.objects.get(pk=made.pk)


def _archive(keys: Keys, *, at: datetime = NIGHT, limit: int = 10) -> int:
    return archive_due(keys=keys, at=at, limit=limit, passed_over=set())


def test_certificate_is_due_when_its_day_is_over_and_once(certificate: Certificate, keys: Keys) -> None:
    assert due_for_archive(AT) == []
    assert due_for_archive(NIGHT) == [certificate.pk]
    assert _archive(keys) == 1
    assert due_for_archive(NIGHT) == []
    assert _archive(keys) == 0
    assert ArchivedFile.objects.count() == 1


def test_upgraded_file_is_kept_beside_the_first_and_handed_out(certificate: Certificate, keys: Keys) -> None:
    first = certificate_file(certificate)
    _archive(keys)
    row = ArchivedFile.objects.get()
    made = certificate_file(certificate)
    assert (row.ordinal, row.level, row.size) == (1, "B-LTA", len(made))
    assert sha256(made).hexdigest() == row.sha256
    assert fetch(store_folder(), certificate.sha256 or "") == first == as_issued(made)
    verdict = verify(made, trust(at=timezone.now()))
    assert verdict.accepted
    assert datetime.fromisoformat(verdict.stamped_at or "") == row.stamped_at
    assert row.until == certificates_of(signing_folder() / "tsa.chain.pem")[0].not_valid_after_utc
    assert list(differences()) == []


def test_every_revision_ever_published_is_found_by_its_hash(certificate: Certificate, keys: Keys) -> None:
    files = [certificate_file(certificate)]
    for _ in range(2):
        list(archive([certificate.pk], _with_longer_clock(keys), at=NIGHT))
        files.append(certificate_file(certificate))
    assert len({sha256(content).hexdigest() for content in files}) == 3
    for content in files:
        assert certificate_by_file(sha256(content).hexdigest()) == certificate
        answer = check_upload(content, at=NIGHT)
        assert answer.certificate == certificate
        assert "逐字节相同" in answer.lights[0].text.zh


def _with_longer_clock(keys: Keys) -> Archivist:
    """An archivist whose time-stamp authority was renewed: each time it ends later."""
    newest = ArchivedFile.objects.order_by("-until").first()
    at = newest.until if newest else NIGHT
    kept = keep_leaf(signing_folder(), TIME_STAMPER, at=at - timedelta(days=30))
    assert kept
    clock = LocalClock(open_file_signer(kept[0], chain=kept[1]), max(NIGHT, at - timedelta(days=20)))
    opened = open_archivist(keys, at=NIGHT)
    trial = try_clock(clock, certificates_of(trust_folder() / "tsa-root.pem"))
    return replace(opened, clock=clock, trial=trial)


def test_upgraded_file_of_a_lost_register_row_still_passes_the_policy(certificate: Certificate, keys: Keys) -> None:
    _archive(keys)
    made = certificate_file(certificate)
    ArchivedFile.objects.all().delete()
    answer = check_upload(made, at=NIGHT)
    assert answer.certificate == certificate
    assert answer.lights[0].tone == "good"


def test_time_stamp_is_renewed_before_its_authority_ends(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    _archive(keys)
    first = ArchivedFile.objects.get()
    late = first.until - timedelta(days=300)
    assert due_for_archive(first.until - timedelta(days=366)) == []
    assert due_for_archive(late) == [certificate.pk]
    renewed = open_keys(at=late)
    assert renewed.clock.certificate != keys.clock.certificate
    monkeypatch.setattr(archiving, "read_clock", lambda *given: LocalClock(renewed.clock, late))
    assert _archive(renewed, at=late) == 1
    newest = ArchivedFile.objects.get(ordinal=2)
    assert newest.until > first.until
    assert certificate_file(certificate).startswith(fetch(store_folder(), first.sha256))
    assert verify(certificate_file(certificate), trust(at=first.until + timedelta(days=1000))).accepted
    assert due_for_archive(late) == []


def test_same_authority_is_no_renewal(certificate: Certificate, keys: Keys) -> None:
    opened = open_archivist(keys, at=NIGHT)
    assert [fault for _, fault in archive([certificate.pk], opened, at=NIGHT)] == [None]
    ((_, fault),) = archive([certificate.pk], opened, at=NIGHT)
    assert fault
    assert "must be renewed" in fault
    assert ArchivedFile.objects.count() == 1


def test_withdrawn_certificate_is_not_upgraded(certificate: Certificate, keys: Keys) -> None:
    change_standing(certificate=certificate, verb="revoke", ground="核查", at=AT)
    assert due_for_archive(NIGHT) == []


def test_one_that_fails_keeps_nobody_waiting(certificate: Certificate, keys: Keys) -> None:
    second = _issued(keys, "title-2")
    stored_at(store_folder(), certificate.sha256 or "").write_bytes(b"damaged")
    passed_over: set[int] = set()
    tried = [archive_due(keys=keys, at=NIGHT, limit=1, passed_over=passed_over) for _ in range(3)]
    assert tried == [1, 1, 0]
    assert passed_over == {certificate.pk}
    assert ArchivedFile.objects.get().certificate == second


def test_silent_clock_leaves_everything_as_it_was(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Silent:
        def stamp(self, digest: bytes) -> bytes:
            raise ClockFailed("no answer")

    monkeypatch.setattr(archiving, "read_clock", lambda *given: Silent())
    assert _archive(keys) == 0
    assert not ArchivedFile.objects.exists()
    assert _archive_again(monkeypatch, keys) == 1


def _archive_again(monkeypatch: pytest.MonkeyPatch, keys: Keys) -> int:
    monkeypatch.undo()
    return _archive(keys)


def test_file_that_the_policy_refuses_is_not_kept(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    extended = archiving.extended
    monkeypatch.setattr(archiving, "extended", lambda *given: extended(*given) + b"\n")
    before = sorted(store_folder().rglob("*.pdf"))
    assert _archive(keys) == 1
    assert not ArchivedFile.objects.exists()
    assert sorted(store_folder().rglob("*.pdf")) == before


@pytest.mark.parametrize("step", ["extended", "verify", "keep", "_enter"])
def test_killed_at_any_step_it_is_done_by_the_next_run(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class Killed(BaseException):
        pass

    def die(*given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(archiving, step, die)
        with pytest.raises(Killed):
            _archive(keys)
    assert not ArchivedFile.objects.exists()
    assert _archive(keys) == 1
    assert verify(certificate_file(certificate), trust(at=timezone.now())).accepted
    assert list(differences()) == []


def test_second_archivist_who_comes_later_changes_nothing(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read the same state; the first one's row stands."""
    keep = archiving.keep

    def slow(folder: Path, content: bytes) -> str:
        monkeypatch.setattr(archiving, "keep", keep)
        assert _archive(keys) == 1
        return keep(folder, content)

    monkeypatch.setattr(archiving, "keep", slow)
    _archive(keys)
    assert ArchivedFile.objects.count() == 1
    assert list(differences()) == []


def test_log_proves_the_file_as_issued_that_the_upgraded_one_leads_back_to(
    certificate: Certificate, keys: Keys, tmp_path: Path
) -> None:
    _archive(keys)
    sign_pending(limit=1, at=NIGHT, keys=keys)
    status = json.loads((public_folder() / "v" / certificate.code / "status.json").read_bytes())
    (tmp_path / "upgraded.pdf").write_bytes(certificate_file(certificate))
    with pytest.raises(ProofRefused):
        check_inclusion(status, LogKeys(_log_key()), pdf=(tmp_path / "upgraded.pdf").read_bytes())
    command = ["verify", str(tmp_path / "upgraded.pdf"), "--root", str(trust_folder() / "root.pem")]
    assert verify_command([*command, "--issued", str(tmp_path / "issued.pdf")]) == 0
    check_inclusion(status, LogKeys(_log_key()), pdf=(tmp_path / "issued.pdf").read_bytes())


def test_file_that_is_refused_leads_back_to_nothing(certificate: Certificate, keys: Keys, tmp_path: Path) -> None:
    _archive(keys)
    (tmp_path / "forged.pdf").write_bytes(certificate_file(certificate) + b"\n")
    command = ["verify", str(tmp_path / "forged.pdf"), "--root", str(trust_folder() / "root.pem")]
    assert verify_command([*command, "--issued", str(tmp_path / "issued.pdf")]) == 1
    assert not (tmp_path / "issued.pdf").exists()


def _log_key() -> ec.EllipticCurvePublicKey:
    key = load_pem_public_key((trust_folder() / "log.pem").read_bytes())
    assert isinstance(key, ec.EllipticCurvePublicKey)
    return key


def test_page_and_status_say_how_the_file_is_kept(certificate: Certificate, keys: Keys, client: Client) -> None:
    address = f"/v/{certificate.code}/"
    assert "B-B（基础签名），尚未加盖归档时间戳" in client.get(address).content.decode()
    _archive(keys)
    sign_pending(limit=1, at=NIGHT, keys=keys)
    row = ArchivedFile.objects.get()
    stamped, until = timezone.localtime(row.stamped_at), timezone.localdate(row.until)
    told = f"B-LTA，最近时间戳 {stamped:%Y-%m-%d %H:%M:%S}，{until} 前续期"
    assert told in client.get(address).content.decode()
    folder = public_folder() / "v" / certificate.code
    assert told in (folder / "index.html").read_text()
    assert "last time-stamped" in (folder / "index.en.html").read_text()
    status = json.loads((folder / "status.json").read_bytes())
    assert status["sha256"] == certificate.sha256
    assert [one["level"] for one in status["files"]] == ["B-B", "B-LTA"]
    assert [one["sha256"] for one in status["files"]] == [certificate.sha256, row.sha256]


def test_upload_form_recognises_the_upgraded_file(certificate: Certificate, keys: Keys, client: Client) -> None:
    _archive(keys)
    file = SimpleUploadedFile("c.pdf", certificate_file(certificate), content_type="application/pdf")
    answer = client.post("/verify/file/", {"file": file})
    assert certificate.number in answer.content.decode()


def test_lists_of_revoked_certificates_are_public_before_the_first_certificate(keys: Keys, client: Client) -> None:
    sign_pending(limit=1, at=AT, keys=keys)
    for name in ("root", "issuing", "tsa-root"):
        answer = client.get(f"/crl/{name}.crl")
        assert answer["Content-Type"] == "application/pkix-crl"
        assert answer.content == (public_folder() / "crl" / f"{name}.crl").read_bytes()
    assert client.get("/crl/signer.crl").status_code == 404
    assert client.get("/crl/..%2Flog.pem.crl").status_code == 404


def test_check_tells_what_is_overdue_missing_and_out_of_order(
    certificate: Certificate, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    assert list(overdue(AT + timedelta(days=2))) == []
    assert [line.split(":")[1].strip()[:9] for line in overdue(AT + timedelta(days=5))] == ["issued on"]
    _archive(keys)
    row = ArchivedFile.objects.get()
    assert list(overdue(AT + timedelta(days=5))) == []
    assert "is not renewed" in "".join(overdue(row.until - timedelta(days=300)))
    stored_at(store_folder(), row.sha256).unlink()
    ArchivedFile.objects.update(ordinal=3)
    found = "\n".join(differences())
    assert "upgrade 3 where 1 was expected" in found
    assert "No such file" in found
    with pytest.raises(SystemExit):
        call_command("check_certificates")
    assert "2 differences, 0 overdue" in capsys.readouterr().out


def test_command_upgrades_by_number_all_and_due(
    certificate: Certificate, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("archive_certificates", certificate.number.lower())
    assert "1 upgraded, 0 failed" in capsys.readouterr().out
    call_command("archive_certificates", "--due")
    assert "0 upgraded, 0 failed" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("archive_certificates", "--all")
    told = capsys.readouterr()
    assert "0 upgraded, 1 failed" in told.out
    assert "must be renewed" in told.err
    with pytest.raises(CommandError, match="no standing certificate"):
        call_command("archive_certificates", "SHETC-2026-99999")


def test_signer_upgrades_when_there_is_nothing_to_sign(
    certificate: Certificate, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    call_command("signer", "--once")
    assert ArchivedFile.objects.get().certificate == certificate


def test_service_that_is_no_address_stops_the_archive(
    certificate: Certificate, keys: Keys, settings: LazySettings
) -> None:
    settings.TIME_STAMPER = {"url": "ftp://clock"}
    with pytest.raises(CommandError, match="http"):
        call_command("archive_certificates", "--all")


def test_instants_are_those_of_the_stamps(certificate: Certificate, keys: Keys) -> None:
    before = datetime.now(UTC) - timedelta(seconds=2)
    _archive(keys)
    assert before <= ArchivedFile.objects.get().stamped_at <= datetime.now(UTC) + timedelta(seconds=2)
