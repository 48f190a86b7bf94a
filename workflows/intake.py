"""What an applicant sends, from bytes to the door: workbooks and evidence, in a draft and in a correction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act, fingerprint
from accreditation.enums import ApplicationState
from accreditation.errors import Denied, NotFound, Reason, Refusal
from accreditation.models import Application, Binding, Case, CorrectionRequest, Evidence, User, WorkbookReading
from accreditation.permissions import acts_for
from accreditation.services import spool
from accreditation.services.bindings import provable_of
from accreditation.services.intake import NAME_LENGTH, Intake, check_evidence, keep_evidence, take_in
from accreditation.services.readings import cancelled, open_reading, refuse
from accreditation.services.reviews import open_correction
from accreditation.visibility import application_of
from certificates.counting import count_pages
from criteria.facts import Facts
from criteria.workbook import Fault
from criteria.workbook.changes import Allowed
from criteria.workbook.pace import Progress
from workflows import door
from workflows.door import Outcome
from workflows.points import allowed_changes

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an uploaded workbook, and the number of its reading (None where the file was refused whole)."""

    intake: Intake
    outcome: Outcome | None

    @property
    def facts(self) -> Facts | None:
        """The facts of an accepted workbook."""
        return self.intake.facts

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Every fault that stops acceptance, the refusal of the whole file included."""
        return self.intake.faults

    @property
    def refusal(self) -> Fault | None:
        """Why the file as a whole was refused; nothing of it is stored."""
        return self.intake.refusal

    @property
    def number(self) -> int | None:
        """Number of the reading on record."""
        return int(self.outcome.answer["upload"]) if self.outcome else None


def upload_workbook(
    case: Case,
    content: bytes,
    name: str,
    *,
    by: User,
    at: datetime,
    request_key: str | None = None,
    request: str = "",
    reading: int | None = None,
    progress: Progress | None = None,
) -> Taken:
    """Read an uploaded workbook and record the reading: facts with the kept file, or all faults and nothing else.

    `request` is what the request says, where that is not the file itself. A file that is refused as a whole leaves no
    trace. `reading` is the key of the reading in the background that this ends, `progress` is told how far it is.
    Raises what the door raises (Denied, AlreadyDone, Refusal).
    """
    intake = read_workbook(case, content, name, at=at, progress=progress)
    return record_workbook(case, intake, by=by, at=at, request_key=request_key, request=request, reading=reading)


def read_workbook(case: Case, content: bytes, name: str, *, at: datetime, progress: Progress | None = None) -> Intake:
    """The workbook as read, nothing of it recorded yet."""
    application = application_of(case)
    return take_in(application, content, name, at=at, allowed=open_points(application), progress=progress)


def record_workbook(
    case: Case, intake: Intake, *, by: User, at: datetime, request_key: str | None = None, request: str = "",
    reading: int | None = None,
) -> Taken:  # fmt: skip
    """Record what was read, unless the file was refused whole. Raises what the door raises."""
    if intake.refusal is not None:
        return Taken(intake, None)
    said = request or fingerprint(intake.name, intake.sha256)
    outcome = door.perform(
        case, "upload_workbook", by=by, at=at, form=_form(intake, reading), request_key=request_key, request=said
    )  # fmt: skip
    return Taken(intake, outcome)


def reasons_against_workbook(case: Case, intake: Intake, *, by: User, at: datetime, reading: int) -> list[Reason]:
    """What the door has against it, in the language that is active; nothing is recorded."""
    return door.reasons_against(case, "upload_workbook", by=by, at=at, form=_form(intake, reading))


def _form(intake: Intake, reading: int | None) -> dict[str, Any]:
    return {
        "name": intake.name,
        "sha256": intake.sha256,
        "facts": intake.facts,
        "file": intake.file,
        "faults": intake.report.to_json() if intake.report.faults else "",
        "reading": reading,
    }


def send_workbook(
    case: Case, content: bytes, name: str, *, by: User, at: datetime, request_key: str | None = None
) -> int:
    """Keep a long workbook in the spool folder for the worker to read; returns the number of the reading.

    The same bytes sent again while they are being read lead to that reading. Raises what the door raises.
    """
    digest = hashlib.sha256(content).hexdigest()
    application = application_of(case)
    under_way = open_reading(application)
    if under_way is not None and under_way.sha256 == digest and acts_for(by, case.enterprise_id):
        return under_way.number
    spool_name = spool.put(content)
    form = {"name": name[:NAME_LENGTH], "sha256": digest, "spool_name": spool_name}
    try:
        outcome = door.perform(
            case, "send_workbook", by=by, at=at, form=form, request_key=request_key, request=fingerprint(name, digest)
        )
    except Refusal:
        spool.drop(spool_name)
        raise
    if outcome.is_replay:
        spool.drop(spool_name)
    return int(outcome.answer["reading"])


def cancel_reading(case: Case, reading: WorkbookReading, *, by: User, at: datetime) -> bool:
    """End a reading that nobody wants to wait for; False where it has ended meanwhile. Raises Denied."""
    if not acts_for(by, case.enterprise_id):
        raise Denied([Reason("not_yours", _("只有申报单位可以取消读取。"))])
    is_cancelled = end_reading(reading, cancelled(), by=by, at=at, acting_as="applicant")
    spool.drop(reading.spool_name)
    return is_cancelled


def end_reading(reading: WorkbookReading, fault: Fault, *, by: User, at: datetime, acting_as: str) -> bool:
    """End it with a reason and tell who sent it; False where it has ended meanwhile."""
    case = reading.application.case
    try:
        with act(case, "end_reading", by=by, at=at, acting_as=acting_as) as doing:
            if not refuse(reading.pk, fault, at=at):
                raise _Ended
            doing.note(reading=reading.number, sha256=reading.sha256, refusal=fault.code)
            doing.tell(reading.sent_by, "workbook_refused", case_number=case.number, name=reading.file_name)
    except _Ended:
        return False
    return True


class _Ended(Exception):
    """Somebody was faster: nothing is written."""


def upload_evidence(
    case: Case, kind: str, content: bytes, name: str, *, by: User, at: datetime, request_key: str | None = None
) -> Outcome:
    """Check and keep a file of evidence, then record it. Raises Refusal with every reason, and what the door raises."""
    application = application_of(case)
    media_type = check_evidence(application, kind, content, name, kinds=open_kinds(application))
    pages = count_pages(content) if media_type == PDF else None
    file = keep_evidence(content, name, media_type, at=at, pages=pages)
    said = fingerprint(kind, name, file.sha256)
    return door.perform(
        case, "attach_evidence", by=by, at=at, form={"kind": kind, "file": file, "name": name},
        request_key=request_key, request=said,
    )  # fmt: skip


def remove_evidence(case: Case, pk: int, *, by: User, at: datetime, request_key: str | None = None) -> Outcome:
    """Take a file of evidence out of the list; in a correction only of a kind that the return names."""
    application = application_of(case)
    row = standing_row(application, pk)
    kinds = open_kinds(application)
    if kinds is not None and row.kind not in kinds:
        raise Refusal([Reason("closed_kind", _("补正期间只能更换告知书列明的材料。"), "kind")])
    said = fingerprint("drop", pk)
    return door.perform(
        case, "drop_evidence", by=by, at=at, form={"evidence": row}, request_key=request_key, request=said
    )


def bind_evidence(
    case: Case, pk: int, target: str, page: int | None, *, by: User, at: datetime, request_key: str | None = None
) -> Outcome:
    """Say that a file proves a figure, an annex or a line (`target` is its key) on a page.

    NotFound for a file that is not in the list of this application; Refusal with every reason.
    """
    application = application_of(case)
    row = standing_row(application, pk)
    provable = provable_of(target)
    if provable is None:
        raise Refusal([Reason("unknown_figure", _("本批次的数据表没有这一项。"), "target")])
    form = {"evidence": row, "provable": provable, "page": page}
    said = fingerprint("bind", pk, target, page)
    return door.perform(case, "bind_evidence", by=by, at=at, form=form, request_key=request_key, request=said)


def unbind_evidence(case: Case, pk: int, *, by: User, at: datetime, request_key: str | None = None) -> Outcome:
    """Take a binding back. NotFound for one that this application never had; a repeated act is answered once."""
    row = Binding.objects.select_related("evidence").filter(pk=pk, evidence__application__case=case).first()
    if row is None:
        raise NotFound(str(pk))
    form = {"evidence": row.evidence, "binding": row}
    said = fingerprint("unbind", pk)
    return door.perform(case, "unbind_evidence", by=by, at=at, form=form, request_key=request_key, request=said)


def standing_row(application: Application, pk: int) -> Evidence:
    """A file that is still in the list of this application; NotFound otherwise."""
    row = application.evidence.filter(pk=pk, removed_at__isnull=True).first()
    if row is None:
        raise NotFound(str(pk))
    return row


def open_request(application: Application) -> CorrectionRequest | None:
    """The return that is being answered; None while the application is a draft or with the authorities."""
    if application.state != ApplicationState.RETURNED:
        return None
    return open_correction(application)


def open_points(application: Application) -> Allowed | None:
    """Cells that the workbook may change; None where all are open."""
    request = open_request(application)
    return None if request is None else allowed_changes(request)


def open_kinds(application: Application) -> set[str] | None:
    """Kinds of evidence that may be changed; None where all are open."""
    request = open_request(application)
    if request is None:
        return None
    return {point.code for point in request.points.all() if point.target == "evidence"}
