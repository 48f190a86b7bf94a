"""The last part of the journey: the certificate is signed, downloaded, and verified by anybody."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image
from playwright.sync_api import expect

from certificates.authority import make_authority
from certificates.issuing import issue
from certificates.models import Certificate
from certificates.selectors import newest_archived
from certificates.signers import open_file_signer
from tests.browser.applying import download_certificate
from tests.browser.walk import Journey
from tests.certificates.samples import fresh_snapshot
from workflows.tick import tick


def run_signer(journey: Journey) -> None:
    """The process that holds the key signs; the clock notes the certificate on its case."""
    journey.walk.clock.to_present()
    done = subprocess.run(
        [sys.executable, "manage.py", "signer", "--once"],
        env=journey.environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert tick(journey.walk.clock.now()).certificates_noted == 1


def fetch_certificate(journey: Journey) -> Path:
    """What the enterprise downloads is what was logged, in its newest revision."""
    path = journey.files / "certificate.pdf"
    download_certificate(journey, path)
    issued = Certificate.objects.get()
    newest = newest_archived(issued)
    wanted = newest.sha256 if newest else issued.sha256
    assert hashlib.sha256(path.read_bytes()).hexdigest() == wanted
    journey.walk.enter("banshi", "/office/certificates/")
    return path


def scanned(pdf: Path) -> str:
    """What a telephone reads on the printed page."""
    subprocess.run(["pdftoppm", "-r", "110", "-png", str(pdf), str(pdf.with_suffix(""))], check=True)
    page = next(iter(sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))))
    with Image.open(page) as image:
        codes = zxingcpp.read_barcodes(image)
    assert len(codes) == 1
    return str(codes[0].text)


def open_scanned(journey: Journey, pdf: Path) -> None:
    """The address of the QR code, at this site, shows three good answers to anybody."""
    address = urlsplit(scanned(pdf))
    assert address.path == address.path.upper()
    journey.walk.leave()
    journey.walk.go(address.path)
    see_three_lights(journey)


def see_three_lights(journey: Journey) -> None:
    """Not tampered with, in force, issued by whom."""
    lights = journey.page.locator(".light")
    expect(lights).to_have_count(3)
    expect(journey.page.locator(".light-good")).to_have_count(3)
    for answer in ("未被改动", "有效", "示例市经济与科技主管委员会"):
        expect(journey.page.locator(".lights")).to_contain_text(answer)


def hand_in(journey: Journey, content: bytes) -> None:
    """Upload a file on the page of verification."""
    journey.walk.go("/verify/")
    file = {"name": "certificate.pdf", "mimeType": "application/pdf", "buffer": content}
    journey.page.locator('input[type="file"]').set_input_files(file)  # type: ignore[arg-type]  # a FilePayload
    journey.walk.press("核验文件")


def verify_files(journey: Journey, pdf: Path) -> None:
    """The file as issued passes; one changed byte is refused with its reason."""
    content = pdf.read_bytes()
    hand_in(journey, content)
    see_three_lights(journey)
    place = len(content) // 3
    hand_in(journey, content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
    expect(journey.page.get_by_role("heading", name="文件未通过核验")).to_be_visible()
    expect(journey.page.locator(".light-bad").first).to_be_visible()
    assert journey.page.get_by_role("alert").inner_text().strip()


def refuse_stranger(journey: Journey) -> None:
    """A certificate of a look-alike authority with the same name is refused for its issuer."""
    keys = journey.files / "stranger"
    make_authority(keys, organisation="示例市经济与科技主管委员会", at=datetime.now(UTC) - timedelta(days=1))
    signer = open_file_signer(keys / "signer.key", chain=keys / "signer.chain.pem")
    hand_in(journey, issue(fresh_snapshot(issued_at=datetime.now(UTC)), signer).pdf)
    expect(journey.page.get_by_role("heading", name="文件未通过核验")).to_be_visible()
    expect(journey.page.get_by_role("alert")).to_contain_text("untrusted")
