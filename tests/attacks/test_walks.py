"""Random walks over every procedure: whatever people do in whatever order, the rows hold together."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from hypothesis.stateful import run_state_machine_as_test

from tests.attacks.test_transitions import TABLE, WORLDS
from tests.attacks.walking import Walk, budget
from tests.clock import MONDAY
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEWEST = 3  # different acts that the walks over one procedure must have done


@pytest.mark.parametrize("edition", PROCEDURES)
def test_whatever_anybody_does_everything_holds(edition: str, settings: LazySettings) -> None:
    settings.ACCREDITATION_DEMO = True
    done: set[tuple[str, str]] = set()
    named = {"edition": edition, "said": TABLE[edition], "base": WORLDS[edition](MONDAY), "done": done}
    run_state_machine_as_test(type("WalkOf" + edition.title(), (Walk,), named), settings=budget())
    assert len(done) >= FEWEST, sorted(done)
