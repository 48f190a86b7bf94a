"""The page that works out what would change the score."""

from __future__ import annotations

from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Application, Case
from accreditation.services.evaluation import reported_evaluation
from tests.clock import STARTED
from tests.factories.browser import log_in
from tests.factories.cast import Cast, filed_case, make_cast
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def cast(settings: LazySettings, var_dir: Path) -> Cast:
    settings.ACCREDITATION_DEMO = True
    return make_cast(STARTED - timedelta(days=1))


@pytest.fixture
def me(cast: Cast) -> Client:
    return log_in(Client(), cast.member0)


def shown(client: Client, case: Case, **asked: str) -> str:
    answer = client.get(reverse("my_what_if", args=[case.number]), asked)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_page_says_that_figures_are_needed_first(cast: Cast, me: Client) -> None:
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    assert "还不能测算" in shown(me, case)


def test_page_shows_total_gaps_and_ways(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    evaluation = reported_evaluation(Application.objects.get(case=case))
    assert evaluation is not None
    assert evaluation.total is not None
    text = shown(me, case, points="0.5")
    assert f"{float(evaluation.total):.2f}" in text
    assert "一项数据增长即可" in text
    assert "每项数据单独增长最多能增加的得分" in text
    assert "→" in text


def test_points_that_no_figure_reaches_are_said_so(cast: Cast, me: Client) -> None:
    case = filed_case(cast, 0)
    assert "一项或两项数据的增长都达不到这个分数" in shown(me, case, points="99")


@pytest.mark.parametrize("points", ["", "abc", "-1", "0", "1000", "NaN", "1e400"])
def test_bad_number_is_told_at_its_field(cast: Cast, me: Client, points: str) -> None:
    text = shown(me, filed_case(cast, 0), points=points)
    assert 'aria-invalid="true"' in text
    assert "一项数据增长即可" not in text


def test_only_the_applicant_of_the_case_sees_it(cast: Cast) -> None:
    case = filed_case(cast, 0)
    address = reverse("my_what_if", args=[case.number])
    assert log_in(Client(), cast.member1).get(address).status_code == 404
    assert log_in(Client(), cast.office).get(address).status_code == 403
