"""What the reader answers when it cannot accept a figure or a file: faults with their place, in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from criteria.facts import Scalar, dump_scalar, load_scalar
from criteria.workbook.cell_messages import CELL_MESSAGES
from criteria.workbook.refusal_messages import REFUSALS

MESSAGES = {**REFUSALS, **CELL_MESSAGES}


class Severity(StrEnum):
    """How far a fault reaches."""

    REFUSAL = "refusal"  # the whole file was refused; nothing in it was judged
    ERROR = "error"  # this cell stops acceptance
    WARNING = "warning"  # a question to the applicant; does not stop


_STOPPING = tuple(f'"severity":"{severity}"' for severity in (Severity.REFUSAL, Severity.ERROR))


def errors_in(report: str) -> int:
    """How many errors a report holds that `Faults.to_json` wrote, without reading the whole of it.

    Inside a text the quotation marks would be escaped, so the words stand for themselves.
    """
    return sum(report.count(sign) for sign in _STOPPING)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: stable code, severity, place, what was read, what is expected, what to do.

    `field` is a field code, or `annex.column` in an annex. `sheet` and `cell` are empty where the file as a whole
    is meant.
    """

    code: str
    severity: Severity
    sheet: str
    cell: str
    field: str
    year: int | None
    read: str
    expected_zh: str
    expected_en: str
    message_zh: str
    message_en: str
    fix_zh: str
    fix_en: str

    def to_json(self) -> str:
        """JSON object of this fault."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @property
    def place(self) -> str:
        """`sheet!cell`, or what is known of it."""
        return "!".join(part for part in (self.sheet, self.cell) if part)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault lies; every part may be unknown."""

    sheet: str = ""
    cell: str = ""
    field: str = ""
    year: int | None = None


NOWHERE = Place()


@dataclass(frozen=True, slots=True)
class Entry:
    """What one input cell held: key (field, year) or (`annex.column`, line), place, text as typed, value read.

    `value` is None where the text could not be accepted; an annotated copy then shows the text again.
    """

    key: tuple[str, int | None]
    sheet: str
    cell: str
    raw: str
    value: Scalar = None


@dataclass(frozen=True, slots=True)
class Faults:
    """All faults of one reading, in the order of the form, and what was typed, for an annotated copy."""

    faults: tuple[Fault, ...] = ()
    entries: tuple[Entry, ...] = ()

    @property
    def refusal(self) -> Fault | None:
        """The fault that refuses the whole file, when there is one."""
        return next((fault for fault in self.faults if fault.severity is Severity.REFUSAL), None)

    @property
    def errors(self) -> tuple[Fault, ...]:
        """Faults that stop acceptance, a refusal included."""
        return tuple(fault for fault in self.faults if fault.severity is not Severity.WARNING)

    @property
    def warnings(self) -> tuple[Fault, ...]:
        """Questions to the applicant."""
        return tuple(fault for fault in self.faults if fault.severity is Severity.WARNING)

    def to_json(self) -> str:
        """Canonical JSON of faults and entries."""
        entries = [[*entry.key, entry.sheet, entry.cell, entry.raw, dump_scalar(entry.value)] for entry in self.entries]
        plain = {"faults": [asdict(fault) for fault in self.faults], "entries": entries}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Faults:
        """Inverse of `to_json`."""
        plain = json.loads(text)
        faults = tuple(fault_from_plain(fault) for fault in plain["faults"])
        entries = tuple(Entry((e[0], e[1]), e[2], e[3], e[4], load_scalar(e[5])) for e in plain["entries"])
        return cls(faults, entries)


class Refused(Exception):  # raised inside the reader only; `read` returns Faults
    """The file as a whole cannot be read: a code of `refusal_messages.py` and the values for its text."""

    def __init__(self, code: str, sheet: str = "", cell: str = "", **values: Any) -> None:
        super().__init__(code, sheet, cell, values)
        self.fault = fault_of(code, Place(sheet, cell), severity=Severity.REFUSAL, **values)


def fault_of(
    code: str,
    place: Place = NOWHERE,
    /,
    *,
    read: str = "",
    severity: Severity | None = None,
    **values: Any,
) -> Fault:
    """Build a fault from the entry of its code; `values` fill the places in the texts, a pair gives both languages."""
    text = MESSAGES[code]
    values = {"sheet": place.sheet, "cell": place.cell, **values, "read": read}
    level = severity or (Severity.WARNING if text.asks else Severity.ERROR)
    chinese, english = _filled(values, 0), _filled(values, 1)
    parts = [(pair[0].format(**chinese), pair[1].format(**english)) for pair in (text.expected, text.message, text.fix)]
    return Fault(
        code, level, place.sheet, place.cell, place.field, place.year, shown(read), *parts[0], *parts[1], *parts[2]
    )


def shown(value: object) -> str:
    """A value for a message: printable, one line, at most 80 characters."""
    text = "".join(sign if sign.isprintable() else " " for sign in str(value))
    return text if len(text) <= 80 else f"{text[:77]}..."


def _filled(values: Mapping[str, object], language: int) -> dict[str, str]:
    return {name: shown(value[language] if isinstance(value, tuple) else value) for name, value in values.items()}


def fault_from_plain(plain: Mapping[str, Any]) -> Fault:
    """Inverse of `asdict` for a fault."""
    return Fault(**{**plain, "severity": Severity(plain["severity"])})
