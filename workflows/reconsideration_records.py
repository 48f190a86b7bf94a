"""What the verbs of a reconsideration record: answers, letters, the decision and everything that follows from it."""

from __future__ import annotations

from typing import Any

from accreditation.enums import LetterKind
from accreditation.models import Title
from accreditation.reconsideration_words import DAYS_TO_ANSWER, UNDOING, Outcome
from accreditation.services import letters
from accreditation.services.reconsiderations import challenged_title, move_title, way_back
from certificates.services.restoring import request_restored_version
from certificates.services.standing import change_standing
from certificates.standing import Standing
from workflows.certification import newest_certificate_of_title, request_key_of
from workflows.deadlines import extend
from workflows.doing import Doing
from workflows.reconsideration_who import reconsideration_of

AUTHORITY_ZH = "行政复议机关"
OUTCOME_ZH = {
    Outcome.UPHELD: "维持",
    Outcome.ANNULLED: "撤销",
    Outcome.REDO: "撤销，责令重新作出",
    Outcome.MODIFIED: "变更为警告",
    Outcome.ILLEGAL: "确认违法",
}


def _send(doing: Doing, kind: LetterKind, *, is_adverse: bool = False, **content: Any) -> None:
    letter = letters.write_case_letter(
        doing.case,
        kind=kind,
        issued_by=AUTHORITY_ZH,
        is_adverse=is_adverse,
        at=doing.at,
        reconsideration=reconsideration_of(doing),
        challenged=reconsideration_of(doing).letter,
        **content,
    )
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def accept(doing: Doing) -> None:
    """The enterprise is told; the respondent has its copy in the case itself."""
    row = reconsideration_of(doing)
    row.accepted_at = doing.at
    due = doing.calendar.due(doing.at, DAYS_TO_ANSWER)
    _send(doing, LetterKind.RECONSIDERATION_ACCEPTED, due=due.at)


def decline(doing: Doing) -> None:
    """Form: reason."""
    row = reconsideration_of(doing)
    row.ended_for = doing.form["reason"].strip()
    doing.act.note(reason=row.ended_for)
    _send(doing, LetterKind.RECONSIDERATION_DECLINED, is_adverse=True)


def answer(doing: Doing) -> None:
    """Form: answer."""
    row = reconsideration_of(doing)
    row.answer, row.answered_at = doing.form["answer"].strip(), doing.at
    doing.act.note(answer=row.answer)


def stay(doing: Doing) -> None:
    """Form: reason. While it lasts, an order bars nobody from applying again."""
    row = reconsideration_of(doing)
    row.stayed_at, row.stay_reason = doing.at, doing.form["reason"].strip()
    doing.act.note(reason=row.stay_reason)
    _send(doing, LetterKind.EXECUTION_STAYED)


def prolong(doing: Doing) -> None:
    """Form: days, reason."""
    row = reconsideration_of(doing)
    row.more_days = doing.form["days"]
    clock = doing.case.deadlines.filter(kind="reconsideration").latest("pk")
    due = extend(clock, row.more_days, remark=doing.form["reason"].strip(), calendar=doing.calendar, at=doing.at)
    doing.act.note(days=row.more_days, reason=doing.form["reason"].strip(), due=due.at.isoformat())
    _send(doing, LetterKind.RECONSIDERATION_PROLONGED, due=due.at, reason=doing.form["reason"].strip())


def propose(doing: Doing) -> None:
    """Form: outcome, reason."""
    row = reconsideration_of(doing)
    row.proposed_outcome, row.prepared_by = doing.form["outcome"], doing.by
    doing.act.note(outcome=row.proposed_outcome, reason=doing.form["reason"].strip())


def send_back(doing: Doing) -> None:
    """Form: reason."""
    doing.act.note(reason=doing.form["reason"].strip())


def withdraw(doing: Doing) -> None:
    """Form: reason; settled or simply taken back."""
    row = reconsideration_of(doing)
    row.ended_for = doing.form["reason"].strip()
    doing.act.note(reason=row.ended_for)
    _send(doing, LetterKind.RECONSIDERATION_ENDED)


def decide(doing: Doing) -> None:
    """Form: outcome, decision_number, decided_on, reasons. Everything follows in this transaction."""
    row = reconsideration_of(doing)
    row.outcome, row.decided_on = doing.form["outcome"], doing.form["decided_on"]
    row.decision_number = doing.form["decision_number"].strip()
    row.decision_reasons, row.decided_by = doing.form["reasons"].strip(), doing.by
    doing.act.note(
        outcome=row.outcome, order=row.decision_number,
        decided_on=row.decided_on.isoformat(), reasons=row.decision_reasons,
    )  # fmt: skip
    title = challenged_title(row)
    if row.outcome in UNDOING:
        if title is not None:
            _undo_order(doing, title)
        else:
            doing.act.note(redo_ordered=True)
    _send(
        doing, LetterKind.RECONSIDERATION_DECISION, is_adverse=True,
        outcome_zh=OUTCOME_ZH[Outcome(row.outcome)], is_undone=row.outcome in UNDOING,
        title=challenged_title(row),
    )  # fmt: skip


def _undo_order(doing: Doing, title: Title) -> None:
    row = reconsideration_of(doing)
    verb = way_back(title)
    if not verb:
        doing.act.note(title=title.number, title_state=title.state)
        return
    moved = move_title(row, title, verb, by=doing.by, at=doing.at)
    if row.outcome == Outcome.MODIFIED:
        moved = move_title(row, moved, "warn", by=doing.by, at=doing.at)
    doing.act.note(title=moved.number, effect=verb, title_state=moved.state)
    _follow_with_certificate(doing, moved)


def _follow_with_certificate(doing: Doing, title: Title) -> None:
    """A suspended certificate is reinstated; a revoked one stays so for ever, and a new version is made out."""
    row = reconsideration_of(doing)
    certificate = newest_certificate_of_title(title)
    if certificate is None:
        return
    ground = f"{row.decision_number}，行政复议决定"
    if certificate.standing is Standing.SUSPENDED and title.is_standing:
        change_standing(certificate=certificate, verb="reinstate", ground=ground, at=doing.at)
    elif certificate.standing in (Standing.REVOKED, Standing.CANCELLED) and title.is_standing:
        key = f"{request_key_of(title)}:{row.case.number}"
        certificate = request_restored_version(
            certificate=certificate, request_key=key, announcement=row.decision_number, by=AUTHORITY_ZH, at=doing.at
        )
    doing.act.note(certificate=certificate.number, certificate_version=certificate.version)
