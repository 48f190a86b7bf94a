"""English editions: made after the certificates, signed, logged, offered while in force."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from certificates.durable import stored_at, write_durably
from certificates.installation import public_folder, store_folder
from certificates.models import Certificate, LogEntry, Translation
from certificates.numbering import NumberForm
from certificates.selectors import translation_file
from certificates.services.checking import differences
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate, request_new_version
from certificates.services.rerendering import rerendered
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from certificates.services.translating import translate_pending
from certificates.services.verification import check_upload
from certificates.verify import Trust, verify
from tests.certificates.layout_samples import requested
from tests.certificates.samples import AT, particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


def _certificate(keys: Keys, **changes: Any) -> Certificate:
    said = particulars(**changes)
    made = request_certificate(particulars=said, form=NumberForm("SHETC"), request_key="title-1", by="示例", at=AT)
    sign_pending(limit=5, at=AT, keys=keys)
    return Certificate.objects.get(pk=made.pk)


@pytest.fixture
def translation(keys: Keys) -> Translation:
    _certificate(keys)
    assert translate_pending(limit=5, at=AT, keys=keys) == 1
    return Translation.objects.select_related("certificate").get()


def test_edition_is_signed_and_carries_number_code_and_record_of_the_certificate(
    translation: Translation, var_dir: Path
) -> None:
    content = translation_file(translation)
    root = (var_dir / "trust" / "root.pem").read_bytes()
    verdict = verify(content, Trust((root,), frozenset({translation.signer}), AT))
    assert verdict.accepted, verdict
    assert verdict.record_sha256 == translation.certificate.record_sha256
    assert sha256(content).hexdigest() == translation.sha256 != translation.certificate.sha256
    assert len(content) < 125_000


def test_making_is_one_entry_of_the_log_with_the_digest_of_the_file(translation: Translation) -> None:
    (entry,) = LogEntry.objects.filter(event="translate")
    assert entry.index == translation.log_index
    said = json.loads(entry.leaf)
    assert said["pdf"] == translation.sha256
    assert said["record"] == translation.certificate.record_sha256
    assert list(differences()) == []


def test_made_once_however_often_it_is_asked_for(translation: Translation, keys: Keys) -> None:
    assert translate_pending(limit=5, at=AT, keys=keys) == 0
    assert LogEntry.objects.count() == 2


def test_uploaded_edition_leads_to_its_certificate(translation: Translation) -> None:
    answer = check_upload(translation_file(translation), at=AT)
    assert answer.certificate == translation.certificate
    assert [light.tone for light in answer.lights] == ["good", "good", "good"]


def test_public_page_offers_the_edition_while_the_certificate_is_in_force(
    translation: Translation, client: Client, keys: Keys
) -> None:
    certificate = translation.certificate
    link = reverse("certificates:english", args=[certificate.code])
    shown = reverse("certificates:shown", args=[certificate.code])
    published = (public_folder() / "v" / certificate.code / "index.html").read_text()
    assert link in published
    assert link in client.get(shown).content.decode()
    answer = client.get(link)
    assert answer.content == translation_file(translation)
    assert answer["Content-Type"] == "application/pdf"
    change_standing(certificate=certificate, verb="suspend", ground="核查期间暂停", at=AT)
    assert client.get(link).status_code == 404
    assert link not in client.get(shown).content.decode()


def test_page_of_a_certificate_without_edition_offers_none(keys: Keys, client: Client) -> None:
    certificate = _certificate(keys, layout="centre-1")
    assert not Translation.objects.exists()
    assert client.get(reverse("certificates:english", args=[certificate.code])).status_code == 404
    assert "english.pdf" not in client.get(reverse("certificates:shown", args=[certificate.code])).content.decode()


def test_holder_without_english_name_is_named_in_chinese(keys: Keys) -> None:
    _certificate(keys, holder_en="")
    assert translate_pending(limit=5, at=AT, keys=keys) == 1
    assert list(rerendered(Certificate.objects.get())) == []


def test_edition_that_cannot_be_set_is_refused_and_the_certificate_stands(keys: Keys) -> None:
    certificate = _certificate(keys, holder_en="A" * 120)
    assert translate_pending(limit=5, at=AT, keys=keys) == 0
    row = Translation.objects.get()
    assert row.sha256 is None
    assert row.refusal.startswith("holder_en：过长")
    assert certificate.sha256
    assert translate_pending(limit=5, at=AT, keys=keys) == 0


def test_no_edition_of_a_certificate_revoked_before_it_was_made(keys: Keys) -> None:
    certificate = _certificate(keys)
    change_standing(certificate=certificate, verb="revoke", ground="评价不合格", at=AT)
    assert translate_pending(limit=5, at=AT, keys=keys) == 0
    assert Translation.objects.get().sha256 is None


def test_signer_makes_editions_after_the_certificates(var_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    request_certificate(particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例", at=AT)
    call_command("signer", "--once")
    assert "1 issued, 1 English editions made" in capsys.readouterr().out


def test_changed_edition_is_found_when_rendered_again_and_when_checked(translation: Translation) -> None:
    digest = translation.sha256 or ""
    content = bytearray(translation_file(translation))
    content[content.index(b"/MediaBox") + 1] ^= 1
    write_durably(stored_at(store_folder(), digest), bytes(content))
    assert list(rerendered(translation.certificate)) == [f"English edition: file: the stored file {digest} is damaged"]
    assert any("in English: file:" in line for line in differences())


def test_rename_supersedes_with_an_edition_of_its_own(translation: Translation, keys: Keys, client: Client) -> None:
    said = requested("municipal_centre-1", "rename")
    first = translation.certificate
    request_new_version(certificate=first, particulars=said, request_key="rename", by="示例", at=AT)
    sign_pending(limit=5, at=AT, keys=keys)
    translate_pending(limit=5, at=AT, keys=keys)
    renamed = Certificate.objects.get(number=first.number, version=2)
    assert client.get(reverse("certificates:english", args=[first.code])).status_code == 404
    page = client.get(reverse("certificates:shown", args=[renamed.code])).content.decode()
    assert said.formerly_zh in page
    assert "更名" in page
    assert all(list(rerendered(one)) == [] for one in Certificate.objects.all())
