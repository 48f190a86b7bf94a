"""A season inserted in bulk is made of sound cases, or is not measured."""

from __future__ import annotations

from collections import Counter

import pytest
from django.conf import LazySettings
from django.utils import timezone
from viewflow.workflow.models import Task

from accreditation.audit import verify_all
from accreditation.enums import DISTRICTS
from accreditation.models import Case
from bench import moments
from bench.moments import Incomplete, taken
from bench.season import Season, Unsound, check_sound
from tests.clock import MONDAY
from tests.factories.cast import filed_case, make_cast
from workflows import door
from workflows.consistency import check_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def season(settings: LazySettings) -> Season:
    settings.ACCREDITATION_DEMO = True
    return Season(MONDAY)


def copies() -> list[Case]:
    return list(Case.objects.filter(number__regex=r"-1\d{4}$").order_by("pk"))


def test_season_grows_to_its_size_over_all_districts_and_states(season: Season) -> None:
    season.grow(20)
    season.grow(64)
    assert len(copies()) == 64
    assert Counter(case.district for case in copies()) == dict.fromkeys(DISTRICTS, 4)
    assert len({case.state for case in copies()}) == 8
    assert (list(check_all()), verify_all()[1]) == ([], [])


def test_copy_goes_on_through_the_door_like_any_case(season: Season) -> None:
    season.grow(40)
    case = next(case for case in copies() if case.state == "submitted")
    officer = dict(season.officers)[case.district]
    before = case.audit_count
    door.perform(case, "accept", by=officer, at=MONDAY)
    row = Case.objects.get(pk=case.pk)
    assert (row.state, row.audit_count) == ("under_first_review", before + 1)
    check_sound()


def test_new_cases_find_free_keys_after_the_copies(season: Season) -> None:
    season.grow(20)
    highest = Case.objects.latest("pk").pk
    season.cast.batch.cases.create(
        number="LATER", procedure="municipal_recognition/2022", enterprise=season.cast.enterprises[0],
        district="310115", state="draft", opened_at=timezone.now(), moved_at=timezone.now(),
    )  # fmt: skip
    assert Case.objects.get(number="LATER").pk > highest


def test_season_with_a_lost_task_is_not_measured(season: Season) -> None:
    season.grow(20)
    Task.objects.filter(process__caseflow__case=copies()[0]).delete()
    with pytest.raises(Unsound, match=copies()[0].number):
        check_sound()


def test_season_with_a_forged_head_is_not_measured(season: Season) -> None:
    season.grow(20)
    Case.objects.filter(pk=copies()[1].pk).update(audit_head="0" * 64)
    with pytest.raises(Unsound, match="head on the row"):
        check_sound()


def test_row_of_a_table_that_is_not_copied_stops_the_season(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(MONDAY)
    case = filed_case(cast)
    taken(case, cast.member0, cast.pudong)
    monkeypatch.setattr(moments, "LEFT_OUT", frozenset())
    with pytest.raises(Incomplete, match=r"accreditation\.Evidence points at"):
        taken(case, cast.member0, cast.pudong)
