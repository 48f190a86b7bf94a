"""A certificate that was issued on paper, as the register holds it: what it says and the record that is logged.

It was never signed and has no code of its own: the register answers for it by its number and its holder's credit code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date
from typing import Any

from certificates.snapshot import canonical

SCHEMA = "paper-record/1"
VERSION = 0  # of every entry in the log that speaks of paper: versions of signed certificates begin at 1
_BRACKETS = str.maketrans({"[": "〔", "]": "〕", "(": "〔", ")": "〕", "【": "〔", "】": "〕", "{": "〔", "}": "〕"})


@dataclass(frozen=True, slots=True)
class PaperRecord:
    """What a paper certificate states, and the document in which that was found.

    `number` as printed, `title` the number under which the register of titles holds it, `original_seen` whether the
    person who prepared the import held the paper in hands.
    """

    number: str
    title: str
    programme: str
    programme_zh: str
    programme_en: str
    holder_zh: str
    uscc: str
    granted_on: date
    valid_until: date
    issuer_zh: str
    issuer_en: str
    document_number: str
    document_date: date
    original_seen: bool


def number_key(text: str) -> str:
    """The number as it is compared: full-width signs made half-width, capitals, no blanks, one kind of brackets."""
    plain = unicodedata.normalize("NFKC", text).upper().translate(_BRACKETS)
    return "".join(plain.split())


def identifier_of(number: str) -> str:
    """How the log names a paper certificate; never an identifier of an electronic one."""
    return f"paper:{number_key(number)}"


def plain(record: PaperRecord) -> dict[str, Any]:
    """The record as JSON values."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(record).items()}


def from_plain(values: Mapping[str, Any]) -> PaperRecord:
    """The record back from its JSON values; KeyError or ValueError when they are not those of a record."""
    named: dict[str, Any] = {field.name: values[field.name] for field in fields(PaperRecord)}
    for name in ("granted_on", "valid_until", "document_date"):
        named[name] = date.fromisoformat(named[name])
    return PaperRecord(**named)


def record_of(record: PaperRecord) -> bytes:
    """The canonical record whose SHA-256 stands in the log."""
    return canonical({"schema": SCHEMA, "identifier": identifier_of(record.number), **plain(record)})
