"""Two uploads compared on pages; what was verified is told to the applicant once the first review is closed."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accreditation.models import Application, Case, WorkbookUpload
from accreditation.visibility import first_review_is_closed
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast, with_material
from tests.factories.steps import answer_gates
from workflows import door
from workflows.intake import upload_workbook
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def page_of(case: Case, **choice: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in choice.items())
    return reverse("my_difference", args=[case.number]) + (f"?{query}" if query else "")


# --- differences ------------------------------------------------------------------------------------------------
@pytest.fixture
def two(cast: Cast) -> Case:
    """Two accepted uploads, and a file between them that was refused whole."""
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at)
    upload_workbook(case, b"PK\x03\x04", "坏.xlsx", by=cast.member0, at=cast.at)
    with_material(case, cast.member0, timezone.now(), awards_2y=7)
    return case


def test_newest_uploads_are_compared_with_their_hashes_and_any_two_can_be_chosen(me: Client, two: Case) -> None:
    page = text(me.get(page_of(two)))
    assert "第 1 次上传 → 第 2 次上传" in page
    assert "2 项 现在 7 项" in page
    for row in WorkbookUpload.objects.filter(application__case=two):
        assert row.sha256 in page
    assert "7 项 现在 2 项" in text(me.get(page_of(two, before=2, after=1)))
    assert "数据没有改动" in text(me.get(page_of(two, before=1, after=1)))
    assert "比较两次上传" in text(me.get(reverse("my_workbook", args=[two.number])))


@pytest.mark.parametrize("choice", [{"before": 1, "after": 9}, {"before": "x", "after": "²"}, {"before": -1}])
def test_upload_that_is_not_there_is_not_found(me: Client, two: Case, choice: dict[str, Any]) -> None:
    assert me.get(page_of(two, **choice)).status_code == 404


def test_case_without_an_accepted_upload_has_nothing_to_compare(cast: Cast, me: Client) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    assert me.get(page_of(case)).status_code == 404
    assert "比较两次上传" not in text(me.get(reverse("my_workbook", args=[case.number])))


def test_uploads_of_others_are_not_found(cast: Cast, two: Case) -> None:
    assert log_in(Client(), cast.member1).get(page_of(two)).status_code == 404


def test_reviewer_sees_the_hash_of_each_filed_version(cast: Cast) -> None:
    case = filed_case(cast, 0)
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    page = text(log_in(Client(), cast.pudong).get(reverse("district_changes", args=[case.number])))
    assert WorkbookUpload.objects.get(application__case=case).sha256 in page


# --- verified figures -------------------------------------------------------------------------------------------
def test_verified_figure_is_told_to_the_applicant_with_the_opinion_and_not_before(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    year = cast.batch.reporting_year
    door.perform(case, "accept", by=cast.pudong, at=cast.at)
    form = {"code": "awards_2y", "year": year, "value": Fraction(1), "reason": "证书只有一份"}
    door.perform(case, "verify_value", by=cast.pudong, at=cast.at, form=form)
    pages = [reverse(name, args=[case.number]) for name in ("my_score", "my_progress", "my_case")]
    assert not any("证书只有一份" in text(me.get(page)) for page in pages)
    answer_gates(case, cast.pudong, cast.at)
    door.perform(case, "recommend", by=cast.pudong, at=cast.at, form={"opinion": "同意推荐"})
    score = text(me.get(pages[0]))
    assert "证书只有一份" in score
    assert "2 项 核定数 1 项" in score
    assert "核定得分" in score
    assert "证书只有一份" in text(me.get(pages[1]))


@pytest.mark.parametrize(
    ("state", "returned_by", "closed"),
    [
        ("draft", "", False),
        ("submitted", "", False),
        ("under_first_review", "", False),
        ("returned", "district", False),
        ("returned", "office", True),
        ("under_completeness_check", "", True),
        ("not_recommended", "", True),
        ("recognised", "", True),
    ],
)
def test_first_review_is_closed_by_its_opinion(state: str, returned_by: str, closed: bool) -> None:
    assert first_review_is_closed(Application(state=state, returned_by=returned_by)) is closed
