"""Pages that need a world of their own, such as a district that recognises by itself: opened and looked at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page

from tests.attacks.journey import never_committed
from tests.browser.every_page import Visit, faults_of
from tests.browser.in_process import Answers
from tests.browser.scenes import SCENES, Scene
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


def test_answers_without_a_server_carry_the_content_security_policy(front: tuple[Page, Answers], var_dir: Path) -> None:
    page, answers = front
    assert faults_of(page, answers, Visit("home", Client(), "/")) == []
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert any("Content Security Policy" in fault for fault in faults_of(page, answers, Visit("home", Client(), "/")))
