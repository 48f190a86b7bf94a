"""From when a title may be renewed, what renews it, and what stands in the way."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.conf import LazySettings

from accreditation.enums import TitleState
from accreditation.errors import Refusal
from accreditation.models import Application, Batch, Case, Title
from accreditation.selectors.renewals import is_renewed_by, opens_on
from accreditation.services import titles
from accreditation.services.renewals import titles_to_renew
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast, with_material
from tests.factories.designations import open_designated, shipped_text
from workflows import door
from workflows.entering import faults_of_entering, renewed_in
from workflows.opening import open_application

MONTHS = "renewal_months: {value: 6, unit: month, confidence: demo, name_zh: 续期提前月数, name_en: months for renewal}"
WITH_RENEWAL = {
    "    validity_years:": f"    {MONTHS}\n    validity_years:",
    "until: next_evaluation": "until: renewal",
}


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("last_day", "months", "first"),
    [
        (date(2027, 3, 9), 3, date(2026, 12, 9)),
        (date(2027, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 12, 31), 12, date(2026, 12, 31)),
        (date(2028, 2, 29), 12, date(2027, 2, 28)),
    ],
)
def test_window_begins_so_many_months_before_the_last_day(last_day: date, months: int, first: date) -> None:
    assert opens_on(last_day, months) == first


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def batch_of(cast: Cast, at: datetime, *, is_renewed: bool) -> Batch:
    text = shipped_text()
    for old, new in WITH_RENEWAL.items() if is_renewed else ():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return open_designated(cast, at=at, text=text)


def held(cast: Cast, batch: Batch, until: date) -> Title:
    return Title.objects.create(
        number="SHIPE-T-2024-00001", programme=batch.programme, holder=cast.enterprises[0],
        granted_on=date(2024, 3, 10), valid_from=date(2024, 3, 10), valid_until=until,
        announcement_number="示例〔2024〕1号", provenance="测试",
    )  # fmt: skip


def filed(cast: Cast, batch: Batch, at: datetime) -> Case:
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=at)
    with_material(case, cast.member0, at)
    door.perform(case, "submit", by=cast.member0, at=at, form={"declaration": True, "insists": True})
    return case


def codes(cast: Cast, batch: Batch, at: datetime) -> list[str]:
    return [reason.code for reason in faults_of_entering(cast.enterprises[0], batch, at)]


@pytest.mark.slow
@pytest.mark.django_db
def test_title_is_let_in_from_the_first_day_of_the_window_where_the_designation_says_so(cast: Cast) -> None:
    batch = batch_of(cast, cast.at, is_renewed=True)
    last = date(2026, 9, 2)
    title = held(cast, batch, last)
    assert (codes(cast, batch, cast.at), titles_to_renew(cast.at.date())) == ([], [title])
    assert renewed_in(cast.enterprises[0], batch, cast.at) == title
    Title.objects.update(valid_until=last + timedelta(days=1))
    assert (codes(cast, batch, cast.at), titles_to_renew(cast.at.date())) == (["not_yet_renewable"], [])
    assert renewed_in(cast.enterprises[0], batch, cast.at) is None
    Title.objects.update(valid_until=last, state=TitleState.SUSPENDED)
    assert (codes(cast, batch, cast.at), titles_to_renew(cast.at.date())) == ([], [title])  # the grant waits


@pytest.mark.slow
@pytest.mark.django_db
def test_without_a_cycle_of_renewals_a_title_is_held_to_its_end(cast: Cast) -> None:
    batch = batch_of(cast, cast.at, is_renewed=False)
    held(cast, batch, date(2026, 9, 2))
    assert codes(cast, batch, cast.at) == ["already_held"]
    assert titles_to_renew(cast.at.date()) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_what_was_filed_in_time_stays_a_renewal_and_any_other_title_stands_in_its_way(cast: Cast) -> None:
    batch = batch_of(cast, cast.at, is_renewed=True)
    title = held(cast, batch, date(2026, 9, 2))
    case = filed(cast, batch, cast.at)
    row = Application.objects.get(case=case)
    assert (titles.standing_title(row), titles.title_renewed(row), titles.titles_held([row])) == (None, title, {})
    title.valid_until = date(2029, 9, 2)  # prolonged meanwhile, by another case
    title.save(update_fields=["valid_until"])
    assert not is_renewed_by(title, row)
    assert (titles.standing_title(row), titles.titles_held([row])) == (title, {row.pk: title})


@pytest.mark.slow
@pytest.mark.django_db
def test_draft_of_a_renewal_is_refused_once_the_title_was_prolonged(cast: Cast) -> None:
    batch = batch_of(cast, cast.at, is_renewed=True)
    title = held(cast, batch, date(2026, 9, 2))
    case = open_application(cast.enterprises[0], batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    title.valid_until = date(2029, 9, 2)
    title.save(update_fields=["valid_until"])
    with pytest.raises(Refusal, match="already_held"):
        door.perform(case, "submit", by=cast.member0, at=cast.at, form={"declaration": True, "insists": True})
