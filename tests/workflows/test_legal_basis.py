"""What adverse letters rest on: instruments by name and number, the ground of the step, nothing twice."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from accreditation.models import Application
from workflows import legal_basis
from workflows.legal_basis import IN_THE_RULES
from workflows.procedures import PROCEDURES

MEASURES = ("上海市企业技术中心管理办法", "沪经信规范〔2022〕3号")
DESIGNATION = ("示例规划", "")


@pytest.mark.parametrize(
    ("ground", "instruments", "text"),
    [
        (
            "行政许可法第三十二条（参照）", [MEASURES],
            "《上海市企业技术中心管理办法》（沪经信规范〔2022〕3号）；行政许可法第三十二条（参照）",
        ),
        ("沪经信规范〔2022〕3号", [MEASURES], "《上海市企业技术中心管理办法》（沪经信规范〔2022〕3号）"),
        ("评审委员会议事规则", [], "评审委员会议事规则"),
        (IN_THE_RULES, [DESIGNATION], "《示例规划》"),
        (IN_THE_RULES, [], IN_THE_RULES),
    ],
)  # fmt: skip
def test_basis(monkeypatch: pytest.MonkeyPatch, ground: str, instruments: list[tuple[str, str]], text: str) -> None:
    rows = [SimpleNamespace(title_zh=title, number=number) for title, number in instruments]
    monkeypatch.setattr(legal_basis, "rules_of", lambda _batch: SimpleNamespace(instruments=rows))
    monkeypatch.setattr(Application, "batch", None)
    doing: Any = SimpleNamespace(verb=SimpleNamespace(ground=ground), subject=Application())
    assert legal_basis.legal_basis(doing) == text


def test_basis_of_what_is_no_application_is_the_ground() -> None:
    doing: Any = SimpleNamespace(verb=SimpleNamespace(ground="行政许可法第六十九条（参照）"), subject=object())
    assert legal_basis.legal_basis(doing) == "行政许可法第六十九条（参照）"


def test_ground_that_points_to_the_rules_is_one_of_the_tables() -> None:
    assert IN_THE_RULES in {verb.ground for procedure in PROCEDURES.values() for verb in procedure.verbs.values()}
