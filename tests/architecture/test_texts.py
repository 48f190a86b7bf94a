"""Words that no file of the product may hold: hosts of package registries, paths of one machine, unfinished marks."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import PACKAGES, Source, python, texts

# Put together here, so that this file does not hold them either.
HOSTS = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"), ("python" + "hosted", "org"), ("deb", "debian", "org"), ("security", "debian", "org"),
        ("npmjs", "org"), ("npmjs", "com"), ("ghcr", "io"), ("docker", "io"), ("quay", "io"), ("jsdelivr", "net"),
        ("unpkg", "com"), ("googleapis", "com"),
    )
]  # fmt: skip
PATHS = ["/" + "/".join(parts) for parts in (("work", "main"), ("work", "shared"), ("work", "."), ("root", ""))]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X"]
ISSUE = r"\b[Ii]ssue" + r"s? #?\d+\b"
FORBIDDEN = re.compile(
    "|".join([*map(re.escape, [*HOSTS, *PATHS]), *(rf"\b{word}\b(?!X)" for word in UNFINISHED), ISSUE])
)
NAMES_TO_AVOID = {"utils", "helpers", "common", "misc", "base", "manager"}
# Django looks for a database backend in a module of this name.
NAMED_BY_DJANGO = {"config/sqlite_gate/base.py"}


def breaches(sources: list[Source]) -> list[str]:
    return [
        f"{source.path}:{number} {found[0]}"
        for source in sources
        for number, line in enumerate(source.lines, start=1)
        if (found := FORBIDDEN.search(line))
    ]


def test_no_file_names_a_registry_a_machine_or_unfinished_work() -> None:
    licence_and_examples = {"LICENSE"}
    assert breaches([source for source in texts() if source.path not in licence_and_examples]) == []


@pytest.mark.parametrize(
    "words", [HOSTS[0], PATHS[0] + "/x", PATHS[3] + ".cache", UNFINISHED[0] + ": later", "is" + "sue 12"]
)
def test_planted_word_is_found(words: str) -> None:
    assert len(breaches([Source("planted.md", f"see {words} there")])) == 1


def test_no_module_has_a_name_that_says_nothing() -> None:
    modules = [source.path for source in python(*PACKAGES, "scripts", "bench")]
    named = [path for path in modules if NAMES_TO_AVOID & set(path.removesuffix(".py").split("/"))]
    assert set(named) == NAMED_BY_DJANGO
