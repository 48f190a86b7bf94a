"""The government of the level of whoever decided reconsiders it, and is named in letter and decision."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from accreditation.enums import DISTRICTS, Level
from accreditation.models import Body, Letter
from accreditation.reconsideration_words import Outcome
from accreditation.selectors.granting import in_chinese
from accreditation.selectors.reconsidering import UNNAMED, authority_over, where_to_challenge
from tests.clock import Clock
from tests.factories.cast import Cast, make_cast
from tests.factories.reconsidering import challenged, decided, declined, reconsiderers, revoked

pytestmark = pytest.mark.django_db


def body(level: Level, district: str = "") -> str:
    name = f"示例{level}{district}"
    Body.objects.create(code=f"x-{level}-{district}", level=level, name_zh=name, name_en="x", district=district)
    return name


@pytest.mark.parametrize("district", DISTRICTS)
def test_government_of_a_district_reconsiders_what_its_bureau_decides(district: str) -> None:
    named = f"{in_chinese(DISTRICTS[district])}人民政府"
    bureau = body(Level.DISTRICT, district)
    assert (authority_over(bureau), where_to_challenge(bureau)) == (named, named)
    assert named.endswith("区人民政府")


def test_government_of_the_city_reconsiders_what_the_office_decides() -> None:
    office = body(Level.MUNICIPAL)
    assert authority_over(office) == where_to_challenge(office) == "上海市人民政府"


def test_no_government_is_named_where_the_register_does_not_tell_which() -> None:
    zone = body(Level.ZONE, "Z00009")
    assert (authority_over(zone), where_to_challenge(zone)) == (UNNAMED, f"设立或者管理{zone}的人民政府")
    assert (authority_over("不详局"), where_to_challenge("不详局")) == (UNNAMED, "不详局的本级人民政府")


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    found = make_cast(clock.at)
    reconsiderers(found)
    return found


@pytest.mark.slow
def test_letters_of_office_and_district_and_their_reconsiderations_name_the_authority(cast: Cast, clock: Clock) -> None:
    for told, respondent, named in (
        (declined, cast.pudong, "浦东新区人民政府"),
        (revoked, cast.office, "上海市人民政府"),
    ):
        letter = told(cast, clock.at)
        assert f"向{named}申请行政复议" in letter.remedy
        assert "主管部门申请" not in letter.remedy
        case = challenged(cast, letter, clock.at)
        decided(cast, case, Outcome.ANNULLED, clock.at, respondent=respondent)
        assert set(Letter.objects.filter(case=case).values_list("issued_by", flat=True)) == {named}


@pytest.mark.slow
def test_letters_that_were_sent_keep_their_words(cast: Cast, clock: Clock) -> None:
    letter = declined(cast, clock.at)
    Body.objects.filter(name_zh=letter.issued_by).update(district="310114")
    assert "向浦东新区人民政府申请行政复议" in Letter.objects.get(pk=letter.pk).remedy
