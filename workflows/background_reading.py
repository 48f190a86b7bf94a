"""The worker's part of a long workbook: read from the spool, recorded through the door, or ended with a reason."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.utils import timezone

from accreditation.effects import Lane, handles
from accreditation.errors import NotFound, Reason, Refusal
from accreditation.models import Case, User, WorkbookReading
from accreditation.services import readings, spool
from accreditation.services.intake import Intake
from criteria.workbook import Fault
from workflows.intake import end_reading, read_workbook, reasons_against_workbook, record_workbook

TOLD_EVERY = 0.5  # seconds between two looks at the progress


@dataclass
class Teller:
    """Writes the progress down, not more often than somebody may look."""

    reading: WorkbookReading
    last: float = 0.0

    def __call__(self, done: int, known: int) -> None:
        """Rows done and rows known."""
        now = time.monotonic()
        if now - self.last >= TOLD_EVERY or done >= known:
            self.last = now
            readings.tell_rows(self.reading, done, known)


@handles("read_workbook", lane=Lane.LONG)
def read_sent_workbook(_key: str, payload: Mapping[str, Any]) -> None:
    """Read once, as the person who sent it, who must still be allowed to; what ended before is only cleared away.

    The upload is recorded in the transaction that ends the reading, so a worker killed anywhere leaves either an open
    reading, taken up again, or an ended one.
    """
    reading = WorkbookReading.objects.select_related("application__case", "sent_by").get(pk=payload["reading"])
    if reading.is_open:
        readings.begin(reading, at=timezone.now())
        fault = _reason_against(reading)
        if fault is not None:
            end_reading(reading, fault, by=reading.sent_by, at=timezone.now(), acting_as="worker")
    spool.drop(reading.spool_name)


def _reason_against(reading: WorkbookReading) -> Fault | None:
    """Read and record; the reason where that may not be."""
    try:
        content = spool.get(reading.spool_name)
    except FileNotFoundError:
        return readings.lost_file()
    case, by, at = reading.application.case, reading.sent_by, timezone.now()
    try:
        intake = read_workbook(case, content, reading.file_name, at=at, progress=Teller(reading))
        try:
            record_workbook(
                case, intake, by=by, at=at, request_key=f"read_workbook:{reading.pk}", reading=reading.pk
            )  # fmt: skip
        except Refusal as refusal:
            return readings.fault_of_reasons(
                refusal.reasons, partial(_reasons_now, case.pk, intake, by=by, at=at, reading=reading.pk)
            )
    except NotFound:
        return readings.gone_case()
    return intake.refusal


def _reasons_now(pk: int, intake: Intake, *, by: User, at: datetime, reading: int) -> Sequence[Reason]:
    """Of the case as it stands now: it may have moved while the workbook was read."""
    return reasons_against_workbook(Case.objects.get(pk=pk), intake, by=by, at=at, reading=reading)
