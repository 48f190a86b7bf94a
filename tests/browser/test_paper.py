"""Paper certificates from the list to the public page, by two people, in both languages and both widths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accreditation.models import User
from accreditation.seeds.accounts import seed_accounts
from certificates.services.keys import open_keys
from certificates.services.signing import sign_pending
from tests.browser.checks import check_page
from tests.browser.conftest import OpenPage
from tests.browser.test_accounts import enter
from tests.factories.paper import USCC, as_workbook, line


@pytest.fixture
def people(transactional_db: None, settings: Any, var_dir: Path) -> dict[str, User]:
    """The whole cast on a site in demo mode."""
    settings.ACCREDITATION_DEMO = True
    return seed_accounts(timezone.now())


@pytest.fixture
def lists(tmp_path: Path) -> dict[str, str]:
    """A faulty list and its correction, as files."""
    faulty = [
        line(district="浦东", granted_on="2015年"),
        line(number="", uscc="91310000MA1FL0031X"),
        line(state="撤销"),
    ]
    other = line(number="沪经信技〔2016〕第 3 号", uscc="91310000MA1FL00320", holder="上海示例软件技术有限公司")
    good = [line(original_seen="否"), line(original_seen="否"), other | {"valid_until": "2019-05-31"}]
    paths = {"faulty": tmp_path / "名单-1.xlsx", "good": tmp_path / "名单-2.xlsx"}
    paths["faulty"].write_bytes(as_workbook(faulty))
    paths["good"].write_bytes(as_workbook(good))
    return {name: str(path) for name, path in paths.items()}


WORDS = {
    "zh-CN": {
        "upload": "上传并检查",
        "list": "纸质证书名单",
        "confirm": "复核无误，确认登记",
        "entered": "已登记的证书",
        "verify": "查验",
        "found": "纸质证书登记信息",
    },
    "en": {
        "upload": "Upload and check",
        "list": "List of paper certificates",
        "confirm": "All correct: enter them",
        "entered": "Entered certificates",
        "verify": "Verify",
        "found": "Register entry of a paper certificate",
    },
}


def upload(page: Page, path: str, words: dict[str, str]) -> None:
    page.goto("/office/paper/")
    page.locator("#id_file").set_input_files(path)
    page.get_by_role("button", name=words["upload"]).click()
    expect(page.get_by_role("heading", level=1, name=words["list"])).to_be_visible()


@pytest.mark.parametrize("language", list(WORDS))
def test_list_is_checked_confirmed_and_found_by_the_public(
    open_page: OpenPage, people: dict[str, User], lists: dict[str, str], language: str
) -> None:
    words = WORDS[language]
    office, publisher, public = (open_page(language=language) for _ in range(3))
    enter(office, "banshi", "/office/paper/")
    check_page(office)
    upload(office, lists["faulty"], words)
    expect(office.locator("main")).to_contain_text("F2")
    check_page(office)
    upload(office, lists["good"], words)
    expect(office.get_by_role("button", name=words["confirm"])).to_have_count(0)
    check_page(office)
    enter(publisher, "fabu", "/office/paper/PAPER-" + str(timezone.localdate().year) + "-0002/")
    publisher.get_by_role("button", name=words["confirm"]).click()
    expect(publisher.get_by_role("table", name=words["entered"])).to_be_visible()
    check_page(publisher)
    sign_pending(limit=1, at=timezone.now(), keys=open_keys(at=timezone.now()))
    find(public, words)
    check_page(public)
    publisher.locator('a[href^="/office/paper/titles/"]').first.click()
    check_page(publisher)


def find(page: Page, words: dict[str, str]) -> None:
    page.goto("/verify/")
    page.locator("#id_number").fill("沪经信技〔2015〕第12号")
    page.locator("#id_code").fill(USCC)
    page.get_by_role("button", name=words["verify"], exact=True).click()
    expect(page.get_by_role("heading", level=1, name=words["found"])).to_be_visible()
