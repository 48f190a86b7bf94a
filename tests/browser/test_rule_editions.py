"""A live edition without code: drafted from the demonstration set, tried, published by a second person, used."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accreditation.effects import Report, run_due
from accreditation.models import Batch, RuleDraft, RuleSetEdition, User
from accreditation.seeds.accounts import seed_accounts
from accreditation.services.rule_sets import store_edition
from criteria.editing import opened, parts
from tests.browser.checks import WIDTHS, check_axe, check_page, check_width, watch_of
from tests.browser.test_accounts import enter

NAMES = {"zh": "上海市市级企业技术中心（2027年版）", "en": "Municipal centre, edition 2027"}


@pytest.fixture
def people(transactional_db: None, settings: Any, var_dir: Path) -> dict[str, User]:
    """The whole cast on a site in demo mode, with the demonstration edition."""
    settings.ACCREDITATION_DEMO = True
    found = seed_accounts(timezone.now())
    store_edition("shanghai_municipal_centre/2022-demo", at=timezone.now())
    return found


def look(page: Page, name: str) -> None:
    """Check the page; widths and rules of access included."""
    check_page(page)


def begin(page: Page) -> RuleDraft:
    enter(page, "banshi", "/office/rules/")
    look(page, "list")
    page.get_by_role("link", name="起草新版本").click()
    look(page, "new")
    page.get_by_label("项目", exact=True).select_option(label="上海市市级企业技术中心")
    page.get_by_role("button", name="建立草案").click()
    expect(page.locator("#error-summary")).to_be_visible()
    look(page, "new-faulty")
    page.get_by_label("新版本号").fill("2027")
    page.get_by_label("名称", exact=True).fill(NAMES["zh"])
    page.get_by_label("英文名称").fill(NAMES["en"])
    page.get_by_label("生效日期").fill("2026-01-01")
    page.get_by_role("button", name="建立草案").click()
    expect(page.get_by_role("heading", name=NAMES["zh"])).to_be_visible()
    look(page, "draft")
    return RuleDraft.objects.get()


def open_tab(page: Page, label: str) -> None:
    page.get_by_role("navigation", name="草案的页面").get_by_role("link", name=label, exact=True).click()
    page.wait_for_load_state("load")


def cite(page: Page) -> None:
    """A source is listed, a figure changed by hand, the rest confirmed against the document."""
    open_tab(page, "出处")
    look(page, "sources")
    page.get_by_label("文件名称和文号").fill("示例文件 沪示例〔2026〕1号 附件1")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.locator("#source-G1")).to_contain_text("沪示例〔2026〕1号")
    open_tab(page, "逐项内容")
    look(page, "rows")
    page.get_by_role("link", name=re.compile("X-05")).click()
    look(page, "row")
    full = page.get_by_role("group", name=re.compile("满分要求"))
    full.get_by_label("数值").fill("六十")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#error-summary")).to_contain_text("普通小数")
    full.get_by_label("数值").fill("60")
    full.get_by_label("可信度").select_option("found")
    full.get_by_label("出处代号").fill("G1")
    full.get_by_label("条款").fill("附件1第五项")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存。")).to_be_visible()
    open_tab(page, "核对出处")
    look(page, "confirm")
    for box in page.locator('input[name="paths"]').all():
        box.check()
    page.get_by_label("出处", exact=True).select_option("G1")
    page.get_by_label("条款").fill("附件1")
    page.get_by_role("button", name="所勾选的已核对一致").click()
    expect(page.get_by_text("全部内容都有可靠出处")).to_be_visible()


def work_out(page: Page) -> None:
    """The cases of the limit that moved are worked out again."""
    open_tab(page, "边界案例")
    look(page, "cases")
    expect(page.get_by_text("不符", exact=True)).to_have_count(1)
    page.get_by_role("link", name=re.compile("X-05.*满分要求")).click()
    look(page, "case")
    for side, given in (("略低于界限", "59.99"), ("正好在界限", "60"), ("略高于界限", "60.01")):
        page.get_by_label(f"{side}：数值").fill(given)
        page.get_by_label(f"{side}：手算得分").fill("2")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("不符", exact=True)).to_have_count(0)


def name_instrument(page: Page) -> None:
    open_tab(page, "名称和依据")
    look(page, "identity")
    page.locator("#instrument_title_zh").fill("上海市市级企业技术中心认定评价工作指南（示例）")
    page.locator("#instrument_title_en").fill("Guide (example)")
    page.get_by_role("button", name="加入依据").click()
    expect(page.get_by_text("上海市市级企业技术中心认定评价工作指南（示例）")).to_be_visible()


def try_on_the_past(page: Page) -> None:
    open_tab(page, "与底稿的差异")
    expect(page.get_by_text("满分要求：50 人月 → 60 人月")).to_be_visible()
    look(page, "difference")
    open_tab(page, "历史试算")
    look(page, "trial")
    page.get_by_role("button", name="开始试算").click()
    expect(page.get_by_role("heading", name="正在试算")).to_be_visible()
    look(page, "trial-running")
    while run_due(timezone.now()) != Report():  # the accounts' own letters are due before it
        pass
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_role("heading", name="试算结果")).to_be_visible()
    look(page, "trial-done")


def publish(page: Page, other: Page, draft: RuleDraft) -> None:
    open_tab(page, "概况")
    look(page, "ready")
    page.get_by_role("button", name="送交另一位人员发布").click()
    expect(page.get_by_text("须由没有起草或修改过它的另一位人员发布")).to_be_visible()
    look(page, "submitted")
    enter(other, "fabu", "/office/publishing/")
    other.get_by_role("link", name=draft.number).click()
    look(other, "publisher")
    other.get_by_role("button", name="核对无误，发布").click()
    expect(other.get_by_role("link", name="查看已发布的版本")).to_be_visible()
    other.get_by_role("link", name="查看已发布的版本").click()
    expect(other.get_by_role("heading", level=1)).to_have_text(NAMES["zh"])
    look(other, "edition")
    look_at_print(other)
    other.goto("/editions/")
    look(other, "editions")


def look_at_print(page: Page) -> None:
    """The printed page brings its own style past the policy of the site, and goes on A4 paper."""
    page.get_by_role("link", name="打印版").click()
    page.wait_for_load_state("load")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        check_width(page, width)
        check_axe(page, width)
    assert page.locator("h1").evaluate("each => getComputedStyle(each).textAlign") == "center"
    page.emulate_media(media="print")
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")
    page.emulate_media(media="screen")
    watch_of(page).check()
    page.go_back()


def open_live_batch(page: Page, other: Page) -> None:
    page.goto("/office/batches/new/")
    page.get_by_label("项目", exact=True).select_option(label="上海市市级企业技术中心")
    edition = RuleSetEdition.objects.get(reference="shanghai_municipal_centre/2027")
    page.get_by_label("规则集版本").select_option(str(edition.pk))
    page.get_by_label("批次序号").fill("35")
    page.get_by_role("button", name="提请开启").click()
    expect(page.get_by_text("须由提请人以外的另一位经办人确认。")).to_be_visible()
    other.context.clear_cookies()
    enter(other, "banshi2", urlsplit(page.url).path)
    other.get_by_role("button", name="核对无误，确认").click()
    expect(other.get_by_text("批次已开启。")).to_be_visible()


def test_office_makes_the_demonstration_set_a_live_edition_and_opens_a_batch_on_it(
    open_page: Callable[..., Page], people: dict[str, User]
) -> None:
    page, other = open_page(), open_page(width=390)
    watch_of(page).expect("status of 422")
    draft = begin(page)
    cite(page)
    work_out(page)
    name_instrument(page)
    try_on_the_past(page)
    publish(page, other, draft)
    open_live_batch(page, other)
    batch = Batch.objects.get()
    assert (batch.is_demo, batch.rule_set.live_faults) == (False, 0)
    assert batch.rule_set.published_by == people["fabu"]
    assert all(part.entry["source"] for part in parts(opened(batch.rule_set.text)))


def test_drafting_in_english_shows_the_same_pages(open_page: Callable[..., Page], people: dict[str, User]) -> None:
    page = open_page(language="en")
    enter(page, "banshi", "/office/rules/")
    look(page, "en-list")
    page.get_by_role("link", name="Draft a new edition").click()
    page.get_by_label("New edition").fill("2027")
    page.get_by_label("Name", exact=True).fill(NAMES["zh"])
    page.get_by_label("English name").fill(NAMES["en"])
    page.get_by_label("In force from").fill("2026-01-01")
    page.get_by_role("button", name="Begin the draft").click()
    expect(page.get_by_role("heading", name=NAMES["en"])).to_be_visible()
    look(page, "en-draft")
    for label in (
        "Name and basis",
        "Sources",
        "Contents",
        "Compare with sources",
        "Boundary cases",
        "Differences",
        "Trial",
    ):
        page.get_by_role("navigation", name="Pages of the draft").get_by_role("link", name=label, exact=True).click()
        page.wait_for_load_state("load")
        look(page, label)
