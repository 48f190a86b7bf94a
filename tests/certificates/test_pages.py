"""The public pages: by number and code, by file, behind the QR code, and as published files."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from certificates.codes import grouped
from certificates.container import LIMIT
from certificates.installation import public_folder
from certificates.isolated import Busy
from certificates.issuing import issue
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.selectors import certificate_file
from certificates.services.keys import Keys, open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from certificates.services.standing import change_standing
from certificates.signers import fingerprint
from certificates.verify import Trust, verify
from tests.certificates.conftest import House
from tests.certificates.samples import HOLDER, particulars, snapshot

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def keys(var_dir: Path) -> Keys:
    return open_keys(at=timezone.now())


@pytest.fixture
def certificate(keys: Keys) -> Certificate:
    now = timezone.now()
    today = timezone.localdate(now)
    dates = {"granted_on": today, "valid_from": today, "valid_until": today + timedelta(days=1000)}
    form = NumberForm("SHETC", "{prefix}-{serial:05d}")
    made = request_certificate(
        particulars=particulars(**dates), form=form, request_key="title-1", by="示例委员会", at=now
    )
    sign_pending(limit=1, at=now, keys=keys)
    return Certificate.objects.get(pk=made.pk)


def _tones(page: HttpResponse) -> list[str]:
    return re.findall(r'class="light light-(\w+)"', page.content.decode())


def _upload(client: Client, content: bytes) -> HttpResponse:
    return client.post("/verify/file/", {"file": SimpleUploadedFile("证书.pdf", content, "application/pdf")})


def test_form_page_offers_number_and_file(client: Client, var_dir: Path) -> None:
    page = client.get("/verify/").content.decode()
    assert page.count("<form") >= 2
    assert 'name="number"' in page
    assert 'name="code"' in page
    assert 'type="file"' in page
    assert 'enctype="multipart/form-data"' in page


def test_number_and_code_lead_to_three_good_lights(client: Client, certificate: Certificate) -> None:
    page = client.post("/verify/", {"number": certificate.number.lower(), "code": grouped(certificate.code).lower()})
    assert page.status_code == 200
    assert _tones(page) == ["good", "good", "good"]
    assert HOLDER in page.content.decode()
    assert page["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ["/v/{}/", "/V/{}", "/V/{}/"])
def test_address_of_the_qr_code_shows_the_certificate(client: Client, certificate: Certificate, path: str) -> None:
    page = client.get(path.format(certificate.code))
    assert _tones(page) == ["good", "good", "good"]
    text = page.content.decode()
    for part in (HOLDER, certificate.number, certificate.uscc, certificate.identifier, certificate.sha256, "第 32 批"):
        assert str(part) in text
    assert page["X-Robots-Tag"].startswith("noindex")
    assert page["Cache-Control"] == "public, max-age=0, s-maxage=60"


def _without_instance(page: HttpResponse) -> str:
    """The page without the hidden token of its forms."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.content.decode())


