"""Pages of published editions for everybody: the page, the printed page under a policy of its own, the file."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from accreditation.services.rule_sets import store_edition
from criteria.loading import PROGRAMMES, load_text, resolver
from criteria.page import rule_page
from criteria.page_style import STYLE_SOURCE

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REF = "shanghai_municipal_centre/2022-demo"
PAGE = f"/editions/{REF}/"


@pytest.fixture
def reader(settings: LazySettings, client: Client, var_dir: Any) -> Client:
    settings.ACCREDITATION_DEMO = True
    store_edition(REF, at=timezone.now())
    return client


def test_page_of_an_edition_leads_to_its_print_and_its_file(reader: Client) -> None:
    shown = reader.get(PAGE).content.decode()
    assert f'href="{PAGE}print/"' in shown
    assert f'href="{PAGE}rules.yaml"' in shown


@pytest.mark.parametrize(("accepted", "lang"), [("zh-hans", "zh"), ("en", "en")])
def test_print_is_the_generated_page_and_may_style_itself(reader: Client, accepted: str, lang: str) -> None:
    answer = reader.get(f"{PAGE}print/", headers={"accept-language": accepted})
    rules = load_text(reader.get(f"{PAGE}rules.yaml").content.decode(), resolver(PROGRAMMES))
    assert answer.content.decode() == rule_page(rules, lang)
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    assert policy["style-src"] == STYLE_SOURCE
    assert "unsafe-inline" not in str(policy)
    assert policy["default-src"] == "'none'"


def test_print_of_an_edition_that_is_not_there_is_not_found(reader: Client) -> None:
    assert reader.get("/editions/shanghai_municipal_centre/1999/print/").status_code == 404
    assert reader.post(f"{PAGE}print/").status_code == 405
