"""What the verbs of a proceeding record: facts, papers, letters, the order and what it does."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from accreditation.enums import LetterKind, ProceedingKind, ProceedingState, TitleState
from accreditation.grounds import GROUNDS, Ground
from accreditation.services import letters, outside_titles, proceedings
from accreditation.services.titles import change_beneath
from certificates.services.paper import change_paper_standing
from certificates.services.standing import change_standing
from certificates.standing import Standing
from workflows import audiences
from workflows.certification import standing_certificate_of_title, standing_paper_of_title
from workflows.doing import Doing
from workflows.giving_back import give_certificate_back
from workflows.legal_basis import legal_basis
from workflows.parties import untied
from workflows.proceeding_guards import last_day_of_hearing, proceeding_of, today

DECISIVE = frozenset({"revoke", "suspend", "reinstate", "cancel"})  # what the certificate follows; a warning is not


def _send(doing: Doing, kind: LetterKind, *, is_adverse: bool = False, **content: Any) -> None:
    proceeding = proceeding_of(doing)
    letter = letters.write_case_letter(
        doing.case,
        kind=kind,
        issued_by=_body(doing),
        is_adverse=is_adverse,
        basis=legal_basis(doing) if is_adverse or kind == LetterKind.ADVANCE_NOTICE else "",
        at=doing.at,
        proceeding=proceeding,
        title=proceeding.title,
        kind_zh=ProceedingKind(proceeding.kind).label,
        ground_zh=GROUNDS[Ground(proceeding.ground)].label,
        **content,
    )
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def _body(doing: Doing) -> str:
    return letters.authority_of(proceeding_of(doing).title, doing.case.district)


def revise(doing: Doing) -> None:
    """Form: ground, found_facts."""
    proceeding = proceeding_of(doing)
    proceeding.ground, proceeding.found_facts = doing.form["ground"], doing.form["found_facts"].strip()
    doing.act.note(ground=proceeding.ground, found_facts=proceeding.found_facts)


def add_document(doing: Doing) -> None:
    """Form: file (StoredFile), name, purpose."""
    row = proceedings.add_document(
        doing.case, file=doing.form["file"], name=doing.form["name"], purpose=doing.form["purpose"], by=doing.by,
        at=doing.at,
    )  # fmt: skip
    doing.act.note(sha256=row.file_id, name=row.name, purpose=row.purpose)
    doing.act.reply(document=row.pk)


def record_notice(doing: Doing) -> None:
    """Form: authority, number, dated, file (StoredFile), name. The document goes on the file of the case as well."""
    form, proceeding = doing.form, proceeding_of(doing)
    number, file = form["number"].strip(), form["file"]
    proceeding.notice = outside_titles.keep_notice(
        None, number=number, dated=form["dated"], authority=form["authority"].strip(), file=file,
        file_name=form["name"], by=doing.by, at=doing.at,
    )  # fmt: skip
    proceedings.add_document(doing.case, file=file, name=form["name"], purpose=number, by=doing.by, at=doing.at)
    doing.act.note(notice=number, dated=form["dated"].isoformat(), sha256=file.sha256)


def drop_document(doing: Doing) -> None:
    """Form: document (CaseDocument)."""
    row = doing.form["document"]
    row.removed_at = doing.at
    row.save(update_fields=["removed_at"])
    doing.act.note(sha256=row.file_id, name=row.name)


def notify(doing: Doing) -> None:
    """The advance notice names facts, ground, what is intended and the rights of the holder."""
    proceeding = proceeding_of(doing)
    proceeding.notified_at = doing.at
    due = doing.calendar.due(doing.at, 5)
    doing.act.note(ground=proceeding.ground, found_facts=proceeding.found_facts)
    above = "" if proceeding.is_decided_here else proceeding.title.programme.granted_by.name_zh
    _send(doing, LetterKind.ADVANCE_NOTICE, due=due.at, above=above)


def take_statement(doing: Doing) -> None:
    """Form: statement (optional). It follows what was stated before, which stays as it was."""
    proceeding = proceeding_of(doing)
    said = str(doing.form.get("statement") or "").strip()
    proceeding.statement = "\n\n".join(part for part in (proceeding.statement, said) if part)
    doing.act.note(statement=said)


def waive_rest(doing: Doing) -> None:
    """Form: gives_up_rest (True). The holder gives up the hearing and the rest of its days; what it stated stands."""
    proceeding_of(doing).rest_waived_at = doing.at
    doing.act.note(gives_up_rest=True)
    close_defence(doing)


def close_defence(doing: Doing) -> None:
    """What the holder has stated until now is what is decided on."""
    proceeding = proceeding_of(doing)
    proceeding.heard_at = doing.at
    doing.act.note(has_stated=bool(proceeding.statement))


def ask_for_hearing(doing: Doing) -> None:
    """Form: statement (optional), which follows what was stated before."""
    take_statement(doing)


def call_hearing(doing: Doing) -> None:
    """Form: hearing_on, hearing_place; late_reason where the day is later than the law has it."""
    proceeding = proceeding_of(doing)
    proceeding.hearing_on, proceeding.hearing_place = doing.form["hearing_on"], doing.form["hearing_place"].strip()
    doing.act.note(hearing_on=proceeding.hearing_on.isoformat(), hearing_place=proceeding.hearing_place)
    last, late_reason = last_day_of_hearing(doing), ""
    if last is not None and proceeding.hearing_on > last:
        late_reason = doing.form["late_reason"].strip()
        doing.act.note(late_reason=late_reason, due_on=last.isoformat())
    _send(doing, LetterKind.HEARING_NOTICE, late_reason=late_reason)


def hold_hearing(doing: Doing) -> None:
    """Form: hearing_record."""
    proceeding = proceeding_of(doing)
    proceeding.hearing_record = doing.form["hearing_record"].strip()
    proceeding.heard_at = doing.at
    doing.act.note(hearing_record=proceeding.hearing_record, chaired_by=doing.by.pk)


def submit_for_order(doing: Doing) -> None:
    """What is put before the deciding person is what stands on file now."""
    proceeding = proceeding_of(doing)
    doing.act.note(ground=proceeding.ground, found_facts=proceeding.found_facts)


def withdraw_request(doing: Doing) -> None:
    """Form: reason (optional). The title stays as it is; nothing is decided."""
    proceeding = proceeding_of(doing)
    proceeding.reasons = str(doing.form.get("reason") or "").strip()
    doing.act.note(reason=proceeding.reasons)


def drop(doing: Doing) -> None:
    """Form: reason. The holder is told where it knows of the case, and what it can do where the request was its own."""
    proceeding = proceeding_of(doing)
    proceeding.reasons = doing.form["reason"].strip()
    doing.act.note(reason=proceeding.reasons)
    if proceeding.is_known_to_holder:
        was_asked = proceeding.asked_at is not None
        _send(doing, LetterKind.DROPPED, is_adverse=was_asked, reasons=proceeding.reasons)


def make_order(doing: Doing) -> None:
    """Form: order_number, ordered_on, effective_from, until, reasons. In effect now where its day has come."""
    proceeding = proceeding_of(doing)
    if (notice := proceeding.notice) is not None:  # what is carried out is the national document
        proceeding.order_number, proceeding.ordered_on = notice.number, notice.dated
    else:
        proceeding.order_number, proceeding.ordered_on = doing.form["order_number"].strip(), doing.form["ordered_on"]
    proceeding.effective_from, proceeding.until = doing.form["effective_from"], doing.form.get("until")
    proceeding.reasons, proceeding.decided_by = doing.form["reasons"].strip(), doing.by
    proceeding.notified_at = proceeding.notified_at or doing.at  # of a national decision the order is the first word
    proceeding.barred_until = proceedings.bar_from(proceeding, doing.form["effective_from"])
    in_effect = doing.form["effective_from"] <= today(doing)
    doing.arguments["in_effect"] = in_effect
    doing.act.note(
        order=proceeding.order_number, ordered_on=str(proceeding.ordered_on), reasons=proceeding.reasons,
        effective_from=str(proceeding.effective_from), until=str(proceeding.until or ""),
        barred_until=str(proceeding.barred_until or ""),
    )  # fmt: skip
    _send(
        doing, LetterKind.ORDER, is_adverse=proceeding.is_adverse, notice=notice,
        remedy="remedy_of_order_above" if notice is not None else "",
    )  # fmt: skip
    if in_effect:
        carry_out(doing)


def carry_out(doing: Doing) -> None:
    """The title moves, and its certificate with it, in the same transaction."""
    proceeding = proceeding_of(doing)
    verb = proceedings.effect_of(proceeding.kind)
    proceeding.title = proceedings.carry_order_out(proceeding, verb, by=doing.by, at=doing.at)
    doing.act.note(title=proceeding.title.number, effect=verb, title_state=proceeding.title.state)
    ground = f"{proceeding.order_number}，{GROUNDS[Ground(proceeding.ground)].label}"
    _mark_certificate(doing, verb, ground)
    _tell_of_branches(doing)


def _tell_of_branches(doing: Doing) -> None:
    """Who prepared it sees which branch centres have lost their parent; what becomes of them is decided one by one."""
    title = proceeding_of(doing).title
    numbers = [row.number for row in outside_titles.branches_left(title)]
    if numbers:
        doing.act.note(branches=numbers)
        doing.act.tell(
            untied(audiences.preparers(doing), doing.case), "branches_left", case_number=doing.case.number,
            title=title.number, number=len(numbers),
        )  # fmt: skip


def _mark_certificate(doing: Doing, verb: str, ground: str) -> None:
    """A certificate that stands follows its title, on paper too; a warning leaves it as it is, and so does its end."""
    if verb not in DECISIVE:
        return
    title = proceeding_of(doing).title
    signed, paper = standing_certificate_of_title(title), standing_paper_of_title(title)
    if signed is not None and can_follow(signed.standing, verb):
        change_standing(certificate=signed, verb=verb, ground=ground, at=doing.at)
        doing.act.note(certificate=signed.number)
    elif signed is None and verb == "reinstate":  # came back suspended, its certificate ended
        give_certificate_back(doing, title, number=proceeding_of(doing).order_number, ground=ground, by=_body(doing))
    if paper is not None and can_follow(paper.standing, verb):
        change_paper_standing(certificate=paper, verb=verb, ground=ground, at=doing.at)
        doing.act.note(paper_certificate=paper.number)


def can_follow(standing: Standing, verb: str) -> bool:
    """Only what is suspended can be reinstated; a title that was merely warned left its certificate alone."""
    return verb != "reinstate" or standing is Standing.SUSPENDED


def end_suspension(doing: Doing) -> None:
    """The title is in force again unless something else has become of it meanwhile."""
    proceeding = proceeding_of(doing)
    is_own = proceedings.is_work_of(proceeding.title, proceeding)  # a later order may have suspended it anew
    if proceeding.title.state != TitleState.SUSPENDED or not is_own:
        _end_suspension_beneath(doing)
        return
    proceeding.title = proceedings.carry_order_out(proceeding, "reinstate", by=doing.by, at=doing.at)
    doing.act.note(title=proceeding.title.number, effect="reinstate", title_state=proceeding.title.state)
    _mark_certificate(doing, "reinstate", f"{proceeding.order_number} 规定的暂停期满")
    _send(doing, LetterKind.SUSPENSION_ENDED)


def _end_suspension_beneath(doing: Doing) -> None:
    """A title lost meanwhile would not come back suspended from here on."""
    proceeding = proceeding_of(doing)
    if proceeding.title.suspended_beneath:
        ground = {"case": doing.case.number, "order": proceeding.order_number}
        change_beneath(proceeding.title, "lift_suspension", by=doing.by, at=doing.at, acting_as="authority", **ground)


def days_to_effect(doing: Doing) -> int:
    """Calendar days until the end of the day before the order takes effect."""
    start = proceeding_of(doing).effective_from
    assert start is not None
    return (start - timedelta(days=1) - today(doing)).days


def days_of_suspension(doing: Doing) -> int:
    """Calendar days until the end of the last day of the suspension."""
    until = proceeding_of(doing).until
    assert until is not None
    return (until - today(doing)).days


def is_running(doing: Doing) -> bool:
    """Whether the order has a last day to wait for."""
    return doing.state == ProceedingState.ORDER_RUNNING
