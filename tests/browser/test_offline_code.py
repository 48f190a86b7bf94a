"""The offline page as a browser without network reads it from a folder: the verdicts of the command."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Browser, Page

from certificates.printed import check_printed, printed_text
from certificates.printed_keys import PrintedKey, keys_of, open_printed_key
from certificates.services.keys import open_keys
from certificates.services.offline import offline_files
from certificates.snapshot import Snapshot
from tests.certificates.samples import CODE, HOLDER, snapshot

DIGEST = "ab" * 32


@pytest.fixture
def key(var_dir: Path) -> PrintedKey:
    made = open_keys(at=timezone.now()).printed
    assert made is not None
    return made


@pytest.fixture
def current() -> Snapshot:
    """A certificate within its period of validity."""
    today = timezone.localdate()
    return snapshot(valid_from=today, valid_until=today + timedelta(days=1000))


class Stick:
    """The published folder carried away, and the page opened from it."""

    def __init__(self, folder: Path, page: Page) -> None:
        self.folder, self.page = folder, page
        for name, content in offline_files().items():
            (folder / name).write_bytes(content)

    def open(self, name: str = "index.html") -> None:
        self.page.goto(f"file://{self.folder}/{name}")

    def check(self, text: str) -> str:
        """The outcome that is shown for a text."""
        self.page.evaluate("document.getElementById('result').hidden = true")
        self.page.locator("#content").evaluate("(area, text) => { area.value = text; }", text)
        self.page.locator("button[type=submit]").click()
        self.page.locator("#result").wait_for(state="visible")
        shown = self.page.locator("[data-outcome]:not([hidden])")
        (outcome,) = shown.evaluate_all("all => all.map(each => each.dataset.outcome)")
        return str(outcome)


@pytest.fixture
def stick(key: PrintedKey, browser: Browser, tmp_path: Path) -> Iterator[Stick]:
    folder = tmp_path / "stick"
    folder.mkdir()
    context = browser.new_context(offline=True, locale="zh-CN", viewport={"width": 390, "height": 900})
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.on("pageerror", lambda fault: told.append(str(fault)))
    made = Stick(folder, page)
    made.open()
    yield made
    context.close()
    assert told == []


def test_sound_code_is_valid_and_its_claims_are_shown(stick: Stick, key: PrintedKey, current: Snapshot) -> None:
    assert stick.check(printed_text(current, DIGEST, key)) == "valid"
    values = stick.page.locator("[data-value]").all_inner_texts()
    dates = [str(current.valid_from), str(current.valid_until)]
    assert values == [
        current.number, "1", HOLDER, current.programme_zh, *dates, DIGEST[:32], current.url,
    ]  # fmt: skip
    assert stick.page.locator("#specimen").is_visible()


def _texts(content: Snapshot, key: PrintedKey) -> Iterator[str]:
    sound = printed_text(content, DIGEST, key)
    address, _, letters = sound.rpartition(".")
    yield from (sound, sound.lower(), f" {sound}", sound + "A", sound[:-1], sound.replace("127", "128"))
    yield from (" ", "x", address, f"{address}.", f"{address}.AAAAAAAA", f"{address}.1", "HTTP://甲/V/乙.AA")
    yield from ("HTTPS://X/V/Y.2KCA", "HTTPS://X.CN/W/Y", "HTTPS://X.CN/V/Y", sound.replace(CODE, CODE[::-1]))
    yield from (f"{address}.{letters[:place]}Q{letters[place + 1 :]}" for place in range(0, len(letters), 23))
    elsewhere = snapshot(url=content.url.replace("HTTP:", "HTTPS:"))
    yield f"{address}.{printed_text(elsewhere, DIGEST, key).rpartition('.')[2]}"


def test_browser_and_command_reach_the_same_verdicts(stick: Stick, key: PrintedKey, current: Snapshot) -> None:
    known = keys_of(offline_files()["keys.json"])
    texts = list(_texts(current, key))
    expected = {text: rule.value if (rule := check_printed(text, known).rule) else "valid" for text in texts}
    assert {text: stick.check(text) for text in texts} == expected
    assert set(expected.values()) >= {"valid", "no_code", "no_statement", "statement_unreadable", "code_altered"}


def test_period_of_validity_is_compared_with_today(stick: Stick, key: PrintedKey, current: Snapshot) -> None:
    today, long_ago = current.valid_from, current.valid_from - timedelta(days=3000)
    for first, last, outcome in (
        (long_ago, today - timedelta(days=2), "valid_but_over"),
        (long_ago, today, "valid"),
        (today + timedelta(days=2), today + timedelta(days=9), "valid_but_early"),
    ):
        text = printed_text(snapshot(valid_from=first, valid_until=last), DIGEST, key)
        assert stick.check(text) == outcome


def test_keys_of_another_house_do_not_know_the_code(
    stick: Stick, key: PrintedKey, current: Snapshot, tmp_path: Path
) -> None:
    (tmp_path / "trust").mkdir()
    open_printed_key(tmp_path)
    text = printed_text(current, DIGEST, key)
    assert stick.check(text) == "valid"
    stick.page.locator("#key-file").set_input_files(tmp_path / "trust" / "qr-keys.json")
    stick.page.wait_for_function("id => document.getElementById('key-ids').textContent !== id", arg=key.key_id.hex())
    assert stick.check(text) == "unknown_key"


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_page_has_no_accessibility_findings(stick: Stick, key: PrintedKey, current: Snapshot, name: str) -> None:
    stick.open(name)
    stick.check(printed_text(current, DIGEST, key))
    findings: Any = Axe().run(stick.page, options={"preload": False})
    assert findings.response["violations"] == []
    assert stick.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_page_served_by_the_site_checks_as_well(open_page: Any, var_dir: Path, current: Snapshot) -> None:
    made = open_keys(at=timezone.now()).printed
    page = open_page()
    page.goto("/verify/offline/")
    page.locator("#content").fill(printed_text(current, DIGEST, made))
    page.get_by_role("button", name="核验", exact=True).click()
    page.locator("[data-outcome=valid]").wait_for(state="visible")
