"""The shipped nginx configuration in a real nginx, before a real application and before a dead one."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone

from certificates.container import LIMIT
from certificates.models import Certificate
from certificates.numbering import NumberForm
from certificates.services.keys import open_keys
from certificates.services.requests import request_certificate
from certificates.services.signing import sign_pending
from tests.certificates.samples import HOLDER, particulars
from tests.deploy.proxy import HOST, Proxy, Reply, start_application

pytestmark = [pytest.mark.nginx, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

PAGE_CACHING = "public, max-age=0, s-maxage=60"
SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "x-frame-options": "DENY",
    "x-robots-tag": "noindex, nofollow",
    "strict-transport-security": "max-age=31536000",
}
FILES = [
    ("/log/head.json", "application/json", PAGE_CACHING),
    ("/log/head/1.json", "application/json", "public, max-age=31536000, immutable"),
    ("/log/log.pem", "application/x-pem-file", PAGE_CACHING),
    ("/log/tsa-root.pem", "application/x-pem-file", PAGE_CACHING),
    ("/status/revocation/0.jwt", "application/vc+jwt", PAGE_CACHING),
    ("/status/suspension/0.jwt", "application/vc+jwt", PAGE_CACHING),
    ("/status/keys.json", "application/json", PAGE_CACHING),
    ("/status/status.pem", "application/x-pem-file", PAGE_CACHING),
    ("/verify/keys.json", "application/jwk-set+json", PAGE_CACHING),
    ("/verify/root.pem", "application/x-pem-file", PAGE_CACHING),
    ("/verify/offline/", "text/html", PAGE_CACHING),
    ("/verify/offline/offline.js", "text/javascript", PAGE_CACHING),
    ("/verify/offline/offline.css", "text/css", PAGE_CACHING),
    ("/verify/offline/keys.json", "application/jwk-set+json", PAGE_CACHING),
]
OUT_OF_REACH = (
    "/accreditation.sqlite3",
    "/keys/signing/signer.key",
    "/static/../keys/signing/signer.key",
    "/static/%2e%2e/trust/root.pem",
    "/v/../../trust/root.pem",
    "/certificates/",
    "/trust/root.pem",
)


@pytest.fixture
def certificate(settings: LazySettings, var_dir: Path) -> Certificate:
    settings.PUBLIC_BASE_URL = f"https://{HOST}"
    now = timezone.now()
    today = timezone.localdate(now)
    dates = {"granted_on": today, "valid_from": today, "valid_until": today + timedelta(days=1000)}
    made = request_certificate(
        particulars=particulars(**dates), form=NumberForm("SHETC"), request_key="title-1", by="示例委员会", at=now
    )
    sign_pending(limit=1, at=now, keys=open_keys(at=now))
    (var_dir / "static").mkdir()
    (var_dir / "static" / "site.css").write_text("main { color: black; }")
    return Certificate.objects.get(pk=made.pk)


@pytest.fixture
def proxy(certificate: Certificate, var_dir: Path, tmp_path: Path) -> Iterator[Proxy]:
    """Nginx with nothing behind it."""
    running = Proxy(var_dir, tmp_path / "nginx")
    yield running
    running.stop()


@pytest.fixture
def application(proxy: Proxy, child_environment: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The web process behind it, started as the unit file does."""
    environment = {
        **child_environment,
        "PUBLIC_BASE_URL": f"https://{HOST}",
        "DJANGO_ALLOWED_HOSTS": HOST,
        "TRUSTED_PROXY_COUNT": "1",
    }
    running = start_application(environment, proxy.ports.application, tmp_path / "web.log")
    yield running
    running.terminate()
    running.wait(30)


def _form(proxy: Proxy, values: Callable[[str], tuple[bytes, str]], path: str) -> Reply:
    """Post a form as a browser would: page first, then cookie and token."""
    page = proxy.ask("/verify/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    assert token is not None
    body, kind = values(token[1].decode())
    cookie = page.headers["set-cookie"].split(";")[0]
    headers = {"Cookie": cookie, "Content-Type": kind, "Referer": f"https://{HOST}/verify/"}
    return proxy.ask(path, method="POST", body=body, headers=headers)


def _typed(number: str, code: str) -> Callable[[str], tuple[bytes, str]]:
    def values(token: str) -> tuple[bytes, str]:
        text = f"csrfmiddlewaretoken={token}&number={number}&code={code}"
        return text.encode(), "application/x-www-form-urlencoded"

    return values


def _file(size: int) -> Callable[[str], tuple[bytes, str]]:
    def values(token: str) -> tuple[bytes, str]:
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n'.encode(),
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n'
            b"Content-Type: application/pdf\r\n\r\n" + b"%PDF-1.7\n".ljust(size, b" ") + b"\r\n--b--\r\n",
        ]
        return b"".join(parts), "multipart/form-data; boundary=b"

    return values


