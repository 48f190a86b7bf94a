"""The printed score page alone is enough to redo every point and the total with a hand calculator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.utils import timezone
from playwright.sync_api import Page

from accreditation.models import Application, Case
from accreditation.services.evaluation import draft_facts, evaluate_application
from accreditation.services.rule_sets import rules_of
from tests.browser.walk import enter, turns_at
from workflows.demo.material import workbook_for
from workflows.demo.world import make_world, open_demo_batch
from workflows.opening import open_application

OpenPage = Callable[..., Page]

SHARE_AT_BASIC = Fraction(60, 100)
HEAD = re.compile(r"^(?P<code>X-B?\d+) .+\n+(?P<points>[\d.]+) / (?P<weight>[\d.]+) 分", re.MULTILINE)
LABELS = ("公式", "代入", "要求", "判定", "计算", "说明", "得分")
TOKEN = re.compile(r"\d+(?:\.\d+)?%?|[×÷+−()/]")
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:/\d+)?")


class Calculator:
    """A hand calculator with exact fractions: `12 × (60% + 40% × (7.2 − 3) ÷ (8 − 3))`, products before sums."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text.replace(" ", ""), f"a calculator has no key for {text}"

    def result(self) -> Fraction:
        """The value of the whole line."""
        value = self._sum()
        assert not self.tokens
        return value

    def _sum(self) -> Fraction:
        value = self._product()
        while self.tokens and self.tokens[0] in "+−":
            value = value + self._product() if self.tokens.pop(0) == "+" else value - self._product()
        return value

    def _product(self) -> Fraction:
        value = self._factor()
        while self.tokens and self.tokens[0] in "×÷/":
            value = value * self._factor() if self.tokens.pop(0) == "×" else value / self._factor()
        return value

    def _factor(self) -> Fraction:
        token = self.tokens.pop(0)
        if token == "(":
            value = self._sum()
            assert self.tokens.pop(0) == ")"
            return value
        return Fraction(token[:-1]) / 100 if token.endswith("%") else Fraction(token)


class Printed:
    """One indicator as it stands in the text of the page: points, weight, inputs, labelled lines."""

    def __init__(self, head: re.Match[str], text: str) -> None:
        self.code, self.points, self.weight = head["code"], Fraction(head["points"]), Fraction(head["weight"])
        lines = [line for line in text.splitlines() if line.strip()]
        self.said = {label: lines[lines.index(label) + 1] for label in LABELS if label in lines}
        cells = [line.split("\t") for line in lines if line.count("\t") == 2]
        self.inputs = [number(value) for _name, value, _cell in cells[1:] if NUMBER.match(value)]

    def recomputed(self) -> Fraction:
        """Value from the numbers, points from the requirements; every line on the way must agree."""
        left, right = self.said["代入"].rsplit(" = ", 1)
        value = Calculator(left).result()
        assert value == number(right), self.said
        assert [given for given in self.inputs if given not in map(number, NUMBER.findall(left))] == []
        points = self._points(value)
        if "计算" in self.said and ">" not in self.said["计算"]:
            assert Calculator(self.said["计算"].split(" = ")[0]).result() == points, self.said
        return rounded(points)

    def _points(self, value: Fraction) -> Fraction:
        required = dict(part.split(" ", 1) for part in self.said["要求"].split("；"))
        assert number(required["权重"]) == self.weight
        if "基本要求" not in required:
            return min(self.weight, Calculator(re.split(" [=>] ", self.said["计算"])[0]).result())
        low, high = number(required["基本要求"]), number(required["满分要求"])
        if value < low:
            return Fraction(0)
        share = min(Fraction(1), (value - low) / (high - low))
        return self.weight * (SHARE_AT_BASIC + (1 - SHARE_AT_BASIC) * share)


def number(text: str) -> Fraction:
    """The first number of `247104/7375 ≈ 33.50562712 万元` or `-5%`, exact."""
    found = NUMBER.match(text)
    assert found, text
    return Fraction(found[0])


def rounded(points: Fraction) -> Fraction:
    """Half up at two places, as the page says."""
    return Fraction((points * 100 + Fraction(1, 2)).__floor__(), 100)


def printed_indicators(text: str) -> list[Printed]:
    """Every indicator of the printed page."""
    heads = list(HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    return [Printed(head, text[head.end() : end]) for head, end in zip(heads, ends, strict=True)]


@pytest.fixture
def scored_case(transactional_db: None, settings: LazySettings, var_dir: Path, request: pytest.FixtureRequest) -> Case:
    """A draft with an accepted workbook of the profile asked for."""
    settings.ACCREDITATION_DEMO = True
    now = timezone.now()
    world = make_world(now)
    batch = open_demo_batch(world, 34, opens_at=now, closes_at=now + timedelta(days=20))
    enterprise = world.enterprise_of("qiye")
    case = open_application(enterprise, batch, by=world.people["qiye"], at=timezone.now())
    book = workbook_for(enterprise, batch, seed=1, profile=request.param)
    turns_at(world, timezone.now()).upload(case, "qiye", book)
    return case


@pytest.mark.parametrize("scored_case", ["strong", "weak"], indirect=True)
def test_printed_page_alone_leads_to_every_point_and_to_the_total(open_page: OpenPage, scored_case: Case) -> None:
    page = open_page()
    enter(page, "qiye", f"/my/cases/{scored_case.number}/score/")
    page.emulate_media(media="print")
    text = page.locator("main").inner_text()
    found = printed_indicators(text)
    application = Application.objects.get(case=scored_case)
    rules, facts = rules_of(application.batch), draft_facts(application)
    assert [one.code for one in found] == [one.code for one in (*rules.indicators, *rules.bonus)]
    for one in found:
        assert one.recomputed() == one.points, one.said
    total = sum((one.recomputed() for one in found), Fraction(0))
    assert f"合计\n{float(total):.2f} 分" in text
    assert facts is not None
    assert evaluate_application(application, facts).total == total
