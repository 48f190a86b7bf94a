"""Certificates rendered again: equal to the byte, or the difference is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from certificates.durable import stored_at, write_durably
from certificates.installation import store_folder
from certificates.layout import LAYOUTS
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.selectors import certificate_file
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate, request_new_version
from certificates.services.rerendering import rerendered
from certificates.services.signing import sign_pending
from certificates.services.translating import translate_pending
from certificates.services.verification import trust
from certificates.verify import verify
from tests.certificates.samples import AT, particulars

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=AT)


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT
    )
    sign_pending(limit=1, at=AT, keys=keys)
    return Certificate.objects.get(pk=made.pk)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_certificate_of_every_layout_comes_out_equal_with_its_english_edition(
    keys: Keys, layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    needed = {name: "示例" for name in LAYOUTS[layout].needs}
    said = particulars(layout=layout, **needed)
    request_certificate(particulars=said, form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT)
    sign_pending(limit=1, at=AT, keys=keys)
    assert translate_pending(limit=1, at=AT, keys=keys) == (LAYOUTS[layout].english is not None)
    assert _run("--all", capsys=capsys) == (0, "1 rendered again, 0 differ\n")


def _run(*given: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    try:
        call_command("rerender", *given)
        code = 0
    except SystemExit as end:
        code = int(end.code or 0)
    return code, capsys.readouterr().out


def test_every_version_comes_out_equal(
    certificate: Certificate, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    request_new_version(certificate=certificate, particulars=particulars(), request_key="new", by="示例委员会", at=AT)
    sign_pending(limit=1, at=AT, keys=keys)
    code, told = _run(certificate.number.lower(), capsys=capsys)
    assert code == 0
    assert told.count("equal, SHA-256 before signing") == 2
    assert "2 rendered again, 0 differ" in told
    assert _run("--all", capsys=capsys) == (0, "2 rendered again, 0 differ\n")


def test_certificate_requested_before_there_was_metadata_is_issued_verified_and_rendered_as_then(
    keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=AT
    )
    stored = {name: value for name, value in made.snapshot.items() if name != "schema"}
    Certificate.objects.filter(pk=made.pk).update(snapshot=stored)
    sign_pending(limit=1, at=AT, keys=keys)
    certificate = Certificate.objects.get(pk=made.pk)
    verdict = verify(certificate_file(certificate), trust(at=AT))
    assert verdict.accepted
    assert (verdict.record or {})["schema"] == "certificate-record/1"
    assert "metadata" not in (verdict.record or {})
    assert _run("--all", capsys=capsys) == (0, "1 rendered again, 0 differ\n")
    newer = request_new_version(
        certificate=certificate, particulars=particulars(), request_key="new", by="示例委员会", at=AT
    )
    sign_pending(limit=1, at=AT, keys=keys)
    verdict = verify(certificate_file(Certificate.objects.get(pk=newer.pk)), trust(at=AT))
    related = [{"relation": "replaces", "certificateIdentifier": certificate.identifier}]
    assert (verdict.record or {})["metadata"]["relatedCertificates"] == related
    assert _run("--all", capsys=capsys) == (0, "2 rendered again, 0 differ\n")


def test_changed_snapshot_is_found_in_record_rendering_and_file(
    certificate: Certificate, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = {**certificate.snapshot, "holder_zh": "另一家公司"}
    Certificate.objects.filter(pk=certificate.pk).update(snapshot=changed)
    code, told = _run("--all", capsys=capsys)
    assert code == 1
    assert [line.split(": ")[1] for line in told.splitlines()[:2]] == ["record", "rendering"]
    assert "stored file:" in told
    assert "1 rendered again, 1 differ" in told


def test_changed_layout_version_is_found(certificate: Certificate) -> None:
    certificate.snapshot = {**certificate.snapshot, "layout": "centre-0"}
    assert any("no such layout" in line for line in rerendered(certificate))


def test_file_swapped_in_the_store_is_found_with_its_place(certificate: Certificate) -> None:
    content = bytearray(certificate_file(certificate))
    place = content.index(b"/MediaBox")
    content[place + 1] ^= 1
    digest = certificate.sha256 or ""
    write_durably(stored_at(store_folder(), digest), bytes(content))
    assert list(rerendered(certificate)) == [f"file: the stored file {digest} is damaged"]


def test_difference_outside_the_signature_is_placed_in_its_object(
    certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = bytearray(certificate_file(certificate))
    place = content.index(b"/MediaBox")
    content[place + 1] ^= 1
    monkeypatch.setattr("certificates.services.rerendering.fetch", lambda folder, digest: bytes(content))
    (line,) = rerendered(certificate)
    assert line.startswith(f"stored file: differs from byte {place + 1}, in object ")


def test_font_that_is_gone_is_named(certificate: Certificate) -> None:
    certificate.fonts = {**certificate.fonts, "name": "0" * 64}
    (line,) = rerendered(certificate)
    assert line.startswith("fonts: ")
    assert "LXGWWenKai-Bold.ttf" in line


def test_newer_fonts_of_the_settings_do_not_matter(
    certificate: Certificate, settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.CERTIFICATE_FONTS = {"sha256": {"name": ["1" * 64]}}
    assert _run("--all", capsys=capsys)[0] == 0


def test_unreadable_snapshot_is_a_difference(certificate: Certificate) -> None:
    certificate.snapshot = {"number": "x"}
    (line,) = rerendered(certificate)
    assert line.startswith("snapshot: KeyError")


def test_unknown_number_is_refused(certificate: Certificate) -> None:
    with pytest.raises(CommandError, match="no issued certificate"):
        call_command("rerender", "SHETC-1")
