"""The draw of a panel as the office sees it: what was fixed, who was drawn, who waits, who was kept out and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accreditation.models import Application, ExpertProfile, User
from accreditation.services import draws
from accreditation.services.expert_pool import Entry
from accreditation.trades import FIELDS
from criteria.draw import DrawRecord
from criteria.plain import to_text
from workflows.presentation.words import Words, quoted


def draw_card(application: Application, pool: Iterable[Entry]) -> Words:
    """`commitment`, `fixed_at`, `drawn_at`, `by`, `seed`, the drawn `seats`, `reserve` and `barred`; pool `counts`."""
    row, record, entries = draws.draw_of(application), draws.record_of(application), list(pool)
    free = [entry for entry in entries if entry.is_selectable]
    card: Words = {
        "row": row,
        "record": record,
        "can_be_drawn": len(free),
        "of_the_field": sum(entry.is_matched for entry in free),
        "kept_out": len(entries) - len(free),
        "size": application.batch.panel_size,
    }
    return card if record is None else card | _drawn(record, entries)


def _drawn(record: DrawRecord, entries: list[Entry]) -> Words:
    people = _people(record)
    passed = draws.passed_over(record, entries) if entries else {}
    return {
        "seats": [_row(key, record, people, passed) | {"place": n} for n, key in enumerate(record.seats, start=1)],
        "reserve": [_row(key, record, people, {}) for key in record.reserve],
        "barred": [
            _name(people, one.key) | {"reasons": [quoted(text) for text in one.reasons]} for one in record.barred
        ],
        "matched_seats": record.matched_seats,
        "is_short": record.matched_seats < record.matched_least,
        "has_passed": bool(passed),
    }


def _people(record: DrawRecord) -> dict[str, User]:
    keys = [*record.order, *(one.key for one in record.barred)]
    return {str(person.pk): person for person in User.objects.filter(pk__in=keys).select_related("expert")}


def _row(key: str, record: DrawRecord, people: Mapping[str, User], passed: Mapping[str, Any]) -> Words:
    found = next(one for one in record.candidates if one.key == key)
    return _name(people, key) | {
        "is_matched": found.is_matched,
        "load": found.load,
        "passed": [quoted(reason) for reason in passed[key]] if key in passed else None,
    }


def _name(people: Mapping[str, User], key: str) -> Words:
    """Name, field and employer as they stand; people are never deleted."""
    person = people[key]
    profile: ExpertProfile | None = getattr(person, "expert", None)
    return {
        "name": quoted(person.name),
        "field": quoted(profile.field) if profile else "",
        "employer": quoted(profile.employer) if profile else "",
    }


def field_labels(codes: Iterable[str]) -> list[str]:
    """Fields in words, in the order of the table; codes that are no longer known are left out."""
    given = set(codes)
    return [str(label) for code, label in FIELDS.items() if code in given]


def draw_file(application: Application) -> str | None:
    """The record as it is worked out again by `python -m criteria draw`; None before the draw."""
    record = draws.record_of(application)
    return None if record is None else to_text(record) + "\n"
