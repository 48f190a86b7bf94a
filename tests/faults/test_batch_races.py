"""What two officers do to a batch, and two persons to the calendar, while others do the same or use it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import ApplicationState
from accreditation.models import Application, Batch, BatchProposal, CalendarProposal, Case
from accreditation.roles import Role
from accreditation.services.batches import close_batch
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.faults.racing import all_agrees, at_once, colleague, entered_once, one_won, refused_or_done
from workflows import batch_proposals as batches
from workflows import calendar_proposals as calendars
from workflows import door
from workflows.models import CalendarYear
from workflows.opening import open_application
from workflows.tick import clock_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: object, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


def opening(cast: Cast, ordinal: int) -> dict[str, object]:
    batch = cast.batch
    return {
        "programme": batch.programme, "edition": batch.rule_set, "procedure": batch.procedure, "authority": None,
        "ordinal": ordinal, "year": 2026, "reporting_year": 2025, "opens_at": cast.at,
        "closes_at": cast.at + timedelta(days=30), "base_date": cast.at.date(),
    }  # fmt: skip


def test_batch_is_opened_once_or_declined(cast: Cast) -> None:
    second, third = (colleague(cast, Role.MUNICIPAL_OFFICER, name=f"office{n}") for n in (2, 3))
    rows = [batches.propose_opening(opening(cast, n), by=cast.office, at=cast.at) for n in (35, 36)]
    one_won(at_once([lambda by=by: batches.confirm(rows[0], by=by, at=cast.at) for by in (second, third)]))
    assert Batch.objects.filter(ordinal=35).count() == 1
    won = one_won(
        at_once([
            lambda: batches.confirm(rows[1], by=second, at=cast.at),
            lambda: batches.decline(rows[1], reason="基准日有误", by=third, at=cast.at),
        ])
    )  # fmt: skip
    assert Batch.objects.filter(ordinal=36).count() == (1, 0)[won]
    all_agrees()


def test_same_batch_is_put_forward_once(cast: Cast) -> None:
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    jobs = [lambda by=by: batches.propose_opening(opening(cast, 35), by=by, at=cast.at) for by in (cast.office, second)]
    one_won(at_once(jobs))
    assert BatchProposal.objects.count() == 1
    entered_once("propose_batch_act")


def test_batch_is_called_off_or_a_draft_is_filed(cast: Cast) -> None:
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    row = batches.propose_calling_off(cast.batch, reason="规则集选择有误", by=cast.office, at=cast.at)
    form = {"declaration": True, "insists": True}
    won = one_won(
        at_once([
            lambda: batches.confirm(row, by=second, at=cast.at),
            lambda: door.perform(case, "submit", by=cast.member0, at=cast.at, form=form),
        ])
    )  # fmt: skip
    state = (ApplicationState.DRAFT, ApplicationState.SUBMITTED)[won]
    assert Application.objects.get(case=case).state == Case.objects.get(pk=case.pk).state == state
    assert Batch.objects.get(pk=cast.batch.pk).state == ("called_off", "open")[won]
    all_agrees()


def test_window_is_made_longer_as_it_closes(cast: Cast) -> None:
    second = colleague(cast, Role.MUNICIPAL_OFFICER)
    at = cast.batch.closes_at + timedelta(minutes=1)
    row = batches.propose_longer_window(
        cast.batch, at + timedelta(days=9), reason="系统故障，无法提交", document="示例〔2026〕9 号", by=cast.office,
        at=cast.at,
    )  # fmt: skip
    results = at_once([
        lambda: batches.confirm(row, by=second, at=at),
        lambda: close_batch(cast.batch, by=clock_person(), at=at),
    ])  # fmt: skip
    assert refused_or_done(results[0])
    found = Batch.objects.get(pk=cast.batch.pk)
    assert (found.state, found.closes_at) == ("open", row.closes_at)
    all_agrees()


def test_year_of_the_calendar_is_taken_into_use_once_or_declined(cast: Cast) -> None:
    second, days = colleague(cast, Role.OPERATOR), [(date(2027, 1, 1), False, "元旦")]
    row = calendars.propose(2027, days, source="示例", by=cast.operator, at=cast.at)
    won = one_won(
        at_once([
            lambda: calendars.confirm(row, by=second, at=cast.at),
            lambda: calendars.decline(row, reason="与通知不符", by=cast.office, at=cast.at),
        ])
    )  # fmt: skip
    assert CalendarProposal.objects.get().state == ("confirmed", "declined")[won]
    assert CalendarYear.objects.filter(year=2027).count() == (1, 0)[won]
    jobs = [
        lambda by=by: calendars.propose(2028, days_of(2028), source="示例", by=by, at=cast.at)
        for by in (cast.operator, second)
    ]
    one_won(at_once(jobs))
    assert CalendarProposal.objects.filter(year=2028).count() == 1


def days_of(year: int) -> list[tuple[date, bool, str]]:
    return [(date(year, 5, 1) + timedelta(days=2), False, "劳动节")]
