"""Past applications as text: one JSON object a line, as the simulation takes them and an operator can export them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from criteria.facts import Facts
from criteria.scope import NOTHING_KNOWN, Standing
from criteria.simulation import Applicant

_TEXTS = ("reference", "name", "district", "industry", "size")


class HistoryFault(ValueError):
    """A line that is no application; what is wrong, with file and line, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def applicants_of(text: str, file: str) -> Iterator[Applicant]:
    """The applications of a text, blank lines left out. HistoryFault at the first line that is none."""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            yield _applicant(line, f"{file}:{number}")


def _applicant(line: str, place: str) -> Applicant:
    try:
        plain = json.loads(line)
        texts = {name: str(plain.get(name, "")) for name in _TEXTS}
        facts = Facts.from_json(json.dumps(plain["facts"]))
        standing = Standing.from_json(json.dumps(plain["standing"])) if plain.get("standing") else NOTHING_KNOWN
        on = date.fromisoformat(plain["on"])
    except (ValueError, KeyError, TypeError, AttributeError, ZeroDivisionError) as error:
        what = f"{type(error).__name__}: {error}"
        raise HistoryFault(f"{place}: 不是申报记录（{what}）", f"{place}: not an application ({what})") from error
    return Applicant(**texts, facts=facts, on=on, standing=standing, holds_title=plain.get("holds_title") is True)


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