def test_unknown_and_malformed_codes_get_the_same_answer(client: Client, certificate: Certificate) -> None:
    answers = [
        client.post("/verify/", {"number": number, "code": code})
        for number, code in (
            (certificate.number, "7K2M9QX4T8VWZ3ABCDE5F6GHJRZ"),
            (certificate.number, "nonsense"),
            ("SHETC-99999", certificate.code),
            ("甲", "乙"),
        )
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({_without_instance(answer) for answer in answers}) == 1
    assert not any(HOLDER in answer.content.decode() for answer in answers)


@pytest.mark.parametrize("code", ["7K2M9QX4T8VWZ3ABCDE5F6GHJRZ", "x", "%00", "..%2F..%2Fetc"])
def test_unknown_address_gives_404(client: Client, certificate: Certificate, code: str) -> None:
    assert client.get(f"/v/{code}/").status_code == 404
    assert client.get(f"/v/{code}/status.json").status_code == 404


def test_unknown_and_malformed_codes_cost_the_same_queries(
    client: Client, certificate: Certificate, django_assert_num_queries: object
) -> None:
    for code in ("7K2M9QX4T8VWZ3ABCDE5F6GHJRZ", "nonsense"):
        with django_assert_num_queries(1):
            client.get(f"/v/{code}/status.json")


def test_certificate_not_yet_issued_is_unknown(client: Client, keys: Keys) -> None:
    made = request_certificate(
        particulars=particulars(), form=NumberForm("SHETC"), request_key="t", by="示例委员会", at=timezone.now()
    )
    assert client.get(f"/v/{made.code}/").status_code == 404


def test_json_answer_holds_record_and_proof(client: Client, certificate: Certificate) -> None:
    status = client.get(f"/v/{certificate.code}/status.json").json()
    assert (status["state"], status["status_code"], status["sha256"]) == ("in_force", "01", certificate.sha256)
    assert status["record"]["holder_zh"] == HOLDER
    assert status["metadata"]["certificateStatusCode"] == "01"
    assert status["metadata"]["certificateIdentifier"] == certificate.identifier
    assert status["log"]["head"]["size"] == 1
    assert status["log"]["head"]["time_stamp"]


def test_revoked_certificate_is_shown_as_revoked_at_once(client: Client, certificate: Certificate) -> None:
    change_standing(certificate=certificate, verb="revoke", ground="提供虚假材料", at=timezone.now())
    page = client.get(f"/v/{certificate.code}/")
    assert _tones(page) == ["good", "bad", "good"]
    assert "提供虚假材料" in page.content.decode()


def test_published_page_says_what_the_dynamic_page_says(client: Client, certificate: Certificate) -> None:
    folder = public_folder() / "v" / certificate.code
    published = (folder / "index.html").read_text()
    dynamic = client.get(f"/v/{certificate.code}/").content.decode()

    def says(page: str) -> list[str]:
        return re.findall(r"<dd[^>]*>(.*?)</dd>", page)[:16] + re.findall(r'light-answer">(.*?)<', page)

    assert says(published) == says(dynamic)
    assert HOLDER in published
    assert "csrfmiddlewaretoken" not in published
    assert json.loads((folder / "status.json").read_text())["identifier"] == certificate.identifier


def test_english_page_marks_chinese_names(client: Client, certificate: Certificate) -> None:
    english = (public_folder() / "v" / certificate.code / "index.en.html").read_text()
    assert '<html lang="en">' in english
    assert f'<span lang="zh-CN">{HOLDER}</span>' in english
    assert "in force" in english


def test_issued_file_gets_three_good_lights(client: Client, certificate: Certificate) -> None:
    page = _upload(client, certificate_file(certificate))
    assert _tones(page) == ["good", "good", "good"]
    assert "逐字节相同" in page.content.decode()


def test_file_with_one_changed_byte_is_refused_with_the_reason(client: Client, certificate: Certificate) -> None:
    forged = bytearray(certificate_file(certificate))
    forged[len(forged) // 2] ^= 1
    page = _upload(client, bytes(forged))
    assert _tones(page) == ["bad", "unknown", "unknown"]
    assert "文件内容在签章之后被改动" in page.content.decode()
    assert "<code>altered</code>" in page.content.decode()
    assert HOLDER not in page.content.decode()


def test_file_of_another_authority_is_refused_as_not_ours(
    client: Client, certificate: Certificate, other_house: House
) -> None:
    forged = issue(snapshot(holder_zh="冒名顶替有限公司"), other_house.signer).pdf
    page = _upload(client, forged)
    assert _tones(page) == ["unknown", "unknown", "bad"]
    assert "<code>untrusted</code>" in page.content.decode()
    assert "冒名顶替" not in page.content.decode()


def test_sound_file_that_the_register_does_not_know_is_refused(
    client: Client, certificate: Certificate, keys: Keys
) -> None:
    forged = issue(snapshot(number="SHETC-2026-77777"), keys.signer).pdf
    page = _upload(client, forged)
    assert "<code>unknown_record</code>" in page.content.decode()
    assert "good" not in _tones(page)


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (b"x" * (LIMIT + 1), 422), (b"PK\x03\x04", 200), (b"%PDF-1.7", 200)]
)
def test_file_that_is_no_certificate_gets_a_clear_answer(
    client: Client, var_dir: Path, keys: Keys, content: bytes, status: int
) -> None:
    page = _upload(client, content)
    assert page.status_code == status
    assert page["Cache-Control"] == "no-store"
    assert "good" not in _tones(page)


def test_post_without_file_or_fields_shows_the_faults(client: Client, var_dir: Path) -> None:
    assert client.post("/verify/file/", {}).status_code == 422
    assert client.post("/verify/", {"number": ""}).status_code == 422


def test_too_many_lookups_are_refused_for_a_while(client: Client, certificate: Certificate) -> None:
    answers = [client.post("/verify/", {"number": "A", "code": "B"}).status_code for _ in range(22)]
    assert answers[:20] == [404] * 20
    assert answers[-1] == 429
    assert client.get(f"/v/{certificate.code}/").status_code == 200


def test_busy_verifier_asks_to_come_back(client: Client, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*args: object, **options: object) -> object:
        raise Busy

    monkeypatch.setattr("certificates.views.check_upload", busy)
    page = _upload(client, b"%PDF-1.7")
    assert (page.status_code, page["Retry-After"]) == (503, "30")


def test_pages_need_no_script_and_no_inline_style(client: Client, certificate: Certificate) -> None:
    for path in ("/verify/", f"/v/{certificate.code}/"):
        page = client.get(path).content.decode()
        assert "style=" not in page
        assert not re.search(r"<script(?![^>]*src=)", page)
        assert not re.search(r"\son\w+=", page)


def test_root_certificate_can_be_downloaded_and_its_fingerprint_compared(
    client: Client, certificate: Certificate
) -> None:
    downloaded = client.get("/verify/root.pem").content
    (root,) = x509.load_pem_x509_certificates(downloaded)
    assert fingerprint(root) in client.get("/verify/").content.decode()
    assert verify(certificate_file(certificate), Trust((downloaded,))).accepted


def test_root_certificate_is_absent_before_the_first_run_of_the_signer(client: Client, var_dir: Path) -> None:
    assert client.get("/verify/root.pem").status_code == 404
