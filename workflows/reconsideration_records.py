"""What the verbs of a reconsideration record: answers, letters, the decision and everything that follows from it."""

from __future__ import annotations

from datetime import date
from typing import Any

from accreditation.adverse_ends import FOLLOWING_VERBS, Sequel
from accreditation.clocks import DeadlineKind, is_past
from accreditation.enums import LetterKind
from accreditation.models import Application, Case, Reconsideration, Title
from accreditation.models.titles import BENEATH
from accreditation.reconsideration_words import (
    DAYS_TO_ANSWER,
    DAYS_TO_SUPPLEMENT,
    GROUND_ZH,
    UNDOING,
    DeclineGround,
    Outcome,
    Remedy,
)
from accreditation.services import letters
from accreditation.services.evaluation_rounds import take_back_lateness
from accreditation.services.reconsiderations import (
    authority_of,
    challenged_title,
    is_held_back,
    locked_title,
    sequel_of,
    undo_order,
    warn_instead,
)
from workflows import staying
from workflows.deadlines import extend, running_of
from workflows.doing import Doing
from workflows.filing_days import counted_now, filed_on, late_days
from workflows.giving_back import give_certificate_back
from workflows.legal_basis import legal_basis
from workflows.reconsideration_who import reconsideration_of
from workflows.reissues_reopened import reopen_refused

GIVEN_UP_ZH = "补正期限届满未补正，视为放弃行政复议申请。"
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
        issued_by=authority_of(reconsideration_of(doing)),
        is_adverse=is_adverse,
        basis=legal_basis(doing) if is_adverse else "",
        at=doing.at,
        reconsideration=reconsideration_of(doing),
        challenged=reconsideration_of(doing).told_by,
        **content,
    )
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def _establish(doing: Doing, row: Reconsideration) -> None:
    """Form: established_on, established_why, both or neither. How late it came follows from the day.

    Without one it follows from the service as it is on record now, which may have been corrected since the filing.
    """
    day = doing.form.get("established_on")
    if day is None:
        _count_anew(doing, row)
        return
    row.established_on, row.established_why = day, doing.form["established_why"].strip()
    row.late_days = late_days(day, filed_on(row))
    doing.act.note(
        established_on=day.isoformat(), established_why=row.established_why, late_days=row.late_days,
        known_on=row.known_on.isoformat(), served_on=_iso(row.served_on),
    )  # fmt: skip


def _count_anew(doing: Doing, row: Reconsideration) -> None:
    before, now = (row.served_on, row.late_days), counted_now(row)
    if now == before:
        return
    row.served_on, row.late_days = now
    doing.act.note(
        service_before=_iso(before[0]), late_days_before=before[1], served_on=_iso(now[0]), late_days=now[1],
        known_on=row.known_on.isoformat(),
    )  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def accept(doing: Doing) -> None:
    """The enterprise is told; the respondent has its copy in the case itself.

    Where nothing was said in time it counts as accepted from the end of the examination (第三十条), whoever enters it.
    """
    row, clock = reconsideration_of(doing), running_of(doing.case, DeadlineKind.RECONSIDERATION_EXAMINATION)
    is_silent = clock is not None and is_past(clock.due_at, doing.at)
    row.accepted_by_silence, row.accepted_at = is_silent, clock.due_at if clock and is_silent else doing.at
    _establish(doing, row)
    doing.act.note(by_silence=row.accepted_by_silence)
    due = doing.calendar.due(doing.at, DAYS_TO_ANSWER)
    _send(doing, LetterKind.RECONSIDERATION_ACCEPTED, due=due.at)


def decline(doing: Doing) -> None:
    """Form: decline_ground, reason, and the day from which the time ran where that is established."""
    row = reconsideration_of(doing)
    _establish(doing, row)
    row.decline_ground, row.ended_for = DeclineGround(doing.form["decline_ground"]), doing.form["reason"].strip()
    doing.act.note(ground=row.decline_ground, reason=row.ended_for)
    _send(doing, LetterKind.RECONSIDERATION_DECLINED, is_adverse=True)


def ask_for_supplement(doing: Doing) -> None:
    """Form: lacking."""
    row = reconsideration_of(doing)
    row.supplement_asked_at, row.lacking = doing.at, doing.form["lacking"].strip()
    doing.act.note(lacking=row.lacking)
    due = doing.calendar.due(doing.at, DAYS_TO_SUPPLEMENT)
    _send(doing, LetterKind.RECONSIDERATION_SUPPLEMENT, due=due.at)


