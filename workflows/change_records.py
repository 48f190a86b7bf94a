"""What the verbs of a change record: statement, papers, opinions, plan, confirmation, letters."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accreditation.change_words import ChangeKind, ChangeSide, TitleOutcome
from accreditation.clocks import DeadlineKind
from accreditation.enums import LetterKind, Level
from accreditation.models import Body, ChangedTitle
from accreditation.selectors.granting import granting_body, title_names
from accreditation.services import changes, letters, proceedings, successions
from accreditation.services.matter_returns import close_return
from workflows import change_effects
from workflows.change_who import change_of
from workflows.doing import Clock, Doing
from workflows.legal_basis import legal_basis
from workflows.matter_returns import Told
from workflows.returnable import stated_texts

# Kind of clock, parameter of the rules: no text read sets any of them, so without the parameter no clock runs.
LIMITS = {
    DeadlineKind.CHANGE_OPINION: "change_opinion_working_days",
    DeadlineKind.CHANGE_RECEIVING: "change_opinion_working_days",
    DeadlineKind.CHANGE_CORRECTION: "change_correction_working_days",
    DeadlineKind.CHANGE_CONFIRMATION: "change_confirmation_working_days",
}


def clocks(kind: DeadlineKind, doing: Doing) -> Iterable[Clock]:
    """The clock of that kind, where the rules of the leading title set its days."""
    days = changes.days_of(change_of(doing), LIMITS[kind])
    return [] if days is None else [Clock(kind, days)]


def _send(doing: Doing, kind: LetterKind, *, is_adverse: bool = False, **content: Any) -> None:
    change = change_of(doing)
    letter = letters.write_case_letter(
        doing.case,
        kind=kind,
        issued_by=issuer_of(doing),
        is_adverse=is_adverse,
        basis=legal_basis(doing) if is_adverse else "",
        at=doing.at,
        change=change,
        kind_zh=ChangeKind(change.kind).label,
        **content,
    )
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def issuer_of(doing: Doing) -> str:
    """Name of the body that confirms; of a district's titles, the bureau of that district."""
    change = change_of(doing)
    if change.is_for_city:
        return str(Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").values_list("name_zh", flat=True)[0])
    return str(Body.objects.filter(district=doing.case.district).values_list("name_zh", flat=True)[0])


def revise(doing: Doing) -> None:
    """Form: stated (changes.Particulars)."""
    change = change_of(doing)
    changes.state(change, doing.form["stated"])
    doing.act.note(**stated_plainly(change.kind, doing.form["stated"]))


def stated_plainly(kind: str, stated: changes.Particulars) -> dict[str, Any]:
    """What was stated as the audit entry keeps it."""
    return {
        "kind": kind,
        "occurred_on": stated.occurred_on.isoformat(),
        "facts": stated.facts.strip(),
        "new_name": stated.new_name,
        "new_district": stated.new_district,
        "new_parent": stated.new_parent.number if stated.new_parent else "",
        "successors": [row.uscc for row in stated.successors],
    }


def add_document(doing: Doing) -> None:
    """Form: file (StoredFile), name, purpose."""
    row = proceedings.add_document(
        doing.case, file=doing.form["file"], name=doing.form["name"], purpose=doing.form["purpose"], by=doing.by,
        at=doing.at,
    )  # fmt: skip
    doing.act.note(sha256=row.file_id, name=row.name, purpose=row.purpose)
    doing.act.reply(document=row.pk)


def drop_document(doing: Doing) -> None:
    """Form: document (CaseDocument)."""
    row = doing.form["document"]
    row.removed_at = doing.at
    row.save(update_fields=["removed_at"])
    doing.act.note(sha256=row.file_id, name=row.name)


def submit(doing: Doing) -> None:
    """The titles are listed as they stand; what districts said of an earlier filing no longer counts.

    Nor does a successor's agreement to other titles, or on a paper that was taken off, nor that it declined.
    """
    change = change_of(doing)
    before = {row.title_id for row in changes.rows_of(change)}
    changes.list_titles(change)
    rows = changes.rows_of(change)
    successions.forget_declines(change)
    successions.forget_agreements(change, all_of_them={row.title_id for row in rows} != before)
    change.is_for_city = changes.is_for_city(row.title for row in rows)
    change.filed_at, change.round, change.put_forward_by = doing.at, change.round + 1, None
    papers = proceedings.standing_documents(doing.case)
    doing.act.note(
        round=change.round, titles=[row.title.number for row in rows], documents=[paper.file_id for paper in papers],
        **stated_plainly(change.kind, changes.stated_by(change)),
    )  # fmt: skip
    _tell_successors(doing, "succession_asked")


def give_opinion(doing: Doing) -> None:
    """Form: is_favourable, opinion. Of the district in which the holder is registered."""
    _opine(doing, ChangeSide.OWN, doing.case.district)


def give_receiving_opinion(doing: Doing) -> None:
    """Form: is_favourable, opinion. Of the district to which the holder moves."""
    _opine(doing, ChangeSide.RECEIVING, change_of(doing).new_district)


def _opine(doing: Doing, side: ChangeSide, district: str) -> None:
    row = changes.keep_opinion(
        change_of(doing), side=side, district=district, is_favourable=bool(doing.form.get("is_favourable")),
        opinion=doing.form["opinion"], by=doing.by, at=doing.at,
    )  # fmt: skip
    doing.act.note(side=side, district=district, is_favourable=row.is_favourable, opinion=row.opinion)


def send_back(doing: Doing, told: Told) -> None:
    """What is to be corrected goes to the holder as a letter."""
    change_of(doing).reasons = told.text
    _send(doing, LetterKind.CHANGE_RETURNED, **told.letter)


def texts_stated(doing: Doing) -> dict[str, str]:
    """What the form states by field; nothing where it states nothing."""
    stated = doing.form.get("stated")
    return stated_texts(stated, change_of(doing).kind) if stated is not None else {}


def put_forward(doing: Doing) -> None:
    """Form: outcomes (outcome, successor's credit code, by title number), reasons."""
    change, outcomes = change_of(doing), doing.form["outcomes"]
    by_code = {row.enterprise.uscc: row.enterprise for row in change.successors.select_related("enterprise")}
    rows = [row for row in changes.rows_of(change) if row.title.number in outcomes]
    plan = [(row, *outcomes[row.title.number]) for row in rows]
    changes.plan_titles(change, [(row, TitleOutcome(outcome), by_code.get(code)) for row, outcome, code in plan])
    change.put_forward_by, change.reasons = doing.by, doing.form["reasons"].strip()
    _check_papers(doing)
    doing.act.note(plan={row.title.number: [str(outcome), code] for row, outcome, code in plan}, reasons=change.reasons)


def _check_papers(doing: Doing) -> None:
    """The agreement of who has nobody here, as a paper that the person has read."""
    agreements = doing.form.get("agreements") or {}
    for row in successions.successors_of(change_of(doing)):
        if (paper := agreements.get(row.enterprise.uscc)) is not None:
            successions.agree(row, by=doing.by, at=doing.at, paper=paper)
    doing.act.note(agreements={code: paper.file_id for code, paper in agreements.items()})


def _tell_successors(doing: Doing, kind: str) -> None:
    """Who is named in a change that was filed is asked, and told how it ended."""
    change = change_of(doing)
    if change.filed_at is not None:
        doing.act.tell(successions.people_of_successors(change), kind, number=doing.case.number)


def take_up_again(doing: Doing) -> None:
    """Form: reason. The plan goes back to the one who made it."""
    change = change_of(doing)
    change.put_forward_by = None
    doing.act.note(reason=doing.form["reason"].strip())


def confirm(doing: Doing) -> None:
    """Form: document_number, document_on. Register, titles and certificates follow at once."""
    change = change_of(doing)
    change.document_number, change.document_on = doing.form["document_number"].strip(), doing.form["document_on"]
    change.decided_by = doing.by
    doing.act.note(document=change.document_number, document_on=str(change.document_on))
    former = change.holder.name
    change_effects.carry_out(doing)
    rows = changes.rows_of(change)
    _send(
        doing, LetterKind.CHANGE_CONFIRMED, is_adverse=any(row.outcome == TitleOutcome.ENDS for row in rows),
        former=former, titles=[_sentence(row) for row in rows if row.outcome],
    )  # fmt: skip
    _tell_successors(doing, "succession_ended")


def _sentence(row: ChangedTitle) -> str:
    name = title_names(row.title.programme, granting_body(row.title))[0]
    title = f"{name}（称号编号 {row.title.number}）"
    if row.outcome == TitleOutcome.PASSES and row.successor is not None:
        said = f"由{row.successor.name}（统一社会信用代码 {row.successor.uscc}）承继"
    elif row.outcome == TitleOutcome.ENDS:
        said = "予以注销"
    else:
        said = "继续有效"
    return f"{title}{said}" + (f"，换发证书（证书编号 {row.certificate_number}）" if row.certificate_number else "")


def refuse(doing: Doing) -> None:
    """Form: reasons. The letter says what the holder can do against it."""
    change = change_of(doing)
    change.reasons, change.decided_by = doing.form["reasons"].strip(), doing.by
    doing.act.note(reasons=change.reasons)
    _send(doing, LetterKind.CHANGE_REFUSED, is_adverse=True, reasons=change.reasons)
    _tell_successors(doing, "succession_ended")


def withdraw(doing: Doing) -> None:
    """Form: reason (optional). A return that waits for an answer is answered by it."""
    change = change_of(doing)
    change.reasons = str(doing.form.get("reason") or "").strip()
    close_return(doing.case, at=doing.at)
    doing.act.note(reason=change.reasons)
    _tell_successors(doing, "succession_ended")
