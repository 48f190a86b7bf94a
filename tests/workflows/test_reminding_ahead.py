"""Ahead of the last day of a title and of the window of a batch everybody concerned is told once."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings

from accreditation.audit import verify_all
from accreditation.models import Message, Title
from tests.clock import SHANGHAI, Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.evaluating import failed_before
from tests.factories.titles import municipal_title
from workflows.opening import open_application
from workflows.reminding_ahead import remind_ahead

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def told(kind: str, **params: str) -> list[str]:
    rows = Message.objects.filter(kind=kind, **{f"params__{name}": value for name, value in params.items()})
    return sorted(rows.values_list("recipient__username", flat=True))


def test_holder_and_district_are_told_once_sixty_days_before_a_title_runs_out(cast: Cast) -> None:
    title = municipal_title(cast)  # until 31 May 2028
    failed_before(title, 2027)
    first = datetime(2028, 4, 1, 9, tzinfo=SHANGHAI)
    remind_ahead(first - timedelta(days=1))
    assert told("title_ends", title=title.number) == []
    for day in (1, 2, 20):
        remind_ahead(first.replace(day=day))
    assert told("title_ends", title=title.number) == ["member0", "pudong"]
    Title.objects.filter(pk=title.pk).update(valid_until=date(2028, 6, 30))
    remind_ahead(first.replace(month=5, day=20))
    assert told("title_ends", title=title.number) == ["member0", "member0", "pudong", "pudong"]
    assert verify_all()[1] == []


def test_drafts_are_told_seven_and_one_working_days_before_the_window_closes(cast: Cast, clock: Clock) -> None:
    batch = cast.batch
    batch.closes_at = datetime(2026, 3, 31, 17, tzinfo=SHANGHAI)  # a Tuesday
    batch.save(update_fields=["closes_at"])
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=clock.at)
    for day, count in ((19, 0), (20, 1), (21, 1), (27, 1), (30, 2), (31, 2)):
        remind_ahead(datetime(2026, 3, day, 9, tzinfo=SHANGHAI))
        assert (day, len(told("draft_ahead"))) == (day, count)
    rows = Message.objects.filter(kind="draft_ahead").order_by("pk")
    assert [(row.case_number, row.params["left"]) for row in rows] == [(case.number, 7), (case.number, 1)]
    assert verify_all()[1] == []
