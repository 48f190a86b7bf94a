"""Draws of experts worked out again from the audit trail alone: record, commitment, kept row, panel that was seated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from accreditation.audit import chain_key
from accreditation.models import AuditEvent, Case, PanelDraw
from criteria.commands_draw import record_from
from criteria.draw import DrawRecord, commitment_of, drawn_panel, faults_of
from criteria.plain import to_text

COMMITTING = ("pass_completeness_check", "pass_material_check", "fix_seed")
CHUNK = 200


@dataclass(frozen=True, slots=True)
class CheckedDraw:
    """One draw: number of the case, what does not come out, how the panel was made (empty before)."""

    number: str
    faults: tuple[str, ...]
    way: str


def checked_draws(number: str = "") -> Iterator[CheckedDraw]:
    """Every draw on record, or that of one case, in the order of the cases."""
    rows = PanelDraw.objects.filter(drawn_at__isnull=False).select_related("application__case").order_by("pk")
    for row in (rows.filter(application__case__number=number) if number else rows).iterator(chunk_size=CHUNK):
        yield _checked(row, row.application.case)


def _checked(row: PanelDraw, case: Case) -> CheckedDraw:
    events = list(AuditEvent.objects.filter(chain=chain_key(case)).order_by("seq"))
    drawn = [event for event in events if event.verb == "draw_panel"]
    if len(drawn) != 1:
        return CheckedDraw(case.number, (f"{len(drawn)} draws in the trail",), "")
    try:
        record = record_from(drawn[0].content)
        faults = faults_of(record)
    except ValueError as fault:
        return CheckedDraw(case.number, (str(fault),), "")
    earlier = [event for event in events if event.seq < drawn[0].seq and event.verb in COMMITTING]
    fixed = [event.content["draw_commitment"] for event in earlier if "draw_commitment" in event.content]
    faults += _of_the_seed(record, row, case, fixed)
    appointed = next((event for event in events if event.verb == "appoint_panel"), None)
    if appointed is None:
        return CheckedDraw(case.number, tuple(faults), "")
    return CheckedDraw(case.number, tuple(faults + _of_the_panel(record, appointed)), _way(appointed))


def _of_the_seed(record: DrawRecord, row: PanelDraw, case: Case, fixed: list[str]) -> list[str]:
    """The seed is the one that was fixed, for this case, and the row says what the trail says."""
    found = []
    if not fixed or any(commitment != commitment_of(record.seed) for commitment in fixed):
        found.append("the seed is not the one that was fixed beforehand")
    if record.case != case.number:
        found.append(f"drawn for {record.case}")
    if row.record != to_text(record):
        found.append("the kept record is not the one in the trail")
    return found


def _of_the_panel(record: DrawRecord, appointed: AuditEvent) -> list[str]:
    """Who was seated follows from the draw, or a reason stands beside it."""
    seated = [str(key) for key in appointed.content["experts"]]
    gone = set(appointed.content.get("passed_over", {}))
    follows = set(seated) == set(drawn_panel(record, gone=gone))
    if follows or appointed.content.get("reason"):
        return []
    return ["the panel is not the drawn one and no reason is given"]


def _way(appointed: AuditEvent) -> str:
    return "as drawn" if appointed.content.get("as_drawn") else f"otherwise: {appointed.content.get('reason', '')}"
