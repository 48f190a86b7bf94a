"""The first page of a draft of rules: whose district's they are, asked only where districts recognise."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Programme, RuleDraft
from accreditation.services.rule_drafts import begin_draft
from accreditation.services.rule_sets import store_edition
from criteria.editing import opened
from tests.clock import Clock
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(settings: LazySettings, clock: Clock, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(clock.at)


def begun(cast: Cast, programme: str, base: str) -> RuleDraft:
    said = {"name_zh": "示例办法", "name_en": "Example measures", "effective_from": date(2027, 1, 1)}
    base_edition = store_edition(base, at=cast.at)
    row = Programme.objects.get(code=programme)
    return begin_draft(row, base_edition, edition="2027", **said, by=cast.office, at=cast.at)


def page_of(cast: Cast, draft: RuleDraft, **form: Any) -> Any:
    client, address = log_in(Client(), cast.office), reverse("office_rule_identity", args=[draft.number])
    return client.post(address, form) if form else client.get(address)


def test_rules_drafted_from_one_district_are_given_to_another(cast: Cast) -> None:
    draft = begun(cast, "district_centre", "district_centre/songjiang-demo")
    assert opened(draft.text)["district"] == "310117"
    said = {
        "edition": "2027", "name_zh": "示例办法", "name_en": "Example measures", "effective_from": "2027-01-01",
        "version": draft.version,
    }  # fmt: skip
    assert page_of(cast, draft, **said, district="999999").status_code == 422
    assert page_of(cast, draft, **said, district="310120").status_code == 302
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert opened(draft.text)["district"] == "310120"
    assert page_of(cast, draft, **said | {"version": draft.version}, district="").status_code == 302
    draft = RuleDraft.objects.get(pk=draft.pk)
    assert "district" not in opened(draft.text)


def test_rules_of_the_city_ask_for_no_district(cast: Cast) -> None:
    draft = begun(cast, cast.programme.code, cast.batch.rule_set.reference)
    assert "适用的区" not in page_of(cast, draft).content.decode()
