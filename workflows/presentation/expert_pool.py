"""Experts, ties and links in words, and the faults of a table that was to be imported."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accreditation.enums import LinkKind, TieKind
from accreditation.models import Link, Tie, User
from accreditation.services.expert_import import CellFault
from accreditation.services.expert_pool import NOT_ASKED
from criteria.workbook.faults import Fault
from workflows.presentation.draws import field_labels
from workflows.presentation.oversight import act_labels
from workflows.presentation.words import Words, either, lang, quoted
from workflows.selectors import expert_pool

TONES = {"": "green", "paused": "amber", "term_ahead": "grey", "term_over": "grey", "not_in_office": "red"}


def standing(profile: Any, in_office: bool, on: date) -> Words:
    """Whether a person can be asked: `text` and `tone`."""
    why = "not_in_office" if not in_office or not profile.user.is_active else profile.why_not_asked(on)
    words = {"": _("可参加评审"), "not_in_office": _("未授予评审专家角色")}
    return {"text": words.get(why) or str(NOT_ASKED[why]), "tone": TONES[why]}


def expert_row(profile: Any, on: date) -> Words:
    """One line of the pool; the profile carries `load`, `seats` and `in_office`."""
    return {
        "profile": profile,
        "labels": field_labels(profile.fields),
        "state": standing(profile, profile.in_office, on),
    }


def expert_page(person: User, on: date) -> Words:
    """One expert: `profile`, `labels`, `state`, `ties`, `trail`."""
    profile, acts = person.expert, act_labels()
    return {
        "person": person,
        "profile": profile,
        "labels": field_labels(profile.fields),
        "state": standing(profile, expert_pool.is_in_office(person), on),
        "ties": [tie_row(row) for row in expert_pool.ties_of_expert(person)],
        "trail": [{"event": event, "act": acts.get(event.verb, event.verb)} for event in expert_pool.trail(person)],
    }


def tie_row(row: Tie) -> Words:
    """One tie: `kind`, `name`, `code`, `span`, `source`, `by`, `is_standing`."""
    return {
        "row": row,
        "kind": TieKind(row.kind).label,
        "name": quoted(row.enterprise_name) if row.enterprise_name else "",
        "code": row.uscc,
        "patent": row.patent,
        "source": quoted(row.source),
        "by": _("本人申报") if row.is_declared else quoted(row.recorded_by.name),
        "is_standing": row.withdrawn_at is None,
        "withdrawn_for": quoted(row.withdrawn_for),
    }


def link_rows(rows: list[Link]) -> list[Words]:
    """Links with the names of the enterprises that are registered."""
    names = expert_pool.names_of({row.uscc for row in rows})
    return [
        {
            "row": row,
            "name": quoted(names.get(row.uscc, "")),
            "other": quoted(row.other_name),
            "kind": LinkKind(row.kind).label,
            "source": quoted(row.source),
        }
        for row in rows
    ]


def fault_groups(faults: Iterable[CellFault], sheet: str) -> list[Words]:
    """Faults of a table as `fault_table.html` takes them."""
    rows = [
        {"cell": fault.cell, "label": quoted(fault.column), "read": fault.read, "expected": fault.text, "remedy": ""}
        for fault in faults
    ]
    return [{"sheet": sheet, "faults": rows}]


def refused_group(fault: Fault, name: str) -> Words:
    """A file that was refused as a whole."""
    row = {
        "cell": fault.cell or "—", "label": "", "read": fault.read, "expected": either(fault, "message"),
        "remedy": getattr(fault, f"fix_{lang()}"),
    }  # fmt: skip
    return {"sheet": name, "faults": [row]}
