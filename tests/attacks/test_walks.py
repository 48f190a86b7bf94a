"""Random walks over every procedure: whatever people do in whatever order, the rows hold together."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import LazySettings
from hypothesis.stateful import run_state_machine_as_test

from accreditation.enums import Choice, MeetingState
from accreditation.models import Meeting
from certificates.services.keys import open_keys
from tests.attacks import invariants
from tests.attacks.sittings import ANY, BEFORE_COMMITTEE, REFUSALS, Sitting
from tests.attacks.test_transitions import TABLE, WORLDS
from tests.attacks.walking import LATE, LATE_DEEDS, SHORT, Walk, budget
from tests.clock import MONDAY
from workflows.procedures import PROCEDURES

# What has to hold after any order of acts no database answers otherwise; each act is done on both by page and by door.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.one_database]
FEWEST = 3  # different acts that the walks over one procedure must have done


@pytest.mark.parametrize("edition", PROCEDURES)
def test_whatever_anybody_does_everything_holds(edition: str, settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    done: set[tuple[str, str]] = set()
    named = {"edition": edition, "said": TABLE[edition], "base": WORLDS[edition](MONDAY), "done": done}
    has_committee = "propose" in PROCEDURES[edition].verbs
    walks = SHORT - 1 if has_committee else SHORT
    run_state_machine_as_test(type("WalkOf" + edition.title(), (Walk,), named), settings=budget(walks))
    assert len(done) >= min(FEWEST, len(PROCEDURES[edition].verbs) - 1), sorted(done)
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


@pytest.mark.parametrize("after", [MeetingState.IN_SESSION, MeetingState.MINUTES_DRAFTED])
def test_meeting_goes_on_with_another_chair(after: str, settings: LazySettings, var_dir: Path) -> None:
    settings.ACCREDITATION_DEMO = True
    world = WORLDS["municipal_recognition/2022"](MONDAY)
    case = world.case_in(BEFORE_COMMITTEE)
    acts: list[str] = []
    for _step in range(len(ANY)):
        sitting = Sitting(world, case)
        if "depart" not in acts and sitting.meeting and sitting.meeting.state == after:
            acts.append("depart")
            sitting.act("depart", sitting.secretary, Choice.RECOGNISE)
            sitting = Sitting(world, case)
        acts.append(sitting.next)
        for person in sitting.whose(sitting.next):
            with suppress(*REFUSALS):  # whoever left votes no more
                sitting.act(acts[-1], person, Choice.RECOGNISE)
        if acts[-1] == "sign":
            break
    assert acts.index("chair") == acts.index("depart") + 1
    meeting = Meeting.objects.get(items__application__case=case)
    assert meeting.state == MeetingState.ADOPTED
    assert meeting.chair not in (None, sitting.group[0])
    assert list(invariants.all_faults()) == []
