"""The demo's re-examination: called, and handed in by its holder in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.reexamination_words import ReexaminationState
from tests.clock import Clock
from tests.factories.cast import make_cast
from tests.factories.recommending import make_demonstration
from tests.factories.yearly_reports import demonstration_title
from workflows.calendar import current_calendar
from workflows.demo.reexaminations import ReexaminationStory
from workflows.demo.telling import Teller

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_holder_has_handed_in_and_the_office_is_to_review(
    settings: LazySettings, var_dir: Path, clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(clock.at, panel=1, committee=1)
    make_demonstration(cast)
    demonstration_title(cast)
    people = {"banshi": cast.office, "qiye": cast.member0}
    story: Any = SimpleNamespace(
        world=SimpleNamespace(people=people, calendar=current_calendar()), tell=Teller(print),
        now=clock.at + timedelta(days=30),
    )  # fmt: skip
    (row,) = ReexaminationStory(story).run()
    found = type(row).objects.get(pk=row.pk)
    assert found.state == ReexaminationState.UNDER_REVIEW
    assert found.handed_in_at is not None
    assert found.handed_in_at < story.now
    assert row.case.number in capsys.readouterr().out
