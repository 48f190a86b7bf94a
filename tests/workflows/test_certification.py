"""What a title is called on its certificate, and for which programmes a certificate is made out at all."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import translation

from accreditation.enums import DISTRICTS, Level
from accreditation.errors import Refusal
from accreditation.models import Body, Programme
from accreditation.seeds.reference import PROGRAMMES
from workflows.certification import layout_for, title_name


def _programme(body: Body, **changes: Any) -> Programme:
    return Programme(**{"code": "district_centre", "level": Level.DISTRICT, "granted_by": body, **changes})


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("district", DISTRICTS)
def test_title_of_a_district_bears_its_name_whatever_language_the_page_is_in(district: str, language: str) -> None:
    body = Body(code=f"district-{district}", level=Level.DISTRICT, district=district)
    with translation.override(language):
        named = title_name(_programme(body, name_zh="区级企业技术中心", name_en="District Centre"), body)
    with translation.override("zh-hans"):
        assert named.zh == f"{DISTRICTS[district]}企业技术中心"
    assert named.en.isascii()
    assert named.en.endswith(" Enterprise Technology Centre")


def test_title_granted_by_another_body_is_called_as_its_programme() -> None:
    group = Body(code="group", level=Level.DISTRICT)
    named = title_name(_programme(group, name_zh="示例集团企业技术中心", name_en="Example Group Centre"), group)
    assert named == ("示例集团企业技术中心", "Example Group Centre")


@pytest.mark.parametrize(("level", "layout"), [(Level.ZONE, "zone_centre-"), (Level.GROUP, "group_centre-")])
def test_zone_and_group_give_their_own_name_and_layout_under_the_programme_of_the_districts(
    level: Level, layout: str
) -> None:
    body = Body(code="own", level=level, district="own", name_zh="示例集团", name_en="Example Group")
    district = Body(code="district", level=Level.DISTRICT)
    programme = _programme(district, code="district_centre", name_zh="区级企业技术中心", name_en="District Centre")
    assert title_name(programme, body) == ("示例集团企业技术中心", "Example Group Enterprise Technology Centre")
    assert layout_for(_application(programme, body)).startswith(layout)


def _application(programme: Programme, authority: Body | None = None) -> Any:
    return SimpleNamespace(
        batch=SimpleNamespace(programme=programme, authority=authority), case=SimpleNamespace(number="NETC-2026-0001")
    )


@pytest.mark.parametrize("entry", PROGRAMMES, ids=lambda entry: entry.code)
def test_certificates_are_made_out_for_titles_of_the_city_and_districts_only(entry: Any) -> None:
    application = _application(_programme(Body(code="x"), code=entry.code, level=entry.level))
    if entry.level == Level.NATIONAL:
        with pytest.raises(Refusal) as refused:
            layout_for(application)
        assert [reason.code for reason in refused.value.reasons] == ["certificate_refused"]
        assert "NETC-2026-0001" in str(refused.value.reasons[0])
    else:
        assert layout_for(application).startswith(("municipal_centre-", "district_centre-"))
