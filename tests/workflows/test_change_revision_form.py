"""A change that is returned: what was not named stays as it stands, also where nobody could choose it any more."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.change_words import ChangeKind, ChangeState
from accreditation.enums import TitleState
from accreditation.models import Case, ChangeRequest, Programme, Title
from tests.clock import Clock
from tests.factories import changes as made
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.factories.titles import municipal_title
from workflows.forms.changes import ChangeRevisionForm

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NEW_FACTS = "分中心所属的企业已整体划转，人员、场地和设备没有变化，附划转文件。"


@pytest.fixture
def cast(settings: LazySettings, clock: Clock) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def returned_branch(cast: Cast) -> tuple[Case, Title]:
    """A branch centre that goes under another centre, returned for its facts; with that centre."""
    parents = [municipal_title(cast, n) for n in (1, 2)]
    programme = Programme.objects.create(
        code="other", level=cast.programme.level, name_zh="示例称号", name_en="Example", number_prefix="SHX",
        granted_by=cast.programme.granted_by, branch_of=cast.programme,
    )  # fmt: skip
    Title.objects.create(
        number="SHX-T-1", programme=programme, holder=cast.enterprises[0], granted_on=cast.at.date(),
        valid_from=cast.at.date(), valid_until=cast.at.date().replace(year=2030), parent=parents[0],
        announcement_number="示例〔2026〕1号",
    )  # fmt: skip
    case = made.opened(cast, ChangeKind.BRANCH, new_parent=parents[1])
    return made.led_to(case, ChangeState.RETURNED, cast), parents[1]


def fresh(case: Case) -> ChangeRequest:
    return ChangeRequest.objects.select_related("case", "holder").get(case=case)


def revised(case: Case, **said: Any) -> ChangeRevisionForm:
    return ChangeRevisionForm(said, subject=fresh(case))


@pytest.mark.parametrize("is_still_there", [True, False])
def test_centre_that_is_no_choice_any_more_does_not_hold_up_the_named_field(cast: Cast, is_still_there: bool) -> None:
    case, parent = returned_branch(cast)
    if not is_still_there:
        Title.objects.filter(pk=parent.pk).update(state=TitleState.EXPIRED)
    other = Title.objects.exclude(pk=parent.pk).get(programme=cast.programme)
    form = revised(case, facts=NEW_FACTS, new_parent=other.number)
    assert form.is_valid(), form.errors
    stated = form.cleaned_data["stated"]
    assert (stated.facts, stated.new_parent) == (NEW_FACTS, parent)
    assert f"{parent.holder.name}（{parent.number}）" in str(form["new_parent"])


def test_district_that_is_no_choice_any_more_stays(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    municipal_title(cast)
    case = made.led_to(made.opened(cast, ChangeKind.RELOCATION), ChangeState.RETURNED, cast)
    with monkeypatch.context() as patch:
        field = ChangeRevisionForm.base_fields["new_district"]
        patch.setattr(field, "choices", [("", ""), ("310115", "浦东新区")])
        form = revised(case, facts=NEW_FACTS, new_district="310115")
        assert form.is_valid(), form.errors
    assert form.cleaned_data["stated"].new_district == "310114"
    page = log_in(Client(), cast.member0)
    act = reverse("my_matter_act", args=[case.number, "revise_change"])
    assert page.get(act).status_code == 200
