"""What an applicant sends, from bytes to the door: workbooks and evidence, in a draft and in a correction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accreditation.acts import fingerprint
from accreditation.enums import ApplicationState
from accreditation.errors import NotFound, Reason, Refusal
from accreditation.models import Application, Case, CorrectionRequest, Evidence, User
from accreditation.services.intake import Intake, check_evidence, keep_evidence, take_in
from accreditation.services.reviews import open_correction
from accreditation.visibility import application_of
from criteria.facts import Facts
from criteria.workbook import Fault
from criteria.workbook.changes import Allowed
from workflows import door
from workflows.door import Outcome
from workflows.points import allowed_changes


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
) -> Taken:
    """Read an uploaded workbook and record the reading: facts with the kept file, or all faults and nothing else.

    `request` is what the request says, where that is not the file itself. A file that is refused as a whole leaves no
    trace. Raises what the door raises (Denied, AlreadyDone, Refusal).
    """
    application = application_of(case)
    allowed = open_points(application)
    intake = take_in(application, content, name, at=at, allowed=allowed)
    if intake.refusal is not None:
        return Taken(intake, None)
    form = {
        "name": intake.name,
        "sha256": intake.sha256,
        "facts": intake.facts,
        "file": intake.file,
        "faults": intake.report.to_json() if intake.report.faults else "",
    }
    said = request or fingerprint(intake.name, intake.sha256)
    outcome = door.perform(
        case, "upload_workbook", by=by, at=at, form=form, request_key=request_key, request=said
    )  # fmt: skip
    return Taken(intake, outcome)


def upload_evidence(
    case: Case, kind: str, content: bytes, name: str, *, by: User, at: datetime, request_key: str | None = None
) -> Outcome:
    """Check and keep a file of evidence, then record it. Raises Refusal with every reason, and what the door raises."""
    application = application_of(case)
    media_type = check_evidence(application, kind, content, name, kinds=open_kinds(application))
    file = keep_evidence(content, media_type, at=at)
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
