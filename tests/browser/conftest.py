"""Fixtures of the browser tests: the system's Chromium, pages that are watched, people in either language."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.checks import WATCHES, Watch
from tests.browser.every_page import Visit, faults_of
from tests.browser.in_process import SITE, Answers
from tests.machine import CHROMIUM_NAMES

# The synchronous API keeps an event loop running in this thread, in which Django otherwise refuses its database;
# the loop lasts until the end of the session, so the permission must as well.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

OpenPage = Callable[..., Page]
PATIENCE = 15_000  # ms until a page counts as not answering: the machine may be busy with other tests


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
            item.add_marker("slow")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The program that Debian installs: Playwright's own download is not used."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
    return {**browser_type_launch_args, "executable_path": program, "args": flags}


@pytest.fixture
def open_page(browser: Browser, live_server: LiveServer) -> Iterator[OpenPage]:
    """Call it for each person of a test: `open_page(language="en", width=390, javascript=False)` gives a fresh session.

    When the test ends, everything that any of the pages reported fails it.
    """
    contexts: list[BrowserContext] = []

    def open_one(language: str = "zh-CN", width: int = 1280, javascript: bool = True) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            locale=language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            reduced_motion="reduce",
        )
        contexts.append(context)
        WATCHES[context] = Watch(context, live_server.url)
        return context.new_page()

    expect.set_options(timeout=PATIENCE)
    yield open_one
    watches = [WATCHES.pop(context) for context in contexts]
    for context in contexts:
        context.close()
    for watch in watches:
        watch.check()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One visitor, Chinese, on a desktop."""
    return open_page()


@pytest.fixture(scope="module")
def front(browser: Browser) -> Iterator[tuple[Page, Answers]]:
    """One page of a browser, and who answers it."""
    context = browser.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    WATCHES[context] = Watch(context, SITE)
    yield context.new_page(), Answers(context)
    del WATCHES[context]
    context.close()


@pytest.fixture(scope="module")
def visitor(front: tuple[Page, Answers]) -> Callable[[Visit], list[str]]:
    """Who opens a page tells what is wrong with it."""
    return lambda visit: faults_of(*front, visit)
