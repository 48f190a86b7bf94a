"""What each verb records: from the form to the domain services, the letter, and the note for the audit entry."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from accreditation.enums import ApplicationState, LetterKind
from accreditation.models import Letter, Panel, StoredFile, VerifiedValue
from accreditation.selectors.renewals import prolongs
from accreditation.services import (
    bindings,
    evaluation,
    further_returns,
    letters,
    material,
    notices,
    panels,
    readings,
    renewals,
    reopenings,
    reviews,
    titles,
)
from accreditation.services.rule_sets import rules_of
from criteria.facts import Facts
from workflows import certification, corrections, flow_tasks, objection_hearings, renewing, upholding
from workflows.doing import Doing
from workflows.legal_basis import failed_conditions, legal_basis
from workflows.points import described_points
from workflows.who import OFFICE_STATES, level_of


def _send(doing: Doing, kind: LetterKind, **content: Any) -> Letter:
    """Write the letter and name it in the audit entry and the answer."""
    has_district = doing.batch.first_review_days > 0
    is_district = has_district and APPLICATION_LEVEL.get(kind, doing.application.state not in OFFICE_STATES)
    issued_by = letters.issuing_body(doing.application, is_district=is_district)
    letter = letters.write_letter(
        doing.application, kind=kind, issued_by=issued_by, at=doing.at,
        basis=legal_basis(doing) if kind in letters.ALWAYS_ADVERSE else "", **content,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)
    return letter


APPLICATION_LEVEL: dict[LetterKind, bool] = {
    LetterKind.RECEIPT: True,
    LetterKind.POSTPONEMENT: False,
    LetterKind.REFUSAL: False,
    LetterKind.OBJECTION_UPHELD: False,
    LetterKind.OBJECTION_ANSWER: False,
    LetterKind.RECOGNITION: False,
}


def _end_for(doing: Doing, reasons: str) -> None:
    doing.application.ended_for = reasons
    doing.act.note(reasons=reasons)


def keep_upload(doing: Doing) -> None:
    """Form: name, sha256, and either facts and file, or faults; the reading that it ends, if it was a long one."""
    facts, file = doing.form.get("facts"), doing.form.get("file")
    assert facts is None or isinstance(facts, Facts)
    assert file is None or isinstance(file, StoredFile)
    upload = material.record_upload(
        doing.application,
        by=doing.by,
        at=doing.at,
        name=doing.form["name"],
        sha256=doing.form["sha256"],
        facts=facts,
        file=file,
        faults=doing.form.get("faults", ""),
    )
    doing.act.note(upload=upload.number, sha256=upload.sha256, accepted=upload.is_accepted)
    doing.act.reply(upload=upload.number, accepted=upload.is_accepted)
    if (reading := doing.form.get("reading")) is not None:
        readings.finish(reading, upload, at=doing.at)
        kind = "workbook_accepted" if upload.is_accepted else "workbook_faulty"
        doing.act.tell(doing.by, kind, case_number=doing.case.number, upload=upload.number)


def keep_reading(doing: Doing) -> None:
    """Form: name, sha256, and the name under which the file waits in the spool folder."""
    reading = readings.record_reading(
        doing.application,
        by=doing.by,
        at=doing.at,
        name=doing.form["name"],
        sha256=doing.form["sha256"],
        spool_name=doing.form["spool_name"],
    )
    doing.act.note(reading=reading.number, sha256=reading.sha256)
    doing.act.reply(reading=reading.number)
    doing.act.promise("read_workbook", f"read_workbook:{reading.pk}", reading=reading.pk)


def keep_evidence(doing: Doing) -> None:
    """Form: kind, file (StoredFile), name."""
    row = material.attach_evidence(
        doing.application,
        by=doing.by,
        at=doing.at,
        kind=doing.form["kind"],
        file=doing.form["file"],
        name=doing.form["name"],
    )
    doing.act.note(kind=row.kind, sha256=row.file_id, name=row.name)
    doing.act.reply(evidence=row.pk)


def drop_evidence(doing: Doing) -> None:
    """Form: evidence (row). What the file was bound to goes with it."""
    row = doing.form["evidence"]
    material.drop_evidence(row, at=doing.at)
    doing.act.note(kind=row.kind, sha256=row.file_id, name=row.name)


def bind_evidence(doing: Doing) -> None:
    """Form: evidence (row), provable (Provable), page."""
    evidence, provable, page = (doing.form[name] for name in ("evidence", "provable", "page"))
    row = bindings.bind(evidence, provable, page=page, by=doing.by, at=doing.at)
    doing.act.note(sha256=evidence.file_id, name=evidence.name, page=page, **provable.plain())
    doing.act.reply(binding=row.pk)


def unbind_evidence(doing: Doing) -> None:
    """Form: evidence (row), binding (row)."""
    row = doing.form["binding"]
    bindings.unbind([row], at=doing.at)
    doing.act.note(sha256=row.evidence.file_id, name=row.evidence.name, page=row.page, **bindings.binds(row).plain())


def file_application(doing: Doing) -> None:
    """File the material as a version; the receipt names number, time and content hash."""
    before = doing.application.current
    submission = material.file_submission(doing.application, by=doing.by, at=doing.at)
    if before is not None:
        corrections.end_values(doing, before)
    doing.act.note(submission=submission.number, content_sha256=submission.content_sha256)
    doing.act.reply(submission=submission.number, content_sha256=submission.content_sha256)
    reviews.close_correction(doing.application, at=doing.at)
    _send(doing, LetterKind.RECEIPT, submission=submission)


def withdraw(doing: Doing) -> None:
    """The return, if one was open, is closed with the case."""
    reviews.close_correction(doing.application, at=doing.at)
    _send(doing, LetterKind.WITHDRAWAL)


def accept(doing: Doing) -> None:
    """Acceptance says nothing of merit; the officer who accepts has the case in hand."""
    assert doing.task is not None
    flow_tasks.claim(doing.task, by=doing.by)
    _send(doing, LetterKind.ACCEPTANCE)


def decline(doing: Doing) -> None:
    """Form: reasons."""
    _end_for(doing, doing.form["reasons"])
    _send(doing, LetterKind.DECLINE, reasons=doing.form["reasons"])


def find_ineligible(doing: Doing) -> None:
    """Form: reasons (optional); the failed conditions themselves come from the rules."""
    found = evaluation.verified_evaluation(doing.application)
    assert found is not None
    gates = failed_conditions(found)
    _end_for(doing, "；".join([gate["text_zh"] for gate in gates] + [doing.form.get("reasons", "")]).strip("；"))
    doing.act.note(gates=[gate.code for gate in found.failed_gates], evaluation=found.digest())
    _send(doing, LetterKind.INELIGIBLE, gates=gates, reasons=doing.form.get("reasons", ""))


def answer_gate(doing: Doing) -> None:
    """Form: gate, is_met, reason."""
    values = {name: doing.form[name] for name in ("gate", "is_met", "reason")}
    reviews.answer_gate(doing.application, by=doing.by, at=doing.at, **values)
    doing.act.note(**values)


def verify_value(doing: Doing) -> None:
    """Form: code, year, value (Fraction in the field's unit), reason. An officer's value counts at once."""
    row = _propose(doing)
    reviews.adopt_value(row, by=doing.by, at=doing.at)


def propose_value(doing: Doing) -> None:
    """Form as above; an expert's value counts only when the office adopts it."""
    _propose(doing)


def _propose(doing: Doing) -> VerifiedValue:
    value: Fraction = doing.form["value"]
    row = reviews.propose_value(
        doing.application,
        code=doing.form["code"],
        year=doing.form["year"],
        value=value,
        reason=doing.form["reason"],
        by=doing.by,
        at=doing.at,
    )
    doing.act.note(code=row.code, year=row.year, value=row.value, reason=row.reason)
    return row


def adopt_value(doing: Doing) -> None:
    """Form: proposal (VerifiedValue of this application)."""
    row: VerifiedValue = doing.form["proposal"]
    assert row.application_id == doing.application.pk
    reviews.adopt_value(row, by=doing.by, at=doing.at)
    doing.act.note(code=row.code, year=row.year, value=row.value, proposed_by=row.proposed_by_id)


def return_for_correction(doing: Doing) -> None:
    """Form: points, remark. Beyond what the level may do by itself it spends a superior's consent."""
    owner = level_of(doing.application)
    doing.application.returned_by = owner
    doing.application.returned_before_acceptance = doing.state == ApplicationState.SUBMITTED
    permission = None
    if not further_returns.returns_left(doing.application, owner):
        permission = further_returns.allowed(doing.application, owner)
    request = reviews.request_correction(
        doing.application,
        points=doing.form["points"],
        remark=doing.form.get("remark", ""),
        by_owner=owner,
        by=doing.by,
        at=doing.at,
        permission=permission,
    )
    due = doing.calendar.due(doing.at, doing.batch.correction_days)
    doing.act.note(correction=request.number, points=[str(point) for point in request.points.all()])
    if permission is not None:
        doing.act.note(countersigned_by=str(permission.answered_by), further_return=permission.pk)
    _send(
        doing,
        LetterKind.CORRECTION,
        points=described_points(request),
        remark=request.general_remark,
        due=due.at,
    )


def lapse(doing: Doing) -> None:
    """The clock ends a case that was not corrected."""
    reviews.close_correction(doing.application, at=doing.at)
    clock = doing.case.deadlines.get(kind="correction", state="running")
    _end_for(doing, "逾期未补正")
    _send(doing, LetterKind.LAPSE, due=clock.due_at)


def first_review(recommends: bool) -> Callable[[Doing], None]:
    """Form: opinion."""

    def record(doing: Doing) -> None:
        opinion = doing.form["opinion"]
        review = reviews.record_first_review(
            doing.application, recommends=recommends, opinion=opinion, by=doing.by, at=doing.at
        )
        doing.act.note(opinion=opinion, recommends=recommends, submission=review.submission.number)
        if not recommends:
            _end_for(doing, opinion)
            _send(doing, LetterKind.NOT_RECOMMENDED, reasons=opinion)

    return record


def declare_no_tie(doing: Doing) -> None:
    """The declaration itself is the record."""
    panels.declare_no_tie(doing.seat_held, at=doing.at)
    doing.act.note(seat=doing.seat_held.place)


def recuse(doing: Doing) -> None:
    """Form: tie. The task of the seat, where it has one, waits in nobody's inbox for the successor."""
    panels.recuse(doing.seat_held, tie=doing.form["tie"], at=doing.at)
    flow_tasks.vacate_seat(doing.case, doing.seat_held)
    doing.act.note(seat=doing.seat_held.place, tie=doing.form["tie"])


def hand_in_review(doing: Doing) -> None:
    """Form: marks, opinion. Only the hash is written to the audit entry; the last one in opens all.

    Where a sheet may still be set aside, the opening waits for the office's answer, and the task with it.
    """
    assert doing.task is not None
    seat = doing.seat_held
    review = panels.hand_in(seat, marks=doing.form["marks"], opinion=doing.form["opinion"], at=doing.at)
    doing.act.note(seat=seat.place, sealed=review.sealed_hash)
    if not open_marks_if_complete(doing, seat.panel) and seat.panel.all_sheets_are_in():
        flow_tasks.hand_to_office(doing.task)


def seat_is_done(doing: Doing) -> bool:
    """Whether the seat's task ends with its sheet; not where it goes on as the office's."""
    return doing.task is not None and bool(doing.task.data)


def open_marks_if_complete(doing: Doing, panel: Panel) -> bool:
    """Open the marks where nothing is awaited any more; whether they are open now."""
    doing.application.panel_is_complete = panels.is_complete(panel)
    if doing.application.panel_is_complete:
        panels.open_marks(panel, at=doing.at)
        doing.act.note(panel_result=panel.result, salts=panels.salts(panel))
    return doing.application.panel_is_complete


def marks_are_open(doing: Doing) -> bool:
    """Whether this act has opened the marks."""
    return doing.application.panel_is_complete


def carry_out_decision(kind: LetterKind | None) -> Callable[[Doing], None]:
    """Form: decision (of adopted minutes)."""

    def record(doing: Doing) -> None:
        decision = doing.form["decision"]
        doing.application.decision = decision
        doing.act.note(decision=decision.pk, outcome=decision.outcome, minutes=decision.minutes_sha256)
        if kind is not None:
            _end_for(doing, decision.reasons)
            _send(doing, kind, reasons=decision.reasons, meeting=decision.item.meeting)

    return record


def table_again(doing: Doing) -> None:
    """What was decided stays on record; the next meeting decides anew."""
    doing.application.decision = None
    doing.application.ended_for = ""
    doing.act.note(reason=doing.form["reason"])


def enter_notice(doing: Doing) -> None:
    """Form: notice."""
    doing.application.notice = doing.form["notice"]
    doing.act.note(notice=doing.form["notice"].number)


def keep_objection(doing: Doing) -> None:
    """Form: objector, contact, text, file, file_name. The audit entry names nobody."""
    names = ("objector", "contact", "text", "file", "file_name")
    values = {name: doing.form[name] for name in names if name in doing.form}
    objection = notices.raise_objection(doing.application, at=doing.at, **values)
    doing.act.note(objection=objection.number, digest=notices.objection_digest(objection))
    doing.act.reply(objection=objection.number)


def settle_objection(is_upheld: bool) -> Callable[[Doing], None]:
    """Form: objection; reasons where it is dismissed, else those of the proposal that is confirmed."""

    def record(doing: Doing) -> None:
        reasons = upholding.confirm(doing) if is_upheld else doing.form["reasons"]
        outcome = objection_hearings.UPHELD if is_upheld else objection_hearings.DISMISSED
        objection = objection_hearings.settle(doing, outcome=outcome, reasons=reasons)
        content = {"objection": objection, "notice": doing.application.notice, "reasons": reasons}
        if is_upheld:
            reopenings.overtake(doing.application, by=doing.by, at=doing.at)
            _end_for(doing, reasons)
            _send(doing, LetterKind.OBJECTION_UPHELD, **content)
        else:
            _send(doing, LetterKind.OBJECTION_ANSWER, **content)

    return record


def grant(doing: Doing) -> None:
    """Form: announcement. The title is granted, or the one that was to be renewed is prolonged.

    Its certificate, if any, is asked for in the same transaction.
    """
    announcement = doing.form["announcement"]
    renewed = titles.title_renewed(doing.application, is_locked=True)
    if renewed is not None and prolongs(renewed, doing.application, on=announcement.dated):
        title = renewals.renew_title(renewed, doing.application, announcement, by=doing.by, at=doing.at)
        doing.act.note(renews=title.number, valid_until=str(title.valid_until))
        renewing.forget_pending(title)
        request = renewing.request_renewed
    else:
        until = certification.valid_until(announcement.dated, rules_of(doing.batch))
        title = titles.grant_title(doing.application, announcement, valid_until=until)
        renewed, request = None, certification.request_for
    notices.list_in(announcement, doing.application)
    doing.application.title = title
    number = request(title, doing.application, announcement, at=doing.at) if doing.batch.issues_certificate else ""
    doing.act.note(announcement=announcement.number, title=title.number, certificate=number)
    is_renewal = renewed is not None
    _send(doing, LetterKind.RECOGNITION, announcement=announcement, title=title, is_renewal=is_renewal)


def note_certificate(doing: Doing) -> None:
    """Form: certificate (number), sha256, identifier of what the signer issued."""
    doing.act.note(**{name: doing.form[name] for name in ("certificate", "sha256", "identifier")})
