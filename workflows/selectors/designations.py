"""Programmes with the files that set them up, proposals of further ones, the example to start from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet

from accreditation import seeds
from accreditation.errors import NotFound
from accreditation.models import Batch, DesignationProposal, Programme, RuleDraft, RuleSetEdition, User
from accreditation.models.designations import DesignationState
from workflows.procedures import PROCEDURES

EXAMPLE = Path(seeds.__file__).parent / "designations" / "ip_advantage_enterprise.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """A programme with one edition of its rules: its file where it came by one, who drafted it, the batches on it."""

    programme: Programme
    edition: RuleSetEdition | None
    proposal: DesignationProposal | None
    drafted_by: User | None
    drafted_at: datetime | None
    batches: tuple[Batch, ...]


def lines() -> list[Line]:
    """Every programme with its editions, the newest first; those set up by file before those that are shipped."""
    editions, batches, proposals, drafts = _editions(), _batches(), _published(), _drafts()
    found = []
    for programme in _programmes():
        rows: Iterable[RuleSetEdition | None] = editions[programme.code] or [None]
        for row in rows:
            key = row.pk if row else 0
            proposal, draft = proposals.get(key), drafts.get(key)
            by, at = (
                (proposal.drafted_by, proposal.drafted_at)
                if proposal
                else (draft.created_by, draft.created_at)
                if draft
                else (None, None)
            )
            found.append(Line(programme, row, proposal, by, at, tuple(batches[key])))
    return found


def _programmes() -> list[Programme]:
    of_files = {name for name, each in PROCEDURES.items() if each.flow.is_for_designations}
    rows = Programme.objects.select_related("granted_by").order_by("code")
    return sorted(rows, key=lambda row: row.procedure not in of_files)


def _editions() -> dict[str, list[RuleSetEdition]]:
    found: dict[str, list[RuleSetEdition]] = defaultdict(list)
    for row in RuleSetEdition.objects.select_related("published_by").order_by("-stored_at", "-pk"):
        found[row.reference.partition("/")[0]].append(row)
    return found


def _batches() -> dict[int, list[Batch]]:
    found: dict[int, list[Batch]] = defaultdict(list)
    for row in Batch.objects.order_by("-opens_at", "-pk"):
        found[row.rule_set_id].append(row)
    return found


def _published() -> dict[int, DesignationProposal]:
    rows = DesignationProposal.objects.filter(state=DesignationState.PUBLISHED).select_related("drafted_by")
    return {row.edition_id: row for row in rows.order_by("pk") if row.edition_id}


def _drafts() -> dict[int, RuleDraft]:
    rows = RuleDraft.objects.filter(edition__isnull=False).select_related("created_by")
    return {row.edition_id: row for row in rows if row.edition_id}


def proposals() -> QuerySet[DesignationProposal]:
    """All proposals: those that wait first, then the newest."""
    rows = DesignationProposal.objects.select_related("drafted_by", "decided_by")
    return rows.order_by("decided_at", "-drafted_at", "-pk")


def waiting_for_publication() -> QuerySet[DesignationProposal]:
    """Proposals before a second person, the longest waiting first."""
    rows = DesignationProposal.objects.filter(state=DesignationState.WAITING).select_related("drafted_by")
    return rows.order_by("drafted_at", "pk")


def proposal(number: str) -> DesignationProposal:
    """One proposal; NotFound when there is none."""
    rows = DesignationProposal.objects.select_related("drafted_by", "decided_by", "edition")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound(number)
    return row


def example_text() -> str:
    """The file that the product ships, to start from."""
    return EXAMPLE.read_text(encoding="utf-8")
