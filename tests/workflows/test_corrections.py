"""What officers verified before a correction: it ends with the figure that it judged, and somebody is asked again."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Case, Message, VerifiedValue
from accreditation.services.evaluation import verified_facts
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from workflows import door

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at, panel=1, committee=1)


def verify(cast: Cast, case: Case, code: str, value: int) -> None:
    form = {"code": code, "year": cast.batch.reporting_year, "value": Fraction(value), "reason": "与花名册不符"}
    door.perform(case, "verify_value", by=cast.pudong, at=cast.at, form=form)


def returned(cast: Cast, case: Case, code: str) -> None:
    point: dict[str, Any] = {
        "target": "figure", "code": code, "year": cast.batch.reporting_year, "remark": "请按花名册更正", "clause": "",
    }  # fmt: skip
    form = {"points": [point], "remark": ""}
    door.perform(case, "return_for_correction", by=cast.pudong, at=cast.at, form=form)


def correct(cast: Cast, case: Case, **changed: int) -> None:
    at = cast.at + timedelta(hours=1)
    with_material(case, cast.member0, at, **changed)
    door.perform(case, "correct", by=cast.member0, at=at, form={"declaration": True, "insists": True})


def counting(case: Case, code: str, cast: Cast) -> Fraction:
    facts = verified_facts(Application.objects.get(case=case))
    assert facts is not None
    value = facts.fact(code, cast.batch.reporting_year).value
    assert isinstance(value, Fraction)
    return value


def figures_page(cast: Cast, case: Case) -> str:
    answer = log_in(Client(), cast.pudong).get(reverse("district_figures", args=[case.number]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_value_set_before_the_correction_of_its_figure_counts_no_longer(cast: Cast) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    verify(cast, case, "rd_staff", 70)
    verify(cast, case, "employees", 900)
    returned(cast, case, "rd_staff")
    assert "补正前核定为" not in figures_page(cast, case)
    correct(cast, case, rd_staff=90)
    assert counting(case, "rd_staff", cast) == 90
    assert counting(case, "employees", cast) == 900  # judged, and filed again as it was
    row = VerifiedValue.objects.get(code="rd_staff")
    assert (row.value, row.is_current, row.ended_with) == ("70", False, Application.objects.get(case=case).current)
    assert Message.objects.filter(recipient=cast.pudong, kind="values_ended").count() == 1
    assert not Message.objects.filter(recipient=cast.jiading, kind="values_ended").exists()
    assert "补正前核定为 70" in figures_page(cast, case)
    address = reverse("district_verify", args=[case.number, "rd_staff", cast.batch.reporting_year])
    assert "补正前核定，已不再采用" in log_in(Client(), cast.pudong).get(address).content.decode()
    verify(cast, case, "rd_staff", 85)
    assert counting(case, "rd_staff", cast) == 85
    assert "补正前核定为" not in figures_page(cast, case)


def test_value_of_a_figure_that_comes_again_unchanged_goes_on_counting(cast: Cast) -> None:
    case = filed_case(cast)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    verify(cast, case, "rd_staff", 70)
    returned(cast, case, "rd_staff")
    correct(cast, case)
    assert counting(case, "rd_staff", cast) == 70
    assert not Message.objects.filter(kind="values_ended").exists()
