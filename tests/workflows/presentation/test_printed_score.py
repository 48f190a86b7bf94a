"""From the text of the score page alone an officer redoes every point and every condition with a calculator."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from accreditation.models import Application
from accreditation.services.evaluation import draft_facts, evaluate_application
from criteria.evaluate import Evaluation
from tests.clock import STARTED
from tests.criteria.test_explain import Calculator, number, recomputed
from tests.factories.browser import log_in
from tests.factories.cast import make_cast, with_material
from workflows.opening import open_application

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SECTION = re.compile(r'<section class="explanation" id="indicator-([^"]+)".*?</section>', re.DOTALL)
WORKING = re.compile(r'id="gate-([^"]+)".*?<tr role="row" class="gate-working">(.*?)</div></td></tr>', re.DOTALL)
LINE = re.compile(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", re.DOTALL)
CELL = re.compile(r'<td role="cell" class="input-cell">(.*?)</td>', re.DOTALL)
POINTS = re.compile(r'<p class="explanation-points"><strong>([\d.]+)</strong>')


def plain(markup: str) -> str:
    return unescape(re.sub(r"<[^>]+>", "", markup)).strip()


def lines(markup: str) -> dict[str, str]:
    return {plain(label): plain(text) for label, text in LINE.findall(markup)}


@pytest.fixture
def printed(settings: LazySettings) -> tuple[str, Evaluation]:
    """The page of a draft, and what the engine found."""
    settings.ACCREDITATION_DEMO = True
    cast = make_cast(STARTED - timedelta(days=1))
    case = open_application(cast.enterprises[0], cast.batch, by=cast.member0, at=cast.at)
    with_material(case, cast.member0, cast.at, doctors=0, senior_experts=1)
    answer = log_in(Client(), cast.member0).get(reverse("my_score", args=[case.number]))
    application = Application.objects.get(case=case)
    facts = draft_facts(application)
    assert facts is not None
    return answer.content.decode(), evaluate_application(application, facts)


def test_every_point_is_recomputed_from_the_page_and_they_add_up_to_the_total(printed: tuple[str, Evaluation]) -> None:
    page, evaluation = printed
    total = Decimal(0)
    found = list(SECTION.finditer(page))
    assert len(found) == len(evaluation.indicators) + len(evaluation.bonus)
    for section in found:
        said = lines(section[0])
        shown = POINTS.search(section[0])
        assert shown is not None
        assert recomputed(("", *(f"{label}: {text}" for label, text in said.items()))) == Decimal(shown[1])
        total += Decimal(shown[1])
    assert evaluation.total is not None
    assert f"<strong>{total}</strong> / 100" in page
    assert Decimal(evaluation.total.numerator) / Decimal(evaluation.total.denominator) == total


def test_an_indicator_below_its_basic_requirement_has_no_points_on_the_page(printed: tuple[str, Evaluation]) -> None:
    page, _evaluation = printed
    section = next(found for found in SECTION.finditer(page) if found[1] == "X-04")[0]
    assert lines(section)["判定"] == "未达到基本要求，得0分"
    assert POINTS.findall(section) == ["0.00"]
    assert "未达标" in section


def test_every_input_on_the_page_names_its_sheet_and_cell(printed: tuple[str, Evaluation]) -> None:
    page, evaluation = printed
    for section in SECTION.finditer(page):
        cells = [plain(cell) for cell in CELL.findall(section[0])]
        expected = [f"{given.sheet} {given.cell}" for given in evaluation.trace(section[1]).inputs]
        assert cells == expected
        assert all(re.search(r" [A-Z]+\d+$", cell) for cell in cells)


def test_every_condition_with_a_number_is_decided_by_the_text(printed: tuple[str, Evaluation]) -> None:
    page, evaluation = printed
    decided = 0
    for code, working in WORKING.findall(page):
        said = lines(working)
        if "条件" not in said:
            continue
        value = Calculator(said["代入"].rsplit(" = ", 1)[0]).sum()
        limit = number(said["条件"].removeprefix("≥ "))
        assert said["结论"] == ("符合" if value >= limit else "不符合")
        assert (said["结论"] == "符合") == (evaluation.gate(code).outcome == "passed")
        decided += 1
    assert decided == sum(gate.limit is not None for gate in evaluation.gates)