def _secure(reply: Reply) -> None:
    assert {name: reply.headers.get(name) for name in SECURITY} == SECURITY
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "nginx/" not in reply.headers.get("server", "")


def test_configuration_is_sound_and_says_nothing(proxy: Proxy) -> None:
    checked = subprocess.run([*proxy.command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr


def test_published_pages_answer_without_the_application(proxy: Proxy, certificate: Certificate) -> None:
    for path in (f"/v/{certificate.code}/", f"/V/{certificate.code}", f"/v/{certificate.code}"):
        page = proxy.ask(path)
        assert page.status == 200
        assert HOLDER in page.body.decode()
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == PAGE_CACHING
        assert page.headers["etag"]
        _secure(page)
    english = proxy.ask(f"/v/{certificate.code}/", headers={"Cookie": "django_language=en"})
    assert 'lang="en"' in english.body.decode()
    assert english.headers["vary"] == "Cookie"
    status = proxy.ask(f"/v/{certificate.code}/status.json")
    assert json.loads(status.body)["state"] == "in_force"
    assert status.headers["access-control-allow-origin"] == "*"
    assert status.headers["cache-control"] == PAGE_CACHING
    _secure(status)


def test_printed_statement_falls_back_to_the_page_of_the_code_alone(proxy: Proxy, certificate: Certificate) -> None:
    _, _, path = certificate.printed.partition(f"//{HOST.upper()}")
    assert path.startswith(f"/V/{certificate.code}.")
    page = proxy.ask(path)
    assert (page.status, page.headers["cache-control"]) == (200, "no-store")
    assert HOLDER in page.body.decode()
    _secure(page)
    assert proxy.ask(f"/V/{'0' * 27}.ABC").status == 503


def test_files_of_verification_answer_without_the_application(proxy: Proxy) -> None:
    for path, kind, caching in FILES:
        found = proxy.ask(path)
        told = (found.status, found.headers["content-type"].split(";")[0], found.headers["cache-control"])
        assert (path, *told) == (path, 200, kind, caching)
        assert found.body
        _secure(found)
        assert ("form-action 'none'" in found.headers["content-security-policy"]) == path.startswith("/verify/offline/")
    style = proxy.ask("/static/site.css")
    assert (style.status, style.headers["cache-control"]) == (200, "public, max-age=3600")


def test_what_needs_the_application_says_that_it_is_away(proxy: Proxy) -> None:
    for path in ("/", "/verify/", "/log/entries/0/1.json", f"/v/{'0' * 27}/"):
        away = proxy.ask(path)
        assert (away.status, away.headers["cache-control"]) == (503, "no-store")
        assert "平台暂时无法访问" in away.body.decode()
        _secure(away)


def test_no_address_reaches_another_file_of_the_site(proxy: Proxy) -> None:
    for path in OUT_OF_REACH:
        assert proxy.ask(path).status in {400, 503}, path  # refused, or left to the application, which is away


def test_plain_http_is_sent_to_tls_with_the_path_as_printed(proxy: Proxy, certificate: Certificate) -> None:
    sent = proxy.ask_plain(f"/V/{certificate.code}")
    assert (sent.status, sent.headers["location"]) == (301, f"https://{HOST}/V/{certificate.code}")


def test_typed_lookup_reaches_the_application_and_is_never_kept(
    proxy: Proxy, application: subprocess.Popen[bytes], certificate: Certificate
) -> None:
    found = _form(proxy, _typed(certificate.number, certificate.code), "/verify/")
    assert (found.status, found.headers["cache-control"]) == (200, "no-store")
    assert HOLDER in found.body.decode()
    assert found.headers["strict-transport-security"] == "max-age=31536000"
    assert proxy.ask(f"/v/{'0' * 27}/").status == 404
    signed = proxy.ask(certificate.printed.partition(f"//{HOST.upper()}")[2])
    assert (signed.status, signed.headers["cache-control"]) == (200, PAGE_CACHING)
    application.kill()
    application.wait()
    assert proxy.ask(f"/v/{certificate.code}/").status == 200


def test_uploads_are_cut_at_two_mebibytes(proxy: Proxy, application: subprocess.Popen[bytes]) -> None:
    refused = _form(proxy, _file(LIMIT + 1), "/verify/file/")
    assert (refused.status, "2 MB" in refused.body.decode()) == (422, True)
    assert _form(proxy, _file(LIMIT), "/verify/file/").status == 200
    cut = _form(proxy, _file(LIMIT + 300_000), "/verify/file/")
    assert cut.status == 413
    assert "文件过大" in cut.body.decode()
    _secure(cut)


def test_a_visitor_who_guesses_is_slowed_down(proxy: Proxy) -> None:
    replies = [proxy.ask("/verify/") for _ in range(16)]
    assert [reply.status for reply in replies[:10]] == [503] * 10  # the application is away
    slowed = [reply for reply in replies if reply.status == 429]
    assert slowed
    assert slowed[0].headers["retry-after"] == "30"
    _secure(slowed[0])
