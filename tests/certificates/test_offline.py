"""The offline page: its files, their publication, and the page itself read from a folder by a browser."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from certificates.installation import public_folder
from certificates.issuing import issue
from certificates.layout import LAYOUTS
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.printed import PrintedRule, check_printed, printed_text
from certificates.printed_keys import keys_of
from certificates.selectors import certificate_file
from certificates.services.keys import Keys, open_keys
from certificates.services.offline import offline_files, publish_offline
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from tests.certificates.samples import CODE, HOLDER, particulars, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FILES = {"index.html", "index.en.html", "offline.js", "offline.css", "keys.js", "keys.json"}


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=timezone.now())


def _issued(keys: Keys, **changes: Any) -> Certificate:
    now = timezone.now()
    today = timezone.localdate(now)
    dates = {"granted_on": today, "valid_from": today, "valid_until": today + timedelta(days=1000)}
    form = NumberForm("SHETC", "{prefix}-{serial:05d}")
    made = request_certificate(
        particulars=particulars(**{**dates, **changes}), form=form, request_key="title-1", by="示例委员会", at=now
    )
    sign_pending(limit=1, at=now, keys=keys)
    return Certificate.objects.get(pk=made.pk)


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    return _issued(keys)


def _tones(page: HttpResponse) -> list[str]:
    return re.findall(r'class="light light-(\w+)"', page.content.decode())


def _path(printed: str) -> str:
    return "/V/" + printed.partition("/V/")[2]


def _scanned(certificate: Certificate, folder: Path) -> str:
    """What a reader sees on the page printed at 110 dots per inch."""
    path = folder / "certificate.pdf"
    path.write_bytes(certificate_file(certificate))
    subprocess.run(["pdftoppm", "-r", "110", "-png", path, folder / "page"], check=True)
    (page,) = folder.glob("page*.png")
    with Image.open(page) as image:
        (found,) = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    return str(found.text)


@pytest.mark.poppler
@pytest.mark.parametrize("layout", LAYOUTS)
def test_printed_page_of_every_layout_leads_to_a_page_that_says_valid(
    client: Client, keys: Keys, tmp_path: Path, layout: str
) -> None:
    needed = {name: "示例" for name in LAYOUTS[layout].needs}
    certificate = _issued(keys, layout=layout, **needed)
    scanned = _scanned(certificate, tmp_path)
    assert scanned == certificate.printed
    page = client.get(_path(scanned))
    assert _tones(page) == ["good", "good", "good"]
    assert "二维码中的签名有效" in page.content.decode()
    assert HOLDER in page.content.decode()


@pytest.mark.poppler
def test_short_form_leads_to_the_page_without_a_statement(
    client: Client, var_dir: Path, tmp_path: Path, settings: Any
) -> None:
    settings.CERTIFICATE_QR_SIGNED = False
    certificate = _issued(open_keys(at=timezone.now()))
    scanned = _scanned(certificate, tmp_path)
    assert scanned == certificate.printed == certificate.content.url
    page = client.get(_path(scanned))
    assert _tones(page) == ["good", "good", "good"]
    assert "二维码中的签名有效" not in page.content.decode()


def _altered(certificate: Certificate, keys: Keys) -> Iterator[str]:
    """Statements behind the genuine code: damaged, of another certificate, of another record."""
    code, letters = _path(certificate.printed).removeprefix("/V/").split(".")
    assert keys.printed is not None
    other = snapshot(url=certificate.content.url, number="SHETC-2026-99999")
    yield from (f"{code}.{letters[:-9]}AAAAAAAAA", f"{code}.{letters[:-1]}", f"{code}.", f"{code}.%00", f"{code}..")
    yield f"{code}.{printed_text(other, 'cd' * 32, keys.printed).rpartition('.')[2]}"
    yield f"{code}.{printed_text(certificate.content, 'cd' * 32, keys.printed).rpartition('.')[2]}"
    elsewhere = snapshot(url=certificate.content.url.replace("HTTP", "HTTPS"))
    yield f"{code}.{printed_text(elsewhere, certificate.record_sha256, keys.printed).rpartition('.')[2]}"


def test_altered_statement_is_shown_as_tampered_whatever_the_register_says(
    client: Client, certificate: Certificate, keys: Keys
) -> None:
    for part in _altered(certificate, keys):
        page = client.get(f"/V/{part}")
        assert _tones(page) == ["bad", "good", "good"], part
        assert "二维码被改动" in page.content.decode()


def test_sound_statement_behind_an_unknown_code_finds_nothing(client: Client, certificate: Certificate) -> None:
    assert client.get(_path(certificate.printed).replace(certificate.code, CODE)).status_code == 404


def test_folder_is_published_whole_and_written_once(certificate: Certificate) -> None:
    folder = public_folder() / "verify" / "offline"
    assert {path.name for path in folder.iterdir()} == FILES
    assert (folder.parent / "keys.json").read_bytes() == (folder / "keys.json").read_bytes()
    assert check_printed(certificate.printed, keys_of((folder / "keys.json").read_bytes())).accepted
    assert publish_offline() == 0
    (folder / "offline.js").write_text("other")
    assert publish_offline() == 1


@pytest.mark.parametrize("name", sorted(FILES))
def test_site_serves_every_file_of_the_folder(client: Client, certificate: Certificate, name: str) -> None:
    served = client.get(f"/verify/offline/{name}")
    assert served.status_code == 200
    assert served.content == offline_files()[name]
    assert "script-src 'self'" in served["Content-Security-Policy"]


def test_site_serves_the_page_in_the_language_of_the_visitor_and_nothing_else(
    client: Client, certificate: Certificate
) -> None:
    assert '<html lang="zh' in client.get("/verify/offline/").content.decode()
    assert '<html lang="en"' in client.get("/verify/offline/", headers={"accept-language": "en"}).content.decode()
    assert client.get("/verify/offline/other.js").status_code == 404
    assert client.get("/verify/offline/..%2Fkeys.json").status_code == 404


def test_keys_are_public_and_hold_no_secret(client: Client, certificate: Certificate) -> None:
    answer = client.get("/verify/keys.json")
    (key,) = json.loads(answer.content)["keys"]
    assert set(key) == {"kty", "crv", "alg", "use", "kid", "x", "y"}
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_before_the_first_run_of_the_signer_the_set_is_empty(client: Client, var_dir: Path) -> None:
    assert client.get("/verify/keys.json").json() == {"keys": []}
    assert client.get("/verify/offline/").status_code == 200


def test_pages_hold_no_inline_script_and_no_text_in_the_script() -> None:
    files = offline_files()
    for name in ("index.html", "index.en.html"):
        page = files[name].decode()
        assert not re.search(r"<script(?![^>]*src=)|style=|\son\w+=", page)
        shown = set(re.findall(r'data-outcome="(\w+)"', page))
        assert shown >= {"valid", "valid_but_over", *PrintedRule} - {"no_reader"}
    assert not re.search(r"[\u4e00-\u9fff]", files["offline.js"].decode())


@pytest.mark.poppler
def test_command_reads_the_code_from_the_image_and_from_its_text(certificate: Certificate, tmp_path: Path) -> None:
    home = Path(__file__).resolve().parents[2]
    keys_file = tmp_path / "keys.json"
    keys_file.write_bytes(offline_files()["keys.json"])
    assert _scanned(certificate, tmp_path) == certificate.printed
    (image,) = tmp_path.glob("page*.png")
    for code in (str(image), certificate.printed):
        command = [sys.executable, "-m", "certificates", "qr", code, "--keys", str(keys_file), "--json"]
        told = subprocess.run(command, capture_output=True, text=True, cwd=home)
        assert (told.returncode, told.stderr) == (0, "")
        assert json.loads(told.stdout)["holder"] == HOLDER


def test_sample_without_key_prints_the_address(keys: Keys) -> None:
    assert issue(snapshot(), keys.signer).printed == snapshot().url
