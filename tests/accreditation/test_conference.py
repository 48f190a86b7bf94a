"""The report for the joint conference: titles as they stood on the last day, changes within the days, five cuts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import LazySettings

from accreditation.acts import act
from accreditation.models import Title
from accreditation.selectors.conference import CUTS, Conference, conference
from accreditation.selectors.holders import PROLONG
from accreditation.services.titles import import_title
from tests.accreditation.test_holders import move
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.standings import USCC, confirmed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


def counts(report: Conference, cut: str) -> dict[str, tuple[int, int, int]]:
    return {code: (line.standing, line.granted, line.ended) for code, line in report.tables[cut].items()}


def test_the_past_is_restored_from_the_trail(cast: Cast, clock: Clock) -> None:
    """Revoked on a day: in force in a report up to the day before, gone and counted as ended in one that holds it."""
    title, day = Title.objects.get(holder__uscc=USCC), clock.at.date()
    move(cast, clock, title, "revoke")
    before = conference(day - timedelta(days=30), day - timedelta(days=1))
    after = conference(day, day + timedelta(days=30))
    assert counts(before, "state") == {"in_force": (3, 0, 0)}
    assert counts(after, "state") == {"in_force": (2, 0, 0), "revoked": (1, 0, 1)}
    assert counts(after, "district") == {"310114": (1, 0, 0), "310115": (1, 0, 1)}
    assert [(step.state, step.title.number) for step in after.changes] == [("revoked", title.number)]
    assert (after.total.standing, after.total.ended) == (2, 1)


def test_a_title_that_ran_out_is_over_although_nobody_wrote_it_down(cast: Cast, clock: Clock) -> None:
    title = Title.objects.get(holder__uscc=USCC)
    end = title.valid_until
    report = conference(end - timedelta(days=5), end + timedelta(days=5))
    lost = [step for step in report.changes if step.title == title]
    assert [(step.on, step.state) for step in lost] == [(end + timedelta(days=1), "expired")]
    assert conference(end, end).changes == ()


def test_grants_count_in_their_period_by_programme_industry_and_batch(cast: Cast, clock: Clock) -> None:
    day = clock.at.date()
    confirmed(cast.office, cast.publisher, clock.at, kind="backbone_enterprise", industry="equipment")
    import_title(
        cast.programme, cast.enterprises[0], granted_on=day, valid_until=day + timedelta(days=900),
        announcement_number="示例〔2026〕1 号", provenance="名录", by=cast.office, at=clock.at,
    )  # fmt: skip
    report = conference(day, day)
    assert counts(report, "programme") == {"district_centre": (3, 0, 0), "shanghai_municipal_centre": (1, 1, 0)}
    assert counts(report, "industry") == {"": (2, 0, 0), "equipment": (2, 1, 0)}
    assert counts(report, "batch") == {"": (4, 1, 0)}
    assert report.tables.keys() == set(CUTS)
    assert conference(date(2000, 1, 1), date(2000, 12, 31)).total.standing == 0


def test_the_number_of_queries_does_not_grow(cast: Cast, clock: Clock, django_assert_num_queries: Any) -> None:
    day = clock.at.date()
    for title in Title.objects.order_by("pk"):
        with django_assert_num_queries(4):
            conference(day, day)
        move(cast, clock, title, "warn")


def test_what_changes_beneath_a_loss_is_no_second_end(cast: Cast, clock: Clock) -> None:
    """A warning lifted beneath a revocation is written with the state as it stays: the title ended once, not again."""
    title, day = Title.objects.get(holder__uscc=USCC), clock.at.date()
    move(cast, clock, title, "revoke")
    clock.at += timedelta(days=40)
    for verb in ("lift_warning", PROLONG):
        with act(title, verb, by=cast.office, at=clock.at, acting_as="municipal_officer") as doing:
            doing.moved("revoked", "revoked")
    later = conference(day + timedelta(days=30), day + timedelta(days=60))
    assert (later.total.ended, later.changes) == (0, ())
    assert conference(day, day + timedelta(days=60)).total.ended == 1


def test_a_loss_that_was_annulled_in_the_period_is_no_end(cast: Cast, clock: Clock) -> None:
    """Both steps stand among the changes; the title is in force at the end and did not end."""
    title, day = Title.objects.get(holder__uscc=USCC), clock.at.date()
    move(cast, clock, title, "revoke")
    clock.at += timedelta(days=20)
    with act(title, "restore", by=cast.office, at=clock.at, acting_as="municipal_officer") as doing:
        doing.moved("revoked", "in_force")
    assert conference(day, day + timedelta(days=10)).total.ended == 1
    report = conference(day, day + timedelta(days=30))
    assert (report.total.standing, report.total.ended) == (3, 0)
    assert [step.state for step in report.changes] == ["in_force", "revoked"]
