"""Accounts in a real browser: first log-in, time-out in mid-form with and without scripts, registration, every page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.sessions.models import Session
from django.utils import timezone
from playwright.sync_api import Page, expect

from accreditation.models import Member, User
from accreditation.seeds.accounts import DEMO_PASSWORD, seed_accounts
from tests.browser.checks import check_page, watch_of
from tests.browser.walk import press_account

TEXT = "沪示例〔2026〕7号，写了一个小时的依据"


@pytest.fixture
def people(transactional_db: None, settings: Any, var_dir: Path) -> dict[str, User]:
    """The whole cast on a site in demo mode."""
    settings.ACCREDITATION_DEMO = True
    return seed_accounts(timezone.now())


def enter(page: Page, username: str, onward: str = "/") -> None:
    """By the demo's button."""
    page.goto(f"/login/?next={onward}")
    press_account(page, username)
    page.wait_for_url(f"**{onward}")


def test_first_log_in_sets_the_second_factor_up_and_shows_recovery_codes(page: Page, people: dict[str, User]) -> None:
    page.goto("/members/")
    page.get_by_label("用户名或电子邮箱").fill("pudong")
    page.get_by_label("密码", exact=True).fill(DEMO_PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="设置动态验证码")).to_be_visible()
    assert page.locator("main img").evaluate("image => image.naturalWidth") > 100
    check_page(page)
    secret = page.locator("main code").inner_text().replace(" ", "")
    page.get_by_label("验证码").fill(format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30)))
    page.get_by_role("button", name="验证").click()
    expect(page.get_by_role("heading", name="请保存恢复码")).to_be_visible()
    check_page(page)
    page.get_by_role("link", name="已保存，继续").click()
    expect(page.get_by_role("heading", name="成员核验")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_time_out_in_mid_form_comes_back_to_the_same_field_with_the_same_text(
    open_page: Any, people: dict[str, User], javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    enter(page, "anquan", "/grants/")
    Session.objects.all().delete()
    page.get_by_label("授权依据").fill(TEXT)
    if javascript:
        watch_of(page).expect("401")
        page.get_by_label("授权依据").blur()
        expect(page.locator("[data-autosave-status]")).to_contain_text("未保存：登录已超时")
    page.get_by_role("button", name="提请授予").click()
    expect(page.get_by_role("heading", name="登录", exact=True)).to_be_visible()
    press_account(page, "anquan")
    page.wait_for_url("**/grants/#id_ground")
    expect(page.get_by_label("授权依据")).to_have_value(TEXT)
    expect(page.get_by_text("已恢复登录超时前填写的内容")).to_be_visible()
    expect(page.get_by_label("授权依据")).to_be_focused()


def test_typed_field_is_saved_and_is_there_again_in_a_new_window(page: Page, people: dict[str, User]) -> None:
    enter(page, "anquan", "/grants/")
    page.get_by_label("授权依据").fill(TEXT)
    page.get_by_label("授权依据").blur()
    expect(page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    other = page.context.new_page()
    other.goto("/grants/")
    expect(other.get_by_label("授权依据")).to_have_value(TEXT)


def test_two_windows_on_one_field_show_both_texts(page: Page, people: dict[str, User]) -> None:
    watch_of(page).expect("409")
    enter(page, "anquan", "/grants/")
    other = page.context.new_page()
    other.goto("/grants/")
    page.get_by_label("授权依据").fill("第一窗口")
    page.get_by_label("授权依据").blur()
    # Whichever window is saved first is right; the other one is asked only once this one's text has arrived.
    expect(page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    other.get_by_label("授权依据").fill("第二窗口")
    other.get_by_label("授权依据").blur()
    expect(other.locator(".autosave-theirs")).to_have_text("第一窗口")
    other.get_by_role("button", name="保留我的内容").click()
    expect(other.locator("[data-autosave-status]")).to_contain_text("已自动保存")


def test_registration_names_the_wrong_character_and_then_waits_for_the_officer(
    page: Page, people: dict[str, User], tmp_path: Path
) -> None:
    proof = tmp_path / "授权书.pdf"
    proof.write_bytes(b"%PDF-1.4\n%%EOF\n")
    page.goto("/register/")
    page.get_by_label("统一社会信用代码").fill("91350100M0001O0Y43")
    page.get_by_label("单位名称").fill("上海示例新企业有限公司")
    page.get_by_label("注册地所在区").select_option("310114")
    page.get_by_label("经办人姓名").fill("王示例")
    page.get_by_role("textbox", name="电子邮箱").fill("wang@example.invalid")
    page.get_by_label("手机").fill("13800000000")
    for label in ("设置密码", "再次输入密码"):
        page.get_by_label(label).fill("correct-horse-battery")
    page.get_by_label("授权证明").set_input_files(proof)
    page.get_by_role("button", name="提交注册").click()
    expect(page.locator("#error-summary")).to_contain_text("第 14 位“O”不是代码用字")
    check_page(page)
    page.get_by_label("统一社会信用代码").fill("91350100M000100Y43")
    for label in ("设置密码", "再次输入密码"):
        page.get_by_label(label).fill("correct-horse-battery")
    page.get_by_label("授权证明").set_input_files(proof)
    page.get_by_role("button", name="提交注册").click()
    expect(page.get_by_role("heading", name="注册申请已提交")).to_be_visible()
    check_page(page)
    enter(page, "jiading", "/members/")
    check_page(page)
    page.get_by_role("link", name="上海示例新企业有限公司").click()
    check_page(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="授权书.pdf").click()
    assert download.value.suggested_filename == "授权书.pdf"
    page.get_by_role("button", name="确认成员身份").click()
    expect(page.get_by_text("已确认成员身份")).to_be_visible()
    assert Member.objects.get(user__name="王示例").state == "active"


PAGES = [
    ("", ["/login/", "/register/", "/password/reset/", "/password/reset/sent/", "/login/closed/"]),
    ("qiye", ["/org/members/", "/messages/", "/me/security/", "/password/change/", "/logout/"]),
    ("anquan", ["/grants/", "/people/"]),
    ("yunwei", ["/people/", "/me/security/"]),
]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize(("username", "paths"), PAGES, ids=lambda value: value if isinstance(value, str) else "")
def test_account_pages_pass_every_check_in_both_languages(
    open_page: Any, people: dict[str, User], username: str, paths: list[str], language: str
) -> None:
    page = open_page(language=language)
    if username:
        enter(page, username, paths[0])
    for path in paths:
        page.goto(path)
        check_page(page)
