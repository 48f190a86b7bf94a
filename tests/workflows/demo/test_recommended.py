"""Both national programmes of the demo: cases in every state of the recommendation, consistent, the title granted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.enums import ApplicationState as S
from accreditation.models import Application, Title
from workflows.consistency import check_all
from workflows.demo.city.people import CityPeople
from workflows.demo.city.recommended import ONLY_OF_CENTRES, STOPS, recommend_from
from workflows.demo.national import CENTRE, DEMONSTRATION
from workflows.demo.story import Story
from workflows.tick import tick
from workflows.workdays import SHANGHAI

NOW = datetime(2026, 9, 16, 15, 30, tzinfo=SHANGHAI)  # a Wednesday
AFTER_RANKING = {
    S.RECOGNISED_ABOVE, S.NOT_RECOGNISED_ABOVE, S.NOT_IN_QUOTA, S.TO_BE_RECOMMENDED, S.POSTPONED, S.NOT_RECOMMENDED,
    S.UNDER_OVERALL_REVIEW,
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
@pytest.mark.one_database
@pytest.mark.parametrize("programme", [CENTRE, DEMONSTRATION])
def test_recommendations_stand_in_every_state(settings: LazySettings, var_dir: Path, programme: str) -> None:
    settings.ACCREDITATION_DEMO = True
    story = Story(lambda _text: None, NOW)
    recommend_from(story, CityPeople(story.world, NOW), 0, [programme])
    tick(NOW)
    before = {state for state, _days in STOPS if programme == CENTRE or state not in ONLY_OF_CENTRES}
    found = Counter(Application.objects.values_list("state", flat=True))
    assert found.keys() == before | AFTER_RANKING
    assert Title.objects.filter(programme__code=programme).count() == found[S.RECOGNISED_ABOVE] == 1
    assert list(check_all()) == []
    assert verify_all()[1] == []
