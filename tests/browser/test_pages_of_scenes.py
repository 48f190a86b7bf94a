"""Pages that need a world of their own, such as a district that recognises by itself: opened and looked at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page

from tests.attacks.journey import never_committed
from tests.browser.checks import check_page
from tests.browser.every_page import Visit, faults_of
from tests.browser.in_process import SITE, Answers
from tests.browser.scenes import SCENES, Scene, signers_gone
from tests.clock import Clock

Visitor = Callable[[Visit], list[str]]

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_pages_of_scenes(visitor: Visitor, scene: Scene, tmp_path: Path, clock: Clock, monkeypatch: Any) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    opened, faults = [], []
    with never_committed(tmp_path):
        for visit in scene(clock):
            opened.append(visit.name)
            faults += visitor(visit)
    assert not faults, "\n".join(faults)
    assert tuple(opened) == SCENES[scene]


def test_pages_of_other_signers_in_both_languages_and_widths(
    front: tuple[Page, Answers], tmp_path: Path, clock: Clock, monkeypatch: Any
) -> None:
    """Neither in English nor on a phone does anything fall out of the page."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.at)
    page, answers = front
    with never_committed(tmp_path):
        for visit in signers_gone(clock):
            for language in ("zh-hans", "en"):
                visit.person.cookies[settings.LANGUAGE_COOKIE_NAME] = language
                answers.show(visit.person)
                page.goto(SITE + visit.address, wait_until="load")
                assert page.evaluate("document.documentElement.lang")[:2] == language[:2]
                check_page(page)


def test_answers_without_a_server_carry_the_content_security_policy(front: tuple[Page, Answers], var_dir: Path) -> None:
    page, answers = front
    assert faults_of(page, answers, Visit("home", Client(), "/")) == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert any("Content Security Policy" in fault for fault in faults_of(page, answers, Visit("home", Client(), "/")))
