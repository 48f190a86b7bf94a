"""The form on pages: typed, kept, checked by the chain of every upload, never overwritten in silence."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Case, Draft, WorkbookUpload
from accreditation.services.files import path_of
from accreditation.services.rule_sets import template_of
from criteria.facts import Facts
from criteria.workbook import Faults, read
from tests.factories.browser import log_in
from tests.factories.cast import Cast, make_cast
from tests.workflows.web_form.typing import sample_answers, type_all
from workflows.opening import open_application
from workflows.web_form.sections import section_path

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(timezone.now() - timedelta(days=1))


@pytest.fixture
def case(cast: Cast) -> Case:
    return open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def overview(case: Case) -> str:
    return reverse("my_form", args=[case.number])


def basics(case: Case) -> str:
    return section_path(case.number, "basics")


def check(client: Client, case: Case, key: str = "k" * 24) -> Any:
    return client.post(overview(case), {"request_key": key})


def test_form_typed_page_by_page_becomes_a_version_with_a_workbook_like_any_other(case: Case, me: Client) -> None:
    answers = sample_answers(case)
    type_all(me, case, answers)
    answer = check(me, case)
    assert answer.headers.get("Location") == reverse("my_upload", args=[case.number, 1]), text(me.get(overview(case)))
    row = WorkbookUpload.objects.get(application__case=case)
    assert row.is_accepted
    assert row.file is not None
    content = path_of(row.file.sha256).read_bytes()
    facts = read(content, template_of(case.application.batch))
    assert isinstance(facts, Facts)
    assert facts == Facts.from_json(row.facts)
    assert not Draft.objects.exists()


def test_empty_form_comes_back_with_every_missing_field_linked_and_nothing_stored(case: Case, me: Client) -> None:
    assert check(me, case).headers["Location"] == overview(case)
    page = me.get(overview(case))
    row = WorkbookUpload.objects.get(application__case=case)
    errors = Faults.from_json(row.faults).errors
    assert len(page.context["fault_links"]) == len(errors) > 30
    assert all(re.search(r"/form/[\w-]+/#id_", link["href"]) for link in page.context["fault_links"])
    assert "有错误：" in page.content.decode()
    section = me.get(basics(case)).content.decode()
    assert 'aria-invalid="true"' in section
    assert 'id="id_address-error"' in section
