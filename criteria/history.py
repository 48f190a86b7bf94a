"""Past applications as text: one JSON object a line, as the simulation takes them and an operator can export them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from criteria.factsfile import Fields, day_from, facts_from, json_of, standing_from
from criteria.given import Unusable
from criteria.scope import NOTHING_KNOWN
from criteria.simulation import Applicant

_TEXTS = ("reference", "name", "district", "industry", "size")


def applicants_of(text: str, file: str, fields: Fields) -> Iterator[Applicant]:
    """The applications of a text, blank lines left out; Unusable at the first line that is none.

    `fields` are those that the editions read, so that no value of the wrong kind gets through.
    """
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield _applicant(line, f"{file}:{number}", fields)


def _applicant(line: str, where: str, fields: Fields) -> Applicant:
    plain = json_of(line, where)
    if not isinstance(plain, dict):
        raise Unusable(where, "应为对象", "must be an object")
    texts = {name: plain.get(name, "") for name in _TEXTS}
    for name, value in texts.items():
        if not isinstance(value, str):
            raise Unusable(f"{where}: {name}", "应为文字", "must be a text")
    standing = plain.get("standing")
    return Applicant(
        **texts,
        facts=facts_from(plain.get("facts"), f"{where}: facts", fields),
        on=day_from(plain.get("on"), f"{where}: on"),
        standing=standing_from(standing, f"{where}: standing") if standing else NOTHING_KNOWN,
        holds_title=plain.get("holds_title") is True,
    )


def history_text(applicants: Iterable[Applicant]) -> str:
    """The text that `applicants_of` reads back."""
    return "".join(json.dumps(_plain(one), ensure_ascii=False) + "\n" for one in applicants)


def _plain(one: Applicant) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _TEXTS} | {
        "on": one.on.isoformat(),
        "holds_title": one.holds_title,
        "facts": json.loads(one.facts.to_json()),
        "standing": json.loads(one.standing.to_json()),
    }
