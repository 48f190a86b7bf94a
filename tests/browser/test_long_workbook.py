"""A workbook with a long annex: progress is seen to move, with and without JavaScript, then the result."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect
from pytest_django.live_server_helper import LiveServer

from accreditation.effects import Lane, run_due
from accreditation.models import Case, Enterprise, WorkbookReading
from accreditation.services import readings
from tests.browser.checks import check_page
from tests.browser.conftest import OpenPage
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from workflows.demo.material import workbook_for
from workflows.opening import open_application

LINES = 4800
SLOWED = 2.5  # seconds per report, so that the page, which asks every two, sees several
PERCENT = re.compile(r"^[1-9]\d?%$")


@pytest.fixture
def cast(transactional_db: None, settings: Any, var_dir: Any) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(timezone.now())


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=timezone.now())


Work = Callable[[], None]


@pytest.fixture
def start_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[Work]:
    """Call it to read what is waiting, in a thread as the worker does, slowly."""
    tell = readings.tell_rows
    threads: list[threading.Thread] = []

    def slowly(reading: WorkbookReading, done: int, known: int) -> None:
        tell(reading, done, known)
        time.sleep(SLOWED)

    def work() -> None:
        run_due(timezone.now(), lane=Lane.LONG)
        connection.close()

    def start() -> None:
        threads.append(threading.Thread(target=work))
        threads[-1].start()

    monkeypatch.setattr(readings, "tell_rows", slowly)
    yield start
    for thread in threads:
        thread.join(60)


def book(enterprise: Enterprise, cast: Cast, **more: Any) -> FilePayload:
    content = workbook_for(enterprise, cast.batch, seed=7, profile="strong", lines={"equipment": LINES}, **more)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return {"name": "长表.xlsx", "mimeType": kind, "buffer": content}


def signed_in(page: Page, live_server: LiveServer, cast: Cast) -> Page:
    cookie = log_in(Client(), cast.member0).cookies[django_settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def send(page: Page, case: Case, content: FilePayload, button: str) -> None:
    page.goto(f"/my/cases/{case.number}/workbook/")
    page.locator("#workbook").set_input_files(content)
    page.get_by_role("button", name=button).click()


def test_progress_moves_and_leads_to_the_upload(
    cast: Cast, case: Case, open_page: OpenPage, live_server: LiveServer, start_worker: Work
) -> None:
    page = signed_in(open_page(), live_server, cast)
    send(page, case, book(cast.enterprises[0], cast), "上传数据表")
    expect(page.get_by_role("heading", name="正在后台读取数据表")).to_be_visible()
    expect(page.get_by_text("等待读取")).to_be_visible()
    check_page(page)
    start_worker()
    percent = page.locator(".reading-state .number")
    expect(percent).to_have_text(PERCENT, timeout=30_000)
    first = int(percent.inner_text().rstrip("%"))
    check_page(page, axe=False)
    expect(percent).not_to_have_text(f"{first}%", timeout=30_000)
    assert int(percent.inner_text().rstrip("%")) > first
    page.wait_for_url("**/workbook/1/", timeout=60_000)
    expect(page.get_by_text("数据表读取通过，已保存")).to_be_visible()
    check_page(page)
    page.goto("/messages/")
    expect(page.get_by_text("数据表读取通过").first).to_be_visible()


def test_without_javascript_the_page_refreshes_itself_and_ends_at_the_faults(
    cast: Cast, case: Case, open_page: OpenPage, live_server: LiveServer, start_worker: Work
) -> None:
    page = signed_in(open_page(language="en", width=390, javascript=False), live_server, cast)
    other = cast.enterprises[2]
    send(page, case, book(other, cast), "Upload the data table")
    expect(page.get_by_role("heading", name="The data table is being read in the background")).to_be_visible()
    start_worker()
    expect(page.locator(".reading-state .number")).to_have_text(PERCENT, timeout=30_000)
    expect(page.get_by_role("link", name="Refresh")).to_be_visible()
    page.wait_for_url("**/workbook/1/", timeout=60_000)
    expect(page.locator("#error-summary")).to_be_visible()


def test_cancelling_leads_back_to_the_form(
    cast: Cast, case: Case, open_page: OpenPage, live_server: LiveServer
) -> None:
    page = signed_in(open_page(width=390), live_server, cast)
    send(page, case, book(cast.enterprises[0], cast), "上传数据表")
    page.get_by_text("取消读取").click()
    page.get_by_role("button", name="确认取消").click()
    expect(page.get_by_text("已取消读取，文件没有保存。")).to_be_visible()
    expect(page.locator("#workbook")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="查看原因").click()
    expect(page.locator("#refusal")).to_contain_text("您取消了读取")
    check_page(page)
