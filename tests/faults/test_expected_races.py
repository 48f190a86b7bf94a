"""Every step of two or more persons stands in the hand-written list with the tests in which they act at once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from tests.architecture.acts import sources, verbs_of
from workflows.procedures import PROCEDURES

pytestmark = [pytest.mark.slow, pytest.mark.one_database]

FOLDER = Path(__file__).parent
SECOND = ("another_than_", "by_a_second_person")  # how the guards of four eyes are called


@cache
def listed() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "expected_races.yaml").read_text(encoding="utf-8"))
    return found


def named(kind: str) -> list[str]:
    """Everything of a kind that the joint steps name."""
    return [one for step in listed()["joint"] for one in step.get(kind, [])]


def test_every_act_is_joint_or_of_one_person() -> None:
    found = {verb for source in sources("accreditation", "workflows") for _place, verb in verbs_of(source)} - {""}
    joint, alone = set(named("acts")), [act for group in listed()["alone"] for act in group["acts"]]
    assert len(alone) == len(set(alone))
    assert joint.isdisjoint(alone)
    assert found - joint - set(alone) == set()
    assert joint | set(alone) <= found


def test_every_verb_that_waits_for_another_person_is_joint() -> None:
    verbs = [line for procedure in PROCEDURES.values() for line in procedure.verbs.values()]
    guarded = {line.code for line in verbs for guard in line.guards if guard.__qualname__.startswith(SECOND)}
    assert guarded
    assert guarded <= set(named("verbs")) <= {line.code for line in verbs}


def test_every_constraint_of_two_persons_is_of_a_joint_step() -> None:
    found = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if constraint.name.endswith("_by_a_second_person")
    }
    assert sorted(named("constraints")) == sorted(found)


def test_every_joint_step_names_tests_that_run_at_once() -> None:
    known = {
        f"{path.stem}.{node.name}": ast.unparse(node)
        for path in FOLDER.glob("test_*races.py")
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for step in listed()["joint"]:
        assert step["tests"], step
        assert set(step["tests"]) <= known.keys(), step
    assert all("at_once(" in known[name] for name in named("tests"))
