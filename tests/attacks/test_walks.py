"""Random walks over every procedure: whatever people do in whatever order, the rows hold together."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis.stateful import run_state_machine_as_test

from certificates.services.keys import open_keys
from tests.attacks.sittings import BEFORE_COMMITTEE
from tests.attacks.test_transitions import TABLE, WORLDS
from tests.attacks.walking import LATE, LATE_DEEDS, SHORT, Walk, budget
from tests.clock import MONDAY
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
FEWEST = 3  # different acts that the walks over one procedure must have done


@pytest.mark.parametrize("edition", PROCEDURES)
def test_whatever_anybody_does_everything_holds(edition: str, settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    done: set[tuple[str, str]] = set()
    named = {"edition": edition, "said": TABLE[edition], "base": WORLDS[edition](MONDAY), "done": done}
    has_committee = "propose" in PROCEDURES[edition].verbs
    walks = SHORT - 1 if has_committee else SHORT
    run_state_machine_as_test(type("WalkOf" + edition.title(), (Walk,), named), settings=budget(walks))
    assert len(done) >= FEWEST, sorted(done)
    if has_committee:
        has_certificate = "certify" in PROCEDURES[edition].verbs
        late = {
            "starts": (BEFORE_COMMITTEE,),
            "deeds": LATE_DEEDS,
            "keys": open_keys(at=MONDAY) if has_certificate else None,
        }
        run_state_machine_as_test(type("LateWalkOf" + edition.title(), (Walk,), named | late), settings=budget(LATE))
        straight = late | {"deeds": ("meeting",), "is_straight": True}  # to the certificate, whatever else is drawn
        run_state_machine_as_test(
            type("StraightWalkOf" + edition.title(), (Walk,), named | straight), settings=budget(1)
        )
        acts = {what for _state, what in done}
        assert {f"meeting: {name}" for name in ("call", "start", "vote", "draft", "sign")} <= acts, sorted(done)
        assert ("signed" in acts) == has_certificate, sorted(done)
