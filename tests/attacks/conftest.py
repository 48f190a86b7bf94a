"""The world of the attacks, built once a module, and its refusals made short."""

from __future__ import annotations

import copy
import logging
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.test import override_settings

from tests.attacks.journey import Journey, journey_begun
from tests.attacks.world import World


@pytest.fixture(scope="module")
def journey(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Journey]:
    """Two of everything, led to the stages that the tests of the module name."""
    with django_db_blocker.unblock(), journey_begun(tmp_path_factory.mktemp("world")) as begun:
        yield begun


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
        patch("config.middleware.keep_refusal", lambda request, response: None),  # no builder comes through there
        patch.object(requests, "disabled", True),
    ):
        yield