def prolong_supplement(doing: Doing) -> None:
    """Form: days, reason."""
    row, reason = reconsideration_of(doing), doing.form["reason"].strip()
    row.supplement_more_days = doing.form["days"]
    clock = running_of(doing.case, DeadlineKind.RECONSIDERATION_SUPPLEMENT)
    assert clock is not None  # a guard has seen it running
    due = extend(clock, row.supplement_more_days, remark=reason, calendar=doing.calendar, at=doing.at)
    doing.act.note(days=row.supplement_more_days, reason=reason, due=due.at.isoformat())
    _send(doing, LetterKind.RECONSIDERATION_PROLONGED, due=due.at, reason=reason, is_supplement=True)


def supplement(doing: Doing) -> None:
    """Form: claim, reasons. What was filed before stands in the trail."""
    row = reconsideration_of(doing)
    row.claim, row.reasons = doing.form["claim"].strip(), doing.form["reasons"].strip()
    row.supplemented_at = doing.at
    doing.act.note(claim=row.claim, said=row.reasons)


def give_up(doing: Doing) -> None:
    """The days to supplement are over, and nothing came."""
    row = reconsideration_of(doing)
    row.ended_for = GIVEN_UP_ZH
    doing.act.note(reason=row.ended_for)
    _send(doing, LetterKind.RECONSIDERATION_ENDED, given_up=True)


def answer(doing: Doing) -> None:
    """Form: answer."""
    row = reconsideration_of(doing)
    row.answer, row.answered_at = doing.form["answer"].strip(), doing.at
    doing.act.note(answer=row.answer)


def stay(doing: Doing) -> None:
    """Form: reason. While it lasts, an order in effect is taken back, and one for a later day waits."""
    row = reconsideration_of(doing)
    row.stayed_at, row.stay_reason = doing.at, doing.form["reason"].strip()
    doing.act.note(reason=row.stay_reason)
    title = staying.take_back(doing, by=authority_of(row))
    _send(doing, LetterKind.EXECUTION_STAYED, title=title)


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
    _send(doing, LetterKind.RECONSIDERATION_ENDED, title=staying.carry_out_again(doing))


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
    sequel = sequel_of(row.told_by)
    if row.outcome in UNDOING and sequel is not None:
        follow(doing, sequel)
    else:
        staying.carry_out_again(doing)
    _send(
        doing, LetterKind.RECONSIDERATION_DECISION, is_adverse=True,
        outcome_zh=OUTCOME_ZH[Outcome(row.outcome)], sequel=sequel if row.outcome in UNDOING else "",
        title=title_now(row), was_stayed=bool(row.stayed_effect),
    )  # fmt: skip


def title_now(row: Reconsideration) -> Title | None:
    """The title under challenge as the decision has left it."""
    title = challenged_title(row)
    return None if title is None else Title.objects.get(pk=title.pk)


def follow(doing: Doing, sequel: Sequel) -> None:
    """An order is undone here and now, a new application is for the enterprise to file; else its case follows."""
    row, title = reconsideration_of(doing), locked_title(reconsideration_of(doing))
    doing.act.note(sequel=sequel)
    if title is not None:
        _undo_order(doing, title)
    elif sequel is Sequel.REISSUE_REOPENED:
        reopen_refused(doing)
    elif sequel in FOLLOWING_VERBS:
        doing.sequels.append((row.challenged_case, FOLLOWING_VERBS[sequel], {"reconsideration": row}))
    else:
        doing.act.note(redo_ordered=True)
        _take_back_lateness(doing, row.challenged_case)


def _take_back_lateness(doing: Doing, challenged: Case) -> None:
    """Of an evaluation: whoever lapsed is late no more from the decision on, before it has filed again."""
    application = Application.objects.filter(case=challenged, batch__evaluation_round__isnull=False).first()
    if application is not None and (stood := take_back_lateness(application)):
        doing.act.note(lateness_taken_back=stood)


def _undo_order(doing: Doing, title: Title) -> None:
    row = reconsideration_of(doing)
    if row.stayed_effect:
        moved, verb = title, row.stayed_effect  # taken back already
        if verb not in BENEATH:
            staying.keep_back(doing, title, ground=f"{row.decision_number}，{GROUND_ZH[Remedy(row.remedy)]}")
    else:
        moved, verb = undo_order(row, title, by=doing.by, at=doing.at)
    if not verb:
        if is_held_back(row, title):
            doing.act.note(entered_wrongly=True)
            if row.outcome == Outcome.MODIFIED:
                title = warn_instead(row, title, by=doing.by, at=doing.at)
        doing.act.note(title=title.number, title_state=title.state)
        return
    if row.outcome == Outcome.MODIFIED:
        moved = warn_instead(row, moved, by=doing.by, at=doing.at)
    doing.act.note(title=moved.number, effect=verb, title_state=moved.state)
    ground = GROUND_ZH[Remedy(row.remedy)]
    give_certificate_back(doing, moved, number=row.decision_number, ground=ground, by=authority_of(row))
