"""What is filled in beforehand: the register's words, the own last application's figures, and nobody else's."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Case, Member
from accreditation.services.prefill import case_template, prefill_of
from accreditation.services.rule_sets import template_of
from accreditation.services.standings import propose_standing
from criteria.workbook.intake import examine
from tests.clock import Clock
from tests.factories.cast import Cast, filed_case, make_cast
from tests.factories.standings import confirmed, standing_texts
from workflows import door
from workflows.opening import open_application
from workflows.web_form.filling import STANDINGS, filling_of

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def second_application(cast: Cast, n: int = 0) -> Application:
    """A draft of an enterprise whose first application was filed and taken back."""
    first = Application.objects.get(case__enterprise=cast.enterprises[n])
    by = cast.people[f"member{n}"]
    door.perform(first.case, "withdraw", by=by, at=cast.at, form={})
    case = open_application(cast.enterprises[n], cast.batch, by=by, at=cast.at)
    return application(case)


def application(case: Case) -> Application:
    return Application.objects.select_related("batch__rule_set", "batch__programme", "enterprise", "case").get(
        case=case
    )


def test_first_application_knows_the_register_alone(cast: Cast) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    known = prefill_of(application(case))
    enterprise = cast.enterprises[0]
    assert {key: fact.value for key, fact in known.facts.figures.items()} == {
        ("enterprise_name", None): enterprise.name,
        ("uscc", None): enterprise.uscc,
        ("registered_district", None): enterprise.district,
    }
    assert known.registered == known.facts.figures.keys()
    assert known.last is None


def test_confirmed_standings_give_counts_and_what_the_register_lacks_gives_no_zero(cast: Cast) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    confirmed(cast.office, cast.publisher, cast.at)
    confirmed(cast.office, cast.publisher, cast.at, kind="engineering_centre", level="national", name="示例中心")
    propose_standing(standing_texts(year="2020"), by=cast.office, at=cast.at)  # nobody has confirmed it
    known = prefill_of(application(case))
    key = ("platforms_provincial_up", 2025)
    assert known.facts.figures[key].value == Fraction(2)
    assert known.counted == {key}
    assert known.is_counted(key)
    assert not known.is_registered(key)


def test_the_form_says_that_a_count_came_from_the_register_and_keeps_what_is_typed(cast: Cast, client: Client) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    confirmed(cast.office, cast.publisher, cast.at)
    filling = filling_of(application(case), cast.member0, None)
    (value,) = (
        one
        for section in filling.sections
        for one in filling.inputs(section, 1)
        if one.spec.code == "platforms_provincial_up"
    )
    assert (value.text, value.source) == ("1", STANDINGS)
    client.force_login(cast.member0)
    pages = [
        client.get(reverse("my_form_section", args=[case.number, section.code])).content.decode()
        for section in filling.sections
    ]
    assert sum("预填：资质登记簿" in page for page in pages) == 1


def test_last_application_gives_basics_and_overlapping_years_and_no_annex(cast: Cast) -> None:
    filed = filed_case(cast, 0, awards_2y=5)
    known = prefill_of(second_application(cast))
    assert known.last is not None
    assert known.last.case == filed
    assert known.facts.value("awards_2y", 2025) == Fraction(5)
    assert known.facts.value("address") == "上海市浦东新区示例路 1 号"
    assert known.facts.value("uscc") == cast.enterprises[0].uscc
    assert not known.is_registered(("address", None))
    assert not known.facts.annexes


def test_only_years_that_both_forms_ask_for_are_taken(cast: Cast) -> None:
    filed_case(cast, 0)
    later = second_application(cast)
    later.batch.reporting_year = 2026
    known = prefill_of(later)
    years = {year for _code, year in known.facts.figures if year}
    assert years == {2025, 2024}
    one_year = {spec.code for spec in template_of(later.batch).form.table if spec.years == 1}
    assert not one_year & {code for code, _year in known.facts.figures}


def test_application_of_another_enterprise_is_never_taken_even_with_a_common_member(cast: Cast) -> None:
    filed_case(cast, 1)
    Member.objects.create(
        enterprise=cast.enterprises[1], user=cast.member0, state="active", requested_at=cast.at, settled_at=cast.at
    )
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    assert prefill_of(application(case)).last is None


def test_template_of_a_draft_is_prefilled_and_reads_as_the_same_answers(cast: Cast) -> None:
    filed_case(cast, 0)
    draft = second_application(cast)
    reading = examine(case_template(draft), template_of(draft.batch))
    assert reading.faults.refusal is None
    known = prefill_of(draft).facts
    assert {key: fact.value for key, fact in reading.facts.figures.items()} == {
        key: fact.value for key, fact in known.figures.items()
    }


def test_template_of_a_filed_case_holds_what_was_filed(cast: Cast) -> None:
    filed = application(filed_case(cast, 0, awards_2y=5))
    reading = examine(case_template(filed), template_of(filed.batch))
    assert reading.facts.value("awards_2y", 2025) == Fraction(5)
    assert reading.accepted
