"""The world of the attacks, built once in a transaction that is never committed, and led step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
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


@contextmanager
def never_committed(folder: Path) -> Iterator[None]:
    """The demonstration in this folder, with sessions that outlive every notice; its rows are gone at the end."""
    changed = {
        "VAR_DIR": folder, "EVIDENCE_DIR": folder / "evidence", "ACCREDITATION_DEMO": True, "SESSION_COOKIE_AGE": YEARS,
    }  # fmt: skip
    with override_settings(**changed), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def journey_begun(folder: Path) -> Iterator[Journey]:
    """Two of everything; the clock of the site stands where the world was left."""
    with never_committed(folder), pytest.MonkeyPatch.context() as patch:
        made = build()
        patch.setattr("django.utils.timezone.now", lambda: made.at)
        yield Journey(made)
