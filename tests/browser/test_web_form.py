"""The form typed in a real browser: a fault first, a time-out in the middle, two tabs, then checked and filed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.sessions.models import Session
from django.test import Client
from playwright.sync_api import Page, expect

from accreditation.models import Application, Case, Draft, WorkbookUpload
from accreditation.services.rule_sets import rules_of, template_of
from criteria.facts import Facts
from criteria.workbook.answers import Answers
from tests.browser.applying import scan
from tests.browser.checks import check_page, watch_of
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.workflows.web_form.typing import pages_of, sample_answers
from workflows.opening import open_application
from workflows.web_form.sections import form_path, section_path

OpenPage = Callable[..., Page]
PASSWORD = "示例密码-2026"
FIGURES = "table-1"


@pytest.fixture
def cast(transactional_db: None, settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


def sign_in(page: Page, cast: Cast) -> None:
    """As after the log-in page."""
    client = log_in(Client(), cast.member0)
    page.goto("/")
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": page.url}])


def fill(page: Page, texts: dict[str, str]) -> None:
    """Type into every input of the page that holds something else; the choices are chosen."""
    for name, text in texts.items():
        control = page.locator(f'[id="id_{name}"]')
        if control.input_value() == text:
            continue
        if control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(text)
        else:
            control.fill(text)


def type_form(page: Page, case: Case, answers: Answers) -> None:
    """Section by section with the buttons of the pages; lines are added where an annex needs more."""
    for section, part, texts in pages_of(template_of(case.application.batch), answers):
        page.goto(section_path(case.number, section.code, part))
        while any(page.locator(f'[id="id_{name}"]').count() == 0 for name in texts):
            press(page, "增加 5 行")
        fill(page, texts)
        press(page, "保存本部分")


def press(page: Page, name: str) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def look(page: Page) -> None:
    """Both widths, axe, console, language."""
    check_page(page)


def file_application(page: Page, case: Case) -> None:
    """Evidence and the declaration."""
    page.goto(f"/my/cases/{case.number}/materials/")
    for kind in rules_of(case.application.batch).evidence:
        if kind.required:
            page.locator(f"#file-{kind.code}").set_input_files(scan(kind.code, f"{kind.code}.pdf"))
            with page.expect_navigation():
                page.locator(f"#evidence-{kind.code} .upload-box button").click()
    page.goto(f"/my/cases/{case.number}/check/")
    page.get_by_label("我单位承诺").check()
    for box in page.locator("main form input[type=checkbox]:not(:checked)").all():
        box.check()
    press(page, "提交申报")


@pytest.mark.parametrize("width", [1280, 390])
def test_form_is_typed_corrected_saved_and_filed(open_page: OpenPage, cast: Cast, case: Case, width: int) -> None:
    page = open_page(width=width)
    sign_in(page, cast)
    good = sample_answers(case)
    page.goto(form_path(case.number))
    look(page)
    type_form(page, case, replace(good, figures={**good.figures, ("revenue_main", 2025): "约一百"}))
    page.goto(form_path(case.number))
    press(page, "检查并保存")
    summary = page.locator("#error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(1)
    look(page)
    with page.expect_navigation():
        summary.get_by_role("link").click()
    faulty = page.locator('[id="id_revenue_main-2025"]')
    expect(faulty).to_have_attribute("aria-invalid", "true")
    expect(faulty).to_have_value("约一百")
    look(page)
    faulty.fill(good.figures[("revenue_main", 2025)])
    press(page, "保存本部分")
    for code in ("basics", "annex-experts"):
        page.goto(section_path(case.number, code))
        look(page)
    page.goto(form_path(case.number))
    press(page, "检查并保存")
    expect(page.locator("main")).to_contain_text("检查通过")
    row = WorkbookUpload.objects.get(application__case=case, is_accepted=True)
    assert Facts.from_json(row.facts).value("uscc") == cast.enterprises[0].uscc
    assert not Draft.objects.exists()
    file_application(page, case)
    assert Application.objects.get(case=case).state == "submitted"
    page.goto(section_path(case.number, FIGURES))
    look(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["scripts", "no scripts"])
def test_time_out_in_mid_form_brings_the_text_back_to_its_field(
    open_page: OpenPage, cast: Cast, case: Case, javascript: bool
) -> None:
    page = open_page(javascript=javascript)
    sign_in(page, cast)
    address = section_path(case.number, FIGURES)
    page.goto(address)
    Session.objects.all().delete()
    page.locator('[id="id_profit_total-2024"]').fill("写了一个小时的数 1,234.5")
    if javascript:
        watch_of(page).expect("401")
        page.keyboard.press("Tab")
        expect(page.locator("[data-autosave-status]")).to_contain_text("未保存：登录已超时")
        expect(page.locator('[id="id_profit_total-2024"]')).to_have_value("写了一个小时的数 1,234.5")
        page.goto(page.get_by_role("link", name="在新窗口登录，本页文字保留").get_attribute("href") or "")
    else:
        press(page, "保存本部分")
    page.get_by_label("用户名或电子邮箱").fill("member0")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    press(page, "登录")
    assert address in page.url
    assert "#id_" in page.url
    expect(page.locator('[id="id_profit_total-2024"]')).to_have_value("写了一个小时的数 1,234.5")
    assert Draft.objects.get(field="profit_total-2024").text == "写了一个小时的数 1,234.5"


def test_two_tabs_show_both_texts_and_keep_the_one_that_is_chosen(open_page: OpenPage, cast: Cast, case: Case) -> None:
    first = open_page()
    sign_in(first, cast)
    second = first.context.new_page()
    for page in (first, second):
        page.goto(section_path(case.number, "basics"))
    first.get_by_label("通讯地址").fill("第一个窗口的地址")
    first.keyboard.press("Tab")
    expect(first.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    watch_of(second).expect("409")
    second.get_by_label("通讯地址").fill("第二个窗口的地址")
    second.keyboard.press("Tab")
    conflict = second.locator(".autosave-conflict")
    expect(conflict).to_contain_text("第一个窗口的地址")
    expect(second.get_by_label("通讯地址")).to_have_value("第二个窗口的地址")
    check_page(second)
    assert Draft.objects.get(field="address").text == "第一个窗口的地址"
    conflict.get_by_role("button", name="采用另一窗口的内容").click()
    expect(second.get_by_label("通讯地址")).to_have_value("第一个窗口的地址")
    second.get_by_label("通讯地址").fill("商定的地址")
    press(second, "保存本部分")
    assert Draft.objects.get(field="address").text == "商定的地址"


def test_button_pressed_right_after_typing_is_no_conflict_with_the_own_tab(
    open_page: OpenPage, cast: Cast, case: Case
) -> None:
    page = open_page()
    sign_in(page, cast)
    page.goto(section_path(case.number, "basics"))
    page.get_by_label("通讯地址").fill("先存一次")
    page.keyboard.press("Tab")
    expect(page.locator("[data-autosave-status]")).to_contain_text("已自动保存")
    page.get_by_label("通讯地址").fill("马上再改")
    press(page, "保存本部分")
    expect(page.locator(".autosave-conflict")).to_have_count(0)
    assert Draft.objects.get(field="address").text == "马上再改"
