"""The style page in the browser: every component, both languages, three widths, saving of fields, paper."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import LazySettings
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from tests.browser.checks import check_axe, check_language, check_page, check_width, watch_of

OpenPage = Callable[..., Page]
SAVE = "**/styleguide/autosave/"


@pytest.fixture(autouse=True)
def demo_mode(settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True


@pytest.fixture
def form_page(page: Page) -> Page:
    page.goto("/styleguide/")
    return page


def answer(code: int, told: str) -> Callable[[Route], None]:
    return lambda route: route.fulfill(status=code, content_type="application/json", body=told)


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("query", ["", "?errors=1"])
def test_style_page_passes_all_checks_at_three_widths(open_page: OpenPage, language: str, query: str) -> None:
    page = open_page(language)
    page.goto(f"/styleguide/{query}")
    assert page.evaluate("document.documentElement.lang") == language
    check_page(page)
    page.set_viewport_size({"width": 320, "height": 900})
    check_width(page, 320)


@pytest.mark.parametrize(
    ("fault", "check"),
    [
        ("document.querySelector('main').append('hello')", check_language),
        ("document.documentElement.lang = ''", check_language),
        ("document.querySelector('main').append(document.createElement('input'))", lambda p: check_axe(p, 1280)),
        ("document.querySelector('h1').append('M'.repeat(400)); document.body.style.overflowWrap = 'normal'",
         lambda p: check_width(p, 1280)),
        ("new Image().src = 'http://elsewhere.invalid/x.png'", lambda p: watch_of(p).check()),
        ("document.body.setAttribute('style', 'color: red')", lambda p: watch_of(p).check()),
        ("console.error('broken')", lambda p: watch_of(p).check()),
    ],
)  # fmt: skip
def test_planted_fault_is_seen_by_its_check(form_page: Page, fault: str, check: Callable[[Page], None]) -> None:
    form_page.evaluate(f"() => {{ {fault}; }}")
    with pytest.raises(AssertionError):
        _check_until(time.monotonic() + 15, form_page, check)
    form_page.wait_for_timeout(200)  # a fault may be reported in two ways
    watch_of(form_page).faults.clear()


def _check_until(end: float, page: Page, check: Callable[[Page], None]) -> None:
    """Again and again: what the browser reports may take its time to come."""
    while time.monotonic() < end:
        check(page)
        page.wait_for_timeout(50)


def test_untranslated_chinese_on_an_english_page_is_seen(open_page: OpenPage) -> None:
    page = open_page("en")
    page.goto("/styleguide/")
    page.evaluate("document.querySelector('main').append('未翻译')")
    with pytest.raises(AssertionError, match="未翻译"):
        check_language(page)


def test_error_summary_takes_the_focus_and_leads_to_the_field(page: Page) -> None:
    page.goto("/styleguide/?errors=1")
    assert page.title().startswith("有错误：")
    expect(page.locator("#error-summary")).to_be_focused()
    page.locator("#error-summary a").first.click()
    expect(page.locator("#id_faulty-enterprise")).to_be_focused()


def test_log_in_page_has_the_whole_shell_and_passes_all_checks(open_page: OpenPage) -> None:
    page = open_page()
    page.goto(reverse("account_login"))
    expect(page.get_by_role("region", name="环境说明")).to_be_visible()
    expect(page.get_by_role("navigation", name="主导航").get_by_role("link", name="首页")).to_be_visible()
    check_page(page)


def test_page_without_scripts_is_complete_and_switches_language(open_page: OpenPage) -> None:
    page = open_page(javascript=False, width=390)
    page.goto("/styleguide/")
    expect(page.get_by_role("navigation", name="主导航").get_by_role("link", name="首页")).to_be_visible()
    page.get_by_role("button", name="English").click()
    assert urlsplit(page.url).path == "/styleguide/"
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_changed_field_is_saved_with_its_version(form_page: Page) -> None:
    with form_page.expect_request(SAVE) as sent:
        form_page.get_by_label("企业名称").fill("示例企业")
        form_page.get_by_label("企业名称").blur()
    body = parse_qs(sent.value.post_data or "")
    assert body == {"field": ["enterprise"], "value": ["示例企业"], "version": ["1"]}
    assert sent.value.headers["x-csrftoken"]
    expect(form_page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    with form_page.expect_request(SAVE) as again:
        form_page.get_by_label("智能装备").check()
    assert parse_qs(again.value.post_data or "") == {"field": ["fields_of_work"], "value": ["a"], "version": ["2"]}


def test_lost_network_is_told_and_the_field_saved_when_it_is_back(form_page: Page) -> None:
    watch_of(form_page).expect("Failed to load resource")
    form_page.route(SAVE, lambda route: route.abort())
    field = form_page.get_by_label("企业名称")
    field.fill("断网时填写")
    field.blur()
    status = form_page.locator("[data-autosave-status]")
    expect(status).to_contain_text("未保存：网络中断")
    expect(field).to_have_value("断网时填写")
    form_page.unroute(SAVE)
    form_page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(status).to_contain_text("已自动保存")


def test_expired_session_keeps_the_text_and_leads_back_to_the_field(form_page: Page) -> None:
    watch_of(form_page).expect("status of 401")
    form_page.route(SAVE, answer(401, '{"login": "/accounts/login/?next=/elsewhere/"}'))
    field = form_page.get_by_label("技术中心简介")
    field.fill("写了一个小时的文字")
    field.blur()
    status = form_page.locator("[data-autosave-status]")
    expect(status).to_contain_text("未保存：登录已超时")
    expect(field).to_have_value("写了一个小时的文字")
    link = urlsplit(status.get_by_role("link").get_attribute("href") or "")
    assert link.path == "/accounts/login/"
    assert parse_qs(link.query) == {"next": ["/styleguide/#id_summary"]}
    check_page(form_page, widths=(390,))


def test_older_text_in_a_second_window_is_refused_and_both_are_shown(form_page: Page) -> None:
    watch_of(form_page).expect("status of 409")
    form_page.route(SAVE, answer(409, '{"theirs": "另一窗口的文字", "version": 7}'))
    field = form_page.get_by_label("技术中心简介")
    field.fill("本窗口的文字")
    field.blur()
    conflict = form_page.locator(".autosave-conflict")
    expect(conflict).to_contain_text("另一窗口的文字")
    expect(field).to_have_value("本窗口的文字")
    check_page(form_page, widths=(390,))
    form_page.unroute(SAVE)
    with form_page.expect_request(SAVE) as sent:
        conflict.get_by_role("button", name="采用另一窗口的内容").click()
    assert parse_qs(sent.value.post_data or "")["version"] == ["7"]
    expect(field).to_have_value("另一窗口的文字")


def test_nothing_typed_is_kept_in_the_browsers_storage(form_page: Page) -> None:
    field = form_page.get_by_label("技术中心简介")
    field.fill("不进入浏览器存储")
    field.blur()
    expect(form_page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    kept = form_page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])")
    assert "不进入" not in kept


def test_printed_score_table_tells_failure_without_colour(form_page: Page) -> None:
    form_page.emulate_media(media="print")
    expect(form_page.get_by_role("navigation", name="主导航")).to_be_hidden()
    expect(form_page.locator(".score-fail").first).to_be_visible()
    fill = "element => getComputedStyle(element).fill"
    met = form_page.locator(".score-row:not(.score-short) .bar-fill").first.evaluate(fill)
    short = form_page.locator(".score-short .bar-fill").first.evaluate(fill)
    assert (met, short) == ("rgb(119, 119, 119)", "rgb(255, 255, 255)")
