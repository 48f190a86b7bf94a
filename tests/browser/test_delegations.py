"""An officer lends a power to a colleague and takes it back, in both languages, on a desk and in the hand."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accreditation.models import Delegation, User
from accreditation.seeds.accounts import seed_accounts
from tests.browser.checks import check_page, watch_of
from tests.browser.test_accounts import enter


@pytest.fixture
def people(transactional_db: None, settings: Any, var_dir: Path) -> dict[str, User]:
    """The whole cast on a site in demo mode."""
    settings.ACCREDITATION_DEMO = True
    return seed_accounts(timezone.now())


@pytest.mark.parametrize(("language", "width"), [("zh-CN", 1280), ("en", 390)])
def test_officer_lends_a_power_and_takes_it_back(
    open_page: Any, people: dict[str, User], language: str, width: int
) -> None:
    page = open_page(language=language, width=width)
    enter(page, "fabu", "/me/delegations/")
    check_page(page)
    page.locator('input[name="powers"]').first.check()
    page.locator("#id_delegate").select_option(str(people["banshi"].pk))
    page.locator("#id_ends_on").fill((timezone.localdate() + timedelta(days=5)).isoformat())
    watch_of(page).expect("422")
    page.get_by_role("button", name="委托代办" if language == "zh-CN" else "Lend powers").click()
    check_page(page)  # without a reason it is asked again
    page.locator("#id_reason").fill("年休假")
    page.get_by_role("button", name="委托代办" if language == "zh-CN" else "Lend powers").click()
    page.wait_for_url("**/me/delegations/")
    check_page(page)
    page.get_by_role("button", name="收回" if language == "zh-CN" else "Take back").click()
    page.wait_for_url("**/me/delegations/")
    check_page(page)
    assert Delegation.objects.get().revoked_by == people["fabu"]
