"""Every module has a place in the import contracts that `make lint` checks."""

from __future__ import annotations

import re
import tomllib
from itertools import chain
from typing import Any

import pytest

from tests.architecture.sources import ROOT

CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
NOT_LAYERED = {"apps", "migrations"}


def placed(package: str) -> set[str]:
    layers = chain.from_iterable(re.split(r"[|:]", layer) for layer in CONTRACTS[package]["layers"])
    without_django = CONTRACTS["no-django"]["source_modules"]
    names = {name.strip(" ()") for name in chain(layers, without_django)}
    return {name.split(".")[1] for name in names if name.startswith(f"{package}.")}


def modules(package: str) -> set[str]:
    inside = (ROOT / package).iterdir()
    found = {path.stem for path in inside if path.suffix == ".py" or (path / "__init__.py").exists()}
    return found - {"__init__"} - NOT_LAYERED


@pytest.mark.parametrize("package", ["accreditation", "certificates", "workflows"])
def test_every_module_has_a_place(package: str) -> None:
    assert modules(package) - placed(package) == set()
