"""The signer's rounds: issue, log, publish; versions; refusals; damaged keys and fonts."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from asn1crypto import cms
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django_fsm import TransitionNotAllowed

from certificates.durable import keep, stored_at
from certificates.installation import public_folder, signing_folder, store_folder
from certificates.models import Certificate, LogEntry, TreeHead
from certificates.numbering import NumberForm
from certificates.selectors import (
    certificate_file,
    certificates_refused,
    consistency_between,
    inclusion_of,
    latest_head,
    newly_issued,
)
from certificates.services import signing
from certificates.services.checking import differences
from certificates.services.keys import Keys, open_keys
from certificates.services.log import head_of
from certificates.services.requests import RequestRefused, request_certificate, request_new_version
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing, expire_due
from certificates.services.verification import answer_for, is_proved, trust
from certificates.signals import certificate_issued
from certificates.signers import KeyRefused
from certificates.transparency import continues
from certificates.verify import verify
from tests.certificates.samples import AT, particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


def _request(key: str = "title-1", **changes: object) -> Certificate:
    return request_certificate(
        particulars=particulars(**changes), form=NumberForm("SHETC"), request_key=key, by="示例委员会", at=AT
    )


def _again(certificate: Certificate) -> Certificate:
    return Certificate.objects.get(pk=certificate.pk)


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    made = _request()
    assert sign_pending(limit=10, at=AT, keys=keys) == 1
    return _again(made)


def test_requested_certificate_becomes_a_file_an_entry_a_head_and_pages(certificate: Certificate) -> None:
    assert certificate.state == "in_force"
    assert sha256(certificate_file(certificate)).hexdigest() == certificate.sha256
    assert LogEntry.objects.get(index=certificate.log_index).event == "issue"
    assert TreeHead.objects.get().size == 1
    folder = public_folder() / "v" / certificate.code
    pages = {"index.html", "index.en.html", "status.json"}
    assert {path.name for path in folder.iterdir()} == {*pages, "certificate.json", "credential.jwt"}
    assert list(differences()) == []


def test_issued_file_is_accepted_by_the_strict_policy(certificate: Certificate) -> None:
    verdict = verify(certificate_file(certificate), trust(at=AT))
    assert verdict.accepted
    assert verdict.record_sha256 == certificate.record_sha256


def test_second_round_does_nothing(certificate: Certificate, keys: Keys) -> None:
    before = sorted(path.name for path in store_folder().rglob("*.pdf"))
    assert sign_pending(limit=10, at=AT + timedelta(minutes=1), keys=keys) == 0
    assert sorted(path.name for path in store_folder().rglob("*.pdf")) == before
    assert (LogEntry.objects.count(), TreeHead.objects.count()) == (1, 1)


def test_limit_bounds_a_round(keys: Keys) -> None:
    for number in range(3):
        _request(f"title-{number}")
    assert [sign_pending(limit=2, at=AT, keys=keys) for _ in range(3)] == [2, 1, 0]
    assert [head.size for head in TreeHead.objects.all()] == [2, 3]


def test_one_time_stamp_covers_the_whole_batch(keys: Keys) -> None:
    for number in range(3):
        _request(f"title-{number}")
    sign_pending(limit=10, at=AT, keys=keys)
    head = TreeHead.objects.get()
    stated = cms.ContentInfo.load(base64.b64decode(head.time_stamp))["content"]["encap_content_info"]["content"].parsed
    assert stated["message_imprint"]["hashed_message"].native == sha256(head_of(head).statement).digest()


def test_failing_time_stamp_does_not_stop_issue(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> bytes:
        raise OSError("no answer")

    monkeypatch.setattr("certificates.services.log.time_stamp", fail)
    _request()
    assert sign_pending(limit=10, at=AT, keys=keys) == 1
    assert TreeHead.objects.get().time_stamp == ""


def test_every_certificate_is_proved_under_the_newest_head(keys: Keys) -> None:
    for number in range(5):
        _request(f"title-{number}")
        sign_pending(limit=1, at=AT, keys=keys)
    for certificate in newly_issued():
        inclusion = inclusion_of(certificate)
        assert inclusion is not None
        assert is_proved(certificate, inclusion)


def test_later_head_continues_the_earlier_one(keys: Keys) -> None:
    for number in range(4):
        _request(f"title-{number}")
        sign_pending(limit=1, at=AT, keys=keys)
    old, new = TreeHead.objects.get(size=2), TreeHead.objects.get(size=4)
    proof = [bytes.fromhex(node) for node in consistency_between(old, new)]
    assert continues(2, 4, bytes.fromhex(old.root), bytes.fromhex(new.root), proof)


def test_callers_learn_of_issued_certificates(keys: Keys, django_capture_on_commit_callbacks: object) -> None:
    heard: list[str] = []

    def listen(sender: object, certificate: Certificate, **rest: object) -> None:
        heard.append(certificate.number)

    certificate_issued.connect(listen)
    try:
        _request()
        with django_capture_on_commit_callbacks(execute=True):
            sign_pending(limit=10, at=AT, keys=keys)
    finally:
        certificate_issued.disconnect(listen)
    assert heard == ["SHETC-2026-00001"]
    assert [each.number for each in newly_issued(after=-1)] == heard
    assert list(newly_issued(after=0)) == []


def test_certificate_that_cannot_be_drawn_is_set_aside_with_reasons(keys: Keys) -> None:
    _request("bad", holder_zh="上海𪚥科技有限公司")
    _request("good")
    assert sign_pending(limit=10, at=AT, keys=keys) == 1
    (refused,) = certificates_refused()
    assert "𪚥" in refused.refusal
    assert sign_pending(limit=10, at=AT, keys=keys) == 0


def test_new_version_supersedes_the_earlier_one_when_it_is_issued(certificate: Certificate, keys: Keys) -> None:
    renamed = request_new_version(
        certificate=certificate,
        particulars=particulars(holder_zh="上海汇能氢动力股份有限公司"),
        request_key="change-1",
        by="示例委员会",
        at=AT,
    )
    assert _again(certificate).state == "in_force"
    sign_pending(limit=10, at=AT, keys=keys)
    renamed, earlier = _again(renamed), _again(certificate)
    assert (renamed.number, renamed.version, renamed.state) == (certificate.number, 2, "in_force")
    assert renamed.content.replaces == certificate.identifier
    assert earlier.state == "superseded"
    assert answer_for(earlier, at=AT).successor == renamed
    assert [entry.event for entry in LogEntry.objects.all()] == ["issue", "supersede", "issue"]
    assert list(differences()) == []


def test_third_version_while_the_second_is_under_way_is_refused(certificate: Certificate) -> None:
    request_new_version(
        certificate=certificate, particulars=particulars(), request_key="change-1", by="示例委员会", at=AT
    )
    with pytest.raises(RequestRefused, match="under way"):
        request_new_version(
            certificate=certificate, particulars=particulars(), request_key="change-2", by="示例委员会", at=AT
        )


@pytest.mark.parametrize(
    ("verbs", "state"),
    [
        (["suspend"], "suspended"),
        (["suspend", "reinstate"], "in_force"),
        (["revoke"], "revoked"),
        (["suspend", "revoke"], "revoked"),
        (["cancel"], "cancelled"),
    ],
)
def test_change_of_standing_is_logged_and_published(
    certificate: Certificate, keys: Keys, verbs: list[str], state: str
) -> None:
    for verb in verbs:
        change_standing(certificate=certificate, verb=verb, ground="依据管理办法第二十条", at=AT)
    sign_pending(limit=10, at=AT, keys=keys)
    assert _again(certificate).state == state
    assert [entry.event for entry in LogEntry.objects.all()] == ["issue", *verbs]
    status = json.loads((public_folder() / "v" / certificate.code / "status.json").read_text())
    assert status["state"] == state
    assert list(differences()) == []


@pytest.mark.parametrize(("first", "second"), [("revoke", "reinstate"), ("cancel", "suspend"), ("revoke", "revoke")])
def test_change_of_standing_that_the_state_forbids_is_refused(
    certificate: Certificate, first: str, second: str
) -> None:
    change_standing(certificate=certificate, verb=first, ground="理由", at=AT)
    with pytest.raises(TransitionNotAllowed):
        change_standing(certificate=certificate, verb=second, ground="理由", at=AT)


@pytest.mark.parametrize(("verb", "ground"), [("revoke", " "), ("issue", "理由"), ("delete", "理由")])
def test_change_without_ground_or_of_another_kind_is_refused(certificate: Certificate, verb: str, ground: str) -> None:
    with pytest.raises(ValueError, match=r"ground|not a change"):
        change_standing(certificate=certificate, verb=verb, ground=ground, at=AT)
    assert _again(certificate).state == "in_force"


def test_certificate_expires_after_its_last_day_and_only_once(certificate: Certificate) -> None:
    late = AT + timedelta(days=1200)
    assert expire_due(on=certificate.valid_until, at=late) == 0
    assert expire_due(on=certificate.valid_until + timedelta(days=1), at=late) == 1
    assert expire_due(on=certificate.valid_until + timedelta(days=1), at=late) == 0
    assert _again(certificate).state == "expired"


def test_pages_are_written_again_before_they_go_stale(certificate: Certificate, keys: Keys) -> None:
    status = public_folder() / "v" / certificate.code / "status.json"
    before = json.loads(status.read_text())
    sign_pending(limit=10, at=AT + timedelta(hours=19), keys=keys)
    assert json.loads(status.read_text()) == before
    sign_pending(limit=10, at=AT + timedelta(hours=21), keys=keys)
    assert json.loads(status.read_text())["this_update"] > before["this_update"]


def test_difference_between_store_log_pages_and_rows_is_found(certificate: Certificate) -> None:
    stored_at(store_folder(), certificate.sha256 or "").write_bytes(b"changed")
    LogEntry.objects.filter(index=0).update(leaf="{}")
    (public_folder() / "v" / certificate.code / "index.html").unlink()
    (public_folder() / "v" / "STRANGER").mkdir()
    found = "\n".join(differences())
    for part in ("is damaged", "out of order or changed", "does not fit the entries", "index.html", "STRANGER"):
        assert part in found


def test_changed_row_turns_the_first_light_bad(certificate: Certificate) -> None:
    certificate.snapshot = {**certificate.snapshot, "holder_zh": "另一家公司"}
    assert answer_for(certificate, at=AT).lights[0].tone == "bad"


def test_missing_key_means_no_certificate(var_dir: Path) -> None:
    open_keys(at=AT)
    (signing_folder() / "signer.key").unlink()
    _request()
    with pytest.raises(KeyRefused, match=r"signer\.key"):
        sign_pending(limit=10, at=AT)
    assert not store_folder().exists()


def test_changed_font_stops_the_signer_before_it_signs(var_dir: Path, settings: LazySettings, tmp_path: Path) -> None:
    (tmp_path / "LXGWWenKai-Bold.ttf").write_bytes(b"another font")
    settings.CERTIFICATE_FONTS = {"folders": [tmp_path]}
    with pytest.raises(CommandError, match="not the pinned file"):
        call_command("signer", "--once")


def test_unknown_key_back_end_is_refused(var_dir: Path, settings: LazySettings) -> None:
    settings.SIGNER = {"backend": "abacus"}
    with pytest.raises(KeyRefused, match="abacus"):
        open_keys(at=AT)


def test_command_signs_what_is_pending(var_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _request()
    call_command("signer", "--once")
    assert "1 issued" in capsys.readouterr().out
    call_command("check_certificates")
    assert "0 differences" in capsys.readouterr().out


@pytest.fixture
def rounds() -> Iterator[threading.Barrier]:
    yield threading.Barrier(2)
    connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_issue_each_certificate_once(keys: Keys, rounds: threading.Barrier) -> None:
    for number in range(3):
        _request(f"title-{number}")
    made: list[int] = []

    def work() -> None:
        try:
            rounds.wait()
            made.append(sign_pending(limit=10, at=AT, keys=keys))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(made) == 3
    assert LogEntry.objects.count() == 3
    assert len(list(store_folder().rglob("*.pdf"))) == 3
    head = latest_head()
    assert head is not None
    assert head.size == 3
    assert list(differences()) == []


def test_file_already_stored_is_not_written_again(var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    digest = keep(store_folder(), b"content")
    monkeypatch.setattr("certificates.durable.write_durably", lambda path, content: pytest.fail("written twice"))
    assert keep(store_folder(), b"content") == digest


def test_signer_renders_from_the_stored_snapshot_only(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _request()
    seen: list[object] = []
    issue = signing.issue
    monkeypatch.setattr(
        signing, "issue", lambda content, signer, **options: seen.append(content) or issue(content, signer, **options)
    )
    sign_pending(limit=1, at=AT, keys=keys)
    assert seen == [made.content]
    assert date.fromisoformat(made.snapshot["granted_on"]) == made.content.granted_on
