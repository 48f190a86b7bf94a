"""The audit trail of a case for the office and the auditor: every event with its place in the chain."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.utils.translation import gettext as _

from accreditation.models import AuditEvent, Case
from workflows.door import verb_label
from workflows.presentation.chain_faults import fault_words, place_words
from workflows.presentation.oversight import office_labels
from workflows.presentation.words import Words, person_words, state_label
from workflows.selectors.registers import Trail
from workflows.subjects import subject_of_state


def trail_words(case: Case, trail: Trail) -> Words:
    """`rows` newest first (`seq`, `verb`, `at`, `by`, `office`, `move`, `content`, `hash`), `breaks`, `head`."""
    offices = office_labels()
    return {
        "rows": [_row(case, event, offices) for event in reversed(trail.events)],
        "breaks": [
            {"place": place_words(each.seq), "what": fault_words(each.what, each.chain)} for each in trail.breaks
        ],
        "head": trail.head,
        "count": len(trail.events),
    }


def _row(case: Case, event: AuditEvent, offices: Mapping[str, str]) -> Words:
    return {
        "seq": event.seq,
        "verb": _("创建申报") if event.verb == "open" else verb_label(case, event.verb),
        "at": event.at,
        "by": person_words(event),
        "office": offices.get(event.acting_as, ""),
        "move": _move(event),
        "content": json.dumps(event.content, ensure_ascii=False, sort_keys=True, indent=1) if event.content else "",
        "hash": event.hash,
    }


def _move(event: AuditEvent) -> str:
    """From state to state; empty where the state stayed."""
    if event.state_before == event.state_after:
        return ""
    before = state_label(event.state_before) if subject_of_state(event.state_before) else "—"
    return f"{before} → {state_label(event.state_after)}" if event.state_after else before
