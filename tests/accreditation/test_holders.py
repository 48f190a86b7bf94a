"""The history of a holder: names over time, titles, what happened to each; nothing of its other records."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.acts import act
from accreditation.enums import TitleState
from accreditation.errors import NotFound
from accreditation.models import HolderRecord, Title
from accreditation.selectors.holders import holder_history
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.standings import USCC

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


def move(cast: Cast, clock: Clock, title: Title, verb: str) -> None:
    """A change of state as it is recorded."""
    with act(title, verb, by=cast.office, at=clock.at, acting_as="municipal_officer") as doing:
        row = doing.chain
        assert isinstance(row, Title)
        before = row.state
        getattr(row, verb)()
        row.save()
        doing.moved(before, row.state)


def test_grants_and_changes_stand_newest_first(cast: Cast, clock: Clock, django_assert_num_queries: Any) -> None:
    title = Title.objects.get(holder__uscc=USCC)
    for verb in ("warn", "reinstate", "revoke"):
        clock.at += timedelta(days=1)
        move(cast, clock, title, verb)
    with django_assert_num_queries(4):
        found = holder_history(USCC)
    assert [(step.state, step.is_grant) for step in found.steps] == [
        (TitleState.REVOKED, False), (TitleState.IN_FORCE, False), (TitleState.WARNED, False),
        (TitleState.IN_FORCE, True),
    ]  # fmt: skip
    assert found.steps[-1].on == title.granted_on
    assert [row.number for row in found.titles] == [title.number]


def test_former_names_are_told_and_other_records_are_not(cast: Cast, clock: Clock) -> None:
    holder = cast.enterprises[0]
    for kind, note in (("former_name", "上海旧名示例有限公司"), ("tax", "欠税示例")):
        HolderRecord.objects.create(
            enterprise=holder, kind=kind, happened_on=date(2024, 5, 1), note=note, source="市场监管登记",
            recorded_by=cast.office, recorded_at=clock.at,
        )  # fmt: skip
    names = holder_history(USCC).names
    assert [(row.name, row.until, row.printed_on) for row in names] == [
        ("上海旧名示例有限公司", date(2024, 5, 1), None)
    ]


@pytest.mark.parametrize("uscc", ["91310104MADEMR0K0D", "", "91310000MA1FL0007C' OR 1=1"])
def test_who_holds_no_title_has_no_page(cast: Cast, uscc: str) -> None:
    with pytest.raises(NotFound):
        holder_history(uscc)
