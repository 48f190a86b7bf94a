"""Every step of two or more persons stands in the hand-written list with the tests in which they act at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps

from tests.architecture.sources import Source, python
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


@cache
def sources() -> list[Source]:
    return [source for source in python("accreditation", "workflows") if "/demo/" not in source.path]


def acts_of(source: Source) -> Iterator[str]:
    """The verbs that a module's acts outside the door name, whichever way they are handed to the wrapper."""
    for function in source.functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "act" and len(call.args) > 1:
                yield from _texts(call.args[1], function, source)


def _texts(node: ast.expr, function: ast.FunctionDef | ast.AsyncFunctionDef, source: Source) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body, function, source)
        yield from _texts(node.orelse, function, source)
    elif isinstance(node, ast.Name):
        own = [arg.arg for arg in function.args.args]
        if node.id in own:
            yield from _handed_on(function.name, own.index(node.id), source)
        else:
            yield from _assigned(node.id, function, source)


def _assigned(name: str, function: ast.FunctionDef | ast.AsyncFunctionDef, source: Source) -> Iterator[str]:
    """In the function, else in the module, else in the module that it is imported from."""
    for nodes in (ast.walk(function), source.tree.body, _elsewhere(name)):
        values = [node.value for node in nodes if isinstance(node, ast.Assign) and _is_of(node, name)]
        if values:
            for value in values:
                yield from _texts(value, function, source)
            return


def _elsewhere(name: str) -> Iterator[ast.stmt]:
    return (node for source in sources() if f"\n{name} = " in source.text for node in source.tree.body)


def _is_of(node: ast.Assign, name: str) -> bool:
    return any(isinstance(target, ast.Name) and target.id == name for target in node.targets)


def _handed_on(name: str, position: int, source: Source) -> Iterator[str]:
    """What the module's own functions call it with."""
    for function in source.functions():
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == name and len(call.args) > position:
                yield from _texts(call.args[position], function, source)


def test_every_act_is_joint_or_of_one_person() -> None:
    found = {verb for source in sources() if " act(" in source.text for verb in acts_of(source)}
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
