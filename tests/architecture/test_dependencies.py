"""Dependencies: each has its reason, and the locks hold exactly what the project asks for."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.architecture.sources import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text()
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(\[[a-z,]+\])?==(?P<version>[^ ;\\]+)")
LOCKS = ("run", "test")


def lock(name: str) -> str:
    return (ROOT / "requirements" / f"{name}.txt").read_text()


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(lines: list[str]) -> dict[str, str]:
    found = (PINNED.match(line) for line in lines)
    return {plain(pin["name"]): pin["version"] for pin in found if pin}


def asked(*extras: str) -> dict[str, str]:
    project = tomllib.loads(PROJECT)["project"]
    lines = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    found = pins(lines)
    assert len(found) == len(lines), "every dependency is pinned to one version"
    return found


def test_every_dependency_has_a_reason() -> None:
    lines = [line for line in PROJECT.splitlines() if re.match(r'\s+"[\w.\[\]-]+==', line)]
    assert len(lines) == len(asked("test", "hsm", "sm2"))
    assert [line for line in lines if not re.search(r",\s+# \w.{8,}$", line)] == []


@pytest.mark.parametrize(("name", "extras"), [("run", ()), ("test", ("test", "hsm", "sm2"))])
def test_lock_holds_what_the_project_asks_for(name: str, extras: tuple[str, ...]) -> None:
    locked = pins(lock(name).splitlines())
    assert {package: locked.get(package) for package in asked(*extras)} == asked(*extras)


def test_both_locks_agree() -> None:
    run, test = pins(lock("run").splitlines()), pins(lock("test").splitlines())
    assert {name: test.get(name) for name in run} == run


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_hashes_and_the_lock_nothing_else(name: str) -> None:
    for entry in re.split(r"\n(?=\S)", lock(name).strip()):
        first, *hashes = entry.split("\n")
        assert PINNED.match(first), first
        assert hashes, first
        assert [line for line in hashes if not re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line)] == []
