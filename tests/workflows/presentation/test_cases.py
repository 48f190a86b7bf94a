"""Header, clock and step bar of a case in its states."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings

from accreditation.models import Application, Case
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.steps import recommend, seat_panel
from workflows import door
from workflows.presentation.cases import case_header, clock_of, step_bar
from workflows.presentation.corrections import correction_points

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
POINT = {"target": "evidence", "code": "audit_report", "remark": "缺附注页"}


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def bar(case: Case) -> list[str]:
    case = Case.objects.get(pk=case.pk)
    return [step["state"] for step in step_bar(case, Application.objects.get(case=case))["steps"]]


def test_filed_case_waits_at_the_second_step_with_a_working_day_clock(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    assert bar(case) == ["done", "current", *["todo"] * 5]
    found = clock_of(case, at=clock.at)
    assert found is not None
    assert (found["left"], found["label"]) == (5, "受理期限")
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    found = clock_of(case, at=clock.at)
    assert found is not None
    assert (found["left"], found["label"]) == (cast.batch.first_review_days, "区级初审时限")


def test_overdue_clock_counts_below_zero(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    found = clock_of(case, at=clock.at + timedelta(days=60))
    assert found is not None
    assert found["left"] < 0


def test_case_returned_by_the_office_stands_at_the_third_step(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    door.perform(case, "return_for_correction", by=cast.office, at=clock.at, form={"points": [POINT]})
    assert bar(case) == ["done", "done", "current", *["todo"] * 4]


def test_withdrawn_case_is_stopped_where_it_stood(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "withdraw", by=cast.member0, at=clock.at)
    assert bar(case) == ["done", "stopped", *["todo"] * 5]
    fresh = Case.objects.get(pk=case.pk)
    header = case_header(fresh, Application.objects.get(case=case), at=clock.at)
    assert (header["state"], header["owner"], header["deadline"]) == ("已撤回", "", None)


def test_case_at_the_experts_is_owned_by_them_and_names_none(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    recommend(cast, case, clock.at)
    seat_panel(cast, case, clock.at)
    fresh = Case.objects.get(pk=case.pk)
    header = case_header(fresh, Application.objects.get(case=case), at=clock.at)
    assert header["owner"] == "评审专家"
    assert header["state_tone"] == "blue"


def test_point_is_open_until_newer_evidence_of_its_kind_is_there(cast: Cast, clock: Clock) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=clock.at)
    door.perform(case, "return_for_correction", by=cast.pudong, at=clock.at, form={"points": [POINT]})
    application = Application.objects.get(case=case)
    request = application.corrections.get()
    assert [point["closed"] for point in correction_points(request)] == [False]
    row = application.evidence.get(kind="audit_report")
    form = {"kind": "audit_report", "file": row.file, "name": "新.pdf"}
    door.perform(case, "attach_evidence", by=cast.member0, at=clock.at + timedelta(minutes=1), form=form)
    assert [point["closed"] for point in correction_points(request)] == [True]
