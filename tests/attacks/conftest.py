"""The world of the attacks: built once a module, in a transaction that is never committed, and led step by step."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings

from tests.attacks.stages import STAGES, way_to
from tests.attacks.world import World, build

YEARS = 10 * 365 * 24 * 3600


class Journey:
    """Leads the world to a stage and, where that lies behind or beside, back to where the ways part."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._left: list[tuple[str, str, datetime]] = []  # stage entered, savepoint before it, time before it

    def go(self, stage: str) -> World:
        """The world with both cases at that stage."""
        way = way_to(stage)
        while [name for name, _, _ in self._left] != way[: len(self._left)]:
            _, savepoint, self.world.at = self._left.pop()
            transaction.savepoint_rollback(savepoint)
        for name in way[len(self._left) :]:
            self._left.append((name, transaction.savepoint(), self.world.at))
            STAGES[name][1](self.world)
        self.world.stage = stage
        return self.world


@pytest.fixture(scope="module")
def journey(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    """Two of everything; the clock of the site stands where the world was left, and sessions outlive the notice."""
    folder: Path = tmp_path_factory.mktemp("world")
    changed = {
        "VAR_DIR": folder, "EVIDENCE_DIR": folder / "evidence", "ACCREDITATION_DEMO": True, "SESSION_COOKIE_AGE": YEARS,
    }  # fmt: skip
    with (
        override_settings(**changed),
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        made = build()
        patch.setattr("django.utils.timezone.now", lambda: made.at)
        yield Journey(made)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest, journey: Journey) -> World:
    """The world at the stage that the test names, a draft where it names none."""
    return journey.go(getattr(request, "param", "draft"))


@pytest.fixture(scope="module")
def short_refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Thousands of refusals without what each costs elsewhere: a drawn page, a line in the log, an entry on record."""
    folder = tmp_path_factory.mktemp("refusals")
    for status in ("403", "404"):
        (folder / f"{status}.html").write_text(status)
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"] = [folder, *templates[0]["DIRS"]]
    requests = logging.getLogger("django.request")
    with (
        override_settings(TEMPLATES=templates, SESSION_SAVE_EVERY_REQUEST=False),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setattr("config.middleware.keep_refusal", lambda request, response: None)
        patch.setattr(requests, "disabled", True)
        yield
