"""The last second of a deadline counts whole: what is handed in within it is in time, and no clock runs out before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import LazySettings
from hypothesis import given
from hypothesis import strategies as st

from accreditation.clocks import is_past
from accreditation.errors import Refusal
from accreditation.models import Case, Notice, Objection
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.held import under_notice
from workflows import door
from workflows.selectors.public_register import may_object
from workflows.tick import tick
from workflows.workdays import SHANGHAI

DUE = datetime(2026, 3, 4, 23, 59, 59, tzinfo=SHANGHAI)
SECOND = 1_000_000  # microseconds
RAISED = {"objector": "示例人", "contact": "13800000000", "text": "该单位的研发费用与年报不符，请核查。"}


@given(st.integers(-90 * SECOND, 90 * SECOND))
def test_whole_second_counts_in_every_zone(microseconds: int) -> None:
    at = DUE + timedelta(microseconds=microseconds)
    assert is_past(DUE, at) == is_past(DUE, at.astimezone(UTC)) == (microseconds >= SECOND)
    assert is_past(DUE, at) == (at.date() > DUE.date())  # a deadline of a day ends with the day


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


@pytest.fixture
def case(cast: Cast, clock: Clock) -> Case:
    """Under notice."""
    row, _notice = under_notice(cast, clock.at)
    return row


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("microseconds", [-1, 0, 1, 400_000, SECOND - 1])
def test_objection_within_the_last_second_is_taken(cast: Cast, case: Case, clock: Clock, microseconds: int) -> None:
    notice = Notice.objects.get()
    clock.at = notice.ends_at + timedelta(microseconds=microseconds)
    assert tick(clock.at).fired == 0
    assert may_object(notice.entries.get(), at=clock.at)
    door.perform(case, "raise_objection", by=cast.clock, at=clock.at, form=RAISED)
    assert Objection.objects.get().raised_at == clock.at
    assert tick(clock.at).fired == 0


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("microseconds", [SECOND, SECOND + 1])
def test_objection_after_it_is_late(cast: Cast, case: Case, clock: Clock, microseconds: int) -> None:
    notice = Notice.objects.get()
    clock.at = notice.ends_at + timedelta(microseconds=microseconds)
    assert not may_object(notice.entries.get(), at=clock.at)
    with pytest.raises(Refusal) as refused:
        door.perform(case, "raise_objection", by=cast.clock, at=clock.at, form=RAISED)
    assert [reason.code for reason in refused.value.reasons] == ["notice_over"]
    assert tick(clock.at).fired == 1
