"""Facts, standings and histories from text: what was written is read back, all else is refused with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from copy import deepcopy
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from criteria.evaluate import evaluate
from criteria.facts import Facts
from criteria.factsfile import fields_of, read_facts, read_standing
from criteria.given import Unusable
from criteria.history import applicants_of, history_text
from criteria.loading import PROGRAMMES
from criteria.ruleset import RuleSet
from criteria.scope import GivenGrade, Standing
from criteria.simulation import Applicant
from tests.criteria.builders import facts

KNOWN = Standing(
    titles={"district_centre": date(2024, 1, 1), "national_centre": None},
    records={"tax": (date(2023, 5, 1),), "customs": ()},
    lists={"shanghai_negative_list": False},
    answers={"MG7": True},
    anchors={"application_deadline": date(2026, 4, 1)},
    grades={"Q1": GivenGrade("fair", "as seen", "E-1")},
)


def rich(rules: RuleSet) -> Facts:
    """Facts with other years, odd numbers and an annex."""
    annexes = {"rd_projects": [{"name": "示例", "kind": "basic", "budget": Fraction(1, 3)}]}
    return facts(rules.fields, {2024: {"employees": 590}}, annexes, revenue_main=Fraction("123456.78"))


def test_what_was_written_is_read_back(municipal: RuleSet) -> None:
    assert read_facts(rich(municipal).to_json(), "f", {}) == rich(municipal)
    assert read_standing(KNOWN.to_json(), "s") == KNOWN


def test_history_is_read_back_line_by_line(municipal: RuleSet) -> None:
    past = [
        Applicant(f"C-{n}", "示例\u2028公司", "310112", "", "medium", rich(municipal), date(2026, 3, n), KNOWN, n == 1)
        for n in (1, 2)
    ]
    assert list(applicants_of(history_text(past) + "\n\n", "h", {})) == past


def test_plain_numbers_are_exact_and_what_may_be_left_out_may_be(municipal: RuleSet) -> None:
    text = '{"reporting_year": 2025, "figures": [{"code": "revenue_main", "year": 2025, "value": 0.1}]}'
    found = read_facts(text, "f", municipal.fields)
    assert found.value("revenue_main") == Fraction(1, 10)
    assert found.figures["revenue_main", 2025].unit == "kCNY"


Change = Callable[[dict[str, Any]], Any]
CHANGES: dict[str, Change] = {
    "figures[0].code": lambda plain: plain["figures"][0].update(code=1),
    "figures[0].year": lambda plain: plain["figures"][0].update(year="2025"),
    "figures[0].unit": lambda plain: plain["figures"][0].update(unit=None),
    "figures[0].origin": lambda plain: plain["figures"][0].update(origin=["sheet"]),
    "figures[0].notes": lambda plain: plain["figures"][0].update(notes="note"),
    "figures[0].value": lambda plain: plain["figures"][0].update(value={"n": "1/0"}),
    "figures[1].value": lambda plain: plain["figures"][1].update(value=["1"]),
    "figures[2]": lambda plain: plain["figures"].insert(2, plain["figures"][0]),
    "reporting_year": lambda plain: plain.update(reporting_year=2025.5),
    "annexes": lambda plain: plain.update(annexes=[]),
    "annexes.rd_projects": lambda plain: plain["annexes"].update(rd_projects={}),
    "annexes.rd_projects[0].number": lambda plain: plain["annexes"]["rd_projects"][0].update(number="1"),
    "annexes.rd_projects[0].values": lambda plain: plain["annexes"]["rd_projects"][0].update(values=None),
    "annexes.rd_projects[0].values.kind": lambda plain: plain["annexes"]["rd_projects"][0]["values"].update(kind=True),
}


@pytest.mark.parametrize("place", CHANGES)
def test_fault_in_facts_names_its_place(place: str, municipal: RuleSet) -> None:
    plain = json.loads(rich(municipal).to_json())
    CHANGES[place](plain)
    with pytest.raises(Unusable) as refused:
        read_facts(json.dumps(plain), "f.json", fields_of(municipal))
    assert refused.value.where == f"f.json: {place}"
    assert refused.value.text("zh") != refused.value.text("en")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"titles": {"district_centre": "soon"}}', "titles.district_centre"),
        ('{"titles": []}', "titles"),
        ('{"records": {"tax": "2024-01-01"}}', "records.tax"),
        ('{"records": {"tax": ["2024-01-32"]}}', "records.tax"),
        ('{"lists": {"x": "no"}}', "lists.x"),
        ('{"answers": {"MG7": 1}}', "answers.MG7"),
        ('{"anchors": {"application_date": null}}', "anchors.application_date"),
        ('{"grades": {"Q1": {"code": 5}}}', "grades.Q1.code"),
        ('{"title": {}}', "title"),
    ],
)
def test_fault_in_a_standing_names_its_place(text: str, place: str) -> None:
    with pytest.raises(Unusable) as refused:
        read_standing(text, "s.json")
    assert refused.value.where == f"s.json: {place}"


def test_fault_in_a_history_names_its_line(municipal: RuleSet) -> None:
    good = history_text([Applicant("C-1", "", "", "", "", rich(municipal), date(2026, 3, 1), KNOWN, False)])
    for bad, place in (
        ("{", "h.jsonl:3:1:2"),
        ("[]", "h.jsonl:3"),
        ('{"reference": 1}', "h.jsonl:3: reference"),
        ('{"facts": {}}', "h.jsonl:3: facts: reporting_year"),
        (good.replace("2026-03-01", "2026-02-30").strip(), "h.jsonl:3: on"),
    ):
        with pytest.raises(Unusable) as refused:
            list(applicants_of(f"{good}\n{bad}\n", "h.jsonl", {}))
        assert refused.value.where == place


def test_examples_of_the_guide_are_read(municipal: RuleSet) -> None:
    guide = (PROGRAMMES / "README.md").read_text(encoding="utf-8")
    application, standing = re.findall(r"```json\n(.*?)```", guide, flags=re.DOTALL)
    assert read_facts(application, "f", fields_of(municipal)).value("employees") == 600
    assert read_standing(standing, "s").titles == {"district_centre": date(2024, 1, 1)}


SMALL: dict[str, Any] = {
    "reporting_year": 2025,
    "figures": [
        {"code": "employees", "year": 2025, "value": {"n": "600"}, "unit": "person", "origin": ["A", "B1", ""]}
    ],
    "annexes": {"rd_projects": [{"number": 1, "values": {"kind": "basic"}, "origins": {"kind": None}}]},
}


def places(plain: Any) -> list[tuple[Any, Any]]:
    """Every place of plain values: what holds it, and under which key."""
    held = plain.items() if isinstance(plain, dict) else enumerate(plain) if isinstance(plain, list) else ()
    return [place for key, below in held for place in ((plain, key), *places(below))]


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, len(places(SMALL)) - 1), st.sampled_from([None, True, 0, -1.5, "", "x", [], {}, {"n": "x"}, [[]]])
)
def test_any_value_in_any_place_is_read_or_refused(municipal: RuleSet, number: int, value: Any) -> None:
    plain = deepcopy(SMALL)
    holder, key = places(plain)[number]
    holder[key] = value
    with suppress(Unusable):
        found = read_facts(json.dumps(plain), "f.json", fields_of(municipal))
        evaluate(municipal, found, date(2026, 3, 1))
