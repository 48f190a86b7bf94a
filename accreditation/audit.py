"""The one writer and verifier of the audit trail.

Each event holds the hash of the one before it; the chain's own row holds the last hash and the count. An edited,
inserted, removed or swapped event breaks a hash, a number, the head, or the replay of states.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import CharField, Model, QuerySet, Subquery, Value

from accreditation.models import (
    Announcement,
    AuditEvent,
    Batch,
    Case,
    Cultivation,
    CultivationRelease,
    Ledger,
    Meeting,
    Notice,
    PaperImport,
    RuleDraft,
    Standing,
    StandingImport,
    Title,
    User,
)
from accreditation.models.audit import GENESIS, Chained

CODE_REVISION = os.environ.get("CODE_REVISION", "unreleased")
CHAINS: dict[type[Chained], tuple[str, str]] = {  # kind of chain, field that names the row
    Case: ("case", "number"),
    Batch: ("batch", "code"),
    Meeting: ("meeting", "number"),
    Notice: ("notice", "number"),
    Announcement: ("announcement", "number"),
    Title: ("title", "number"),
    RuleDraft: ("rule_draft", "number"),
    StandingImport: ("standing_import", "number"),
    Standing: ("standing", "number"),
    PaperImport: ("paper", "number"),
    Cultivation: ("cultivation", "number"),
    CultivationRelease: ("cultivation_release", "number"),
    Ledger: ("ledger", "key"),
}


def chain_key(chain: Chained) -> str:
    """Name of the chain of a row, such as `case:SHETC-2026-0001`."""
    kind, field = CHAINS[type(chain)]
    return f"{kind}:{getattr(chain, field)}"


def canonical(content: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spare blanks; floats are refused because they do not survive a round trip."""
    _refuse_floats(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("audit content holds a float; write exact text")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _refuse_floats(inner)


def event_hash(event: AuditEvent) -> str:
    """SHA-256 over everything the event says, its place and its predecessor; hexadecimal."""
    plain = {
        "chain": event.chain,
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "verb": event.verb,
        "by": [event.by_id, event.by_name, event.acting_as],
        "states": [event.state_before, event.state_after],
        "content": event.content,
        "code_revision": event.code_revision,
        "previous": event.previous_hash,
    }
    return hashlib.sha256(canonical(plain).encode()).hexdigest()


def append(
    chain: Chained,
    *,
    verb: str,
    by: User,
    acting_as: str,
    at: datetime,
    states: tuple[str, str] = ("", ""),
    content: Mapping[str, Any],
) -> AuditEvent:
    """Write the next event of a chain whose row the caller holds locked; saves the new head on that row."""
    event = AuditEvent(
        chain=chain_key(chain),
        seq=chain.audit_count + 1,
        at=at,
        verb=verb,
        by_id=by.pk,
        by_name=str(by),
        acting_as=acting_as,
        state_before=states[0],
        state_after=states[1],
        content=json.loads(canonical(content)),
        code_revision=CODE_REVISION,
        previous_hash=chain.audit_head,
    )
    event.hash = event_hash(event)
    event.save(force_insert=True)
    chain.audit_head, chain.audit_count = event.hash, event.seq
    chain.save(update_fields=["audit_head", "audit_count"])
    return event


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not verify: chain, sequence number (0 for the chain as a whole), what is wrong."""

    chain: str
    seq: int
    what: str


def read_chain(chain: Chained) -> QuerySet[AuditEvent]:
    """The events of a chain in order, each with what the chain's own row says of it at the same instant.

    One statement reads both: of an act that is committed meanwhile they show everything or nothing.
    """
    row: QuerySet[Any] = type(chain)._default_manager.filter(pk=chain.pk)
    has_state = any(field.name == "state" for field in chain._meta.concrete_fields)
    state = Subquery(row.values("state")) if has_state else Value(None, output_field=CharField())
    said = {"row_count": Subquery(row.values("audit_count")), "row_head": Subquery(row.values("audit_head"))}
    return AuditEvent.objects.filter(chain=chain_key(chain)).annotate(**said, row_state=state).order_by("seq")


def verify_chain(chain: Chained) -> list[Break]:
    """Every break of one chain; empty when it verifies. The row is compared as it is now, not as the caller read it."""
    return breaks_among(chain, read_chain(chain).iterator())


def breaks_among(chain: Chained, events: Iterable[AuditEvent]) -> list[Break]:
    """Every break of one chain, of which `read_chain` gave the events."""
    key, breaks = chain_key(chain), []
    previous, state, count = GENESIS, None, 0
    row = (chain.audit_count, chain.audit_head, getattr(chain, "state", None))  # of a chain without events
    for count, event in enumerate(events, start=1):
        breaks += [Break(key, event.seq, what) for what in _faults(event, count, previous, state)]
        previous = event.hash
        state = event.state_after or state
        row = _row_of(event)
    kept_count, kept_head, now = row
    if kept_count != count:
        breaks.append(Break(key, 0, f"row counts {kept_count} events, {count} are there"))
    if kept_head != previous:
        breaks.append(Break(key, 0, "head on the row is not the last hash"))
    # a row that no event moved is as it was made; a case is moved when it is made
    if now is not None and now != state and (state is not None or (isinstance(chain, Case) and count)):
        breaks.append(Break(key, 0, f"events end in {state}, the row says {now}"))
    return breaks


def _row_of(event: AuditEvent) -> tuple[int, str, str | None]:
    said = vars(event)
    return said["row_count"], said["row_head"], said["row_state"]


def _faults(event: AuditEvent, place: int, previous: str, state: str | None) -> Iterator[str]:
    if event.seq != place:
        yield f"number {event.seq} stands at place {place}"
    if event.previous_hash != previous:
        yield "does not follow its predecessor"
    if event.hash != event_hash(event):
        yield "content does not match its hash"
    if state is not None and event.state_before and event.state_before != state:
        yield f"starts in {event.state_before} after {state}"


def verify_all() -> tuple[int, list[Break]]:
    """Number of chains verified, and every break; events of a chain without a row are breaks too."""
    breaks: list[Break] = []
    known: set[str] = set()
    for model in CHAINS:
        for row in _rows(model):
            known.add(chain_key(row))
            breaks += verify_chain(row)
    stray = AuditEvent.objects.order_by().values_list("chain", flat=True).distinct()
    breaks += [Break(key, 0, "events of a row that is gone") for key in stray if key not in known]
    return len(known), breaks


def _rows(model: type[Model]) -> Iterator[Any]:
    return model._default_manager.order_by("pk").iterator()
