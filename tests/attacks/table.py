"""The table of expected answers as the tests read it; nothing here looks at the access table of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

from tests.attacks.world import ROLES, SIDES

PLACE = Path(__file__).with_name("expected_access.yaml")
METHODS = ("get", "post")
WORDS = {"page", "login", "403", "404"}
KEYS = {"audience", "stage", "args", "path", "get", "post", "except", "demo_only", "second_factor"}


@dataclass(frozen=True)
class Row:
    """One address: its audience as word per role and side, its samples, its own answers."""

    name: str
    words: Mapping[str, Mapping[str, str]]  # role: side: word
    audience: str
    stage: str
    answers: Mapping[str, int]
    args: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    exceptions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    demo_only: bool = False
    asks_second_factor: bool = True

    def expected(self, role: str, side: str, method: str) -> int | str:
        """Status that this person gets, or `login`."""
        word = self.words[role][side]
        if word == "page":
            return self.exceptions.get(role, {}).get(method, self.answers[method])
        if word == "404":
            return 405 if self.answers[method] == 405 else 404
        return 403 if word == "403" else word

    def is_open_to(self, role: str) -> bool:
        """Whether there is any object for which the person gets the page."""
        return "page" in self.words[role].values()


def load() -> dict[str, Row]:
    """Every row by URL name; ValueError where the table leaves anything undecided or decides it twice."""
    with PLACE.open(encoding="utf-8") as stream:
        plain = yaml.load(stream, Loader=_OnceOnly)  # a safe loader
    if tuple(plain["roles"]) != ROLES:
        raise ValueError(f"roles of the table: {list(plain['roles'])}, of the world: {list(ROLES)}")
    audiences = {name: _audience(name, groups) for name, groups in plain["audiences"].items()}
    return {name: _row(name, cells, audiences) for name, cells in plain["urls"].items()}


def read_by_two_administrators() -> set[str]:
    """Names that the table lets two of the three administrators read."""
    return set(yaml.safe_load(PLACE.read_text(encoding="utf-8"))["read_by_two_administrators"])


class _OnceOnly(yaml.SafeLoader):
    """YAML takes the last of two equal keys in silence; here they are refused."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise ValueError(f"decided twice: {sorted(twice)} {node.start_mark}")
        return super().construct_mapping(node, deep)


def _audience(name: str, groups: Mapping[str, list[str]]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for said, roles in groups.items():
        own, _, other = str(said).partition("/")
        words = dict(zip(SIDES, (own, other or own), strict=True))
        if not set(words.values()) <= WORDS:
            raise ValueError(f"audience {name}: unknown word {said}")
        for role in roles:
            if role not in ROLES or role in found:
                raise ValueError(f"audience {name}: {role} is unknown or decided twice")
            found[role] = words
    if missing := [role for role in ROLES if role not in found]:
        raise ValueError(f"audience {name} leaves undecided: {missing}")
    return found


def _row(name: str, cells: Mapping[str, Any], audiences: Mapping[str, Any]) -> Row:
    if unknown := cells.keys() - KEYS:
        raise ValueError(f"{name}: unknown {sorted(unknown)}")
    if not all(isinstance(cells.get(method), int) for method in METHODS):
        raise ValueError(f"{name}: get and post each need one status")
    exceptions = {role: answers for roles, answers in cells.get("except", {}).items() for role in roles.split()}
    if exceptions.keys() - set(ROLES):
        raise ValueError(f"{name}: exceptions for unknown roles")
    return Row(
        name=name,
        words=audiences[cells["audience"]],
        audience=cells["audience"],
        stage=cells.get("stage", "draft"),
        answers={method: cells[method] for method in METHODS},
        args=cells.get("args", {}),
        path=cells.get("path", ""),
        exceptions=exceptions,
        demo_only=cells.get("demo_only", False),
        asks_second_factor=cells["audience"] != "everybody" and cells.get("second_factor") != "not_needed",
    )


def names_of_site(urlconf: str | None = None) -> set[str]:
    """Every name that the resolver knows, namespaces included; a pattern without a name is called by its route."""
    return set(_walk(get_resolver(urlconf), ""))


def _walk(resolver: URLResolver, namespace: str) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}" if entry.name else f"(no name) {entry.pattern}"
        else:
            yield from _walk(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
