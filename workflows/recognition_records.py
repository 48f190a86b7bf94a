"""What the verbs that the municipal recognition has from edition 2026 on record."""

from __future__ import annotations

from fractions import Fraction

from accreditation.clocks import DeadlineKind
from accreditation.enums import LetterKind
from accreditation.models import Deadline, Decision
from accreditation.services import hearings, recognition_quota, reopenings
from accreditation.services.reopened_figures import revised_score
from criteria.units import amount_text
from workflows import deadlines, panel_records
from workflows.doing import Doing
from workflows.recommendation_records import end_for, note_silence, send_letter


def conclude_consultation(doing: Doing) -> None:
    """Form: opinion; without_answer_for and objections_answered where they are asked for."""
    said = {name: doing.form.get(name) or "" for name in ("without_answer_for", "objections_answered")}
    silent = note_silence(doing)
    panel_records.pass_check(doing)
    doing.act.note(silence_counts=bool(silent) and bool(doing.batch.silence_counts), **said)


def propose(doing: Doing) -> None:
    """Form: decision. Without a quota every proposal stands; with one, the places of the minutes tell."""
    decision: Decision = doing.form["decision"]
    item = decision.item
    is_within = not recognition_quota.limits_proposals(doing.batch) or bool(item.is_within_quota)
    doing.application.decision = decision
    doing.arguments["is_within"] = is_within
    doing.act.note(decision=decision.pk, outcome=decision.outcome, minutes=decision.minutes_sha256, is_within=is_within)
    if not is_within:
        score = amount_text(Fraction(item.score), "point", "zh")
        quota = doing.batch.quota
        is_revised = revised_score(doing.application) is not None
        where = (
            f"核定数据改正后得分 {score}，与此前会议同意认定的申报一并按得分排序" if is_revised
            else f"按核定数据得分排序列本次会议第 {item.place} 位"
        )  # fmt: skip
        end_for(doing, f"认定名额 {quota} 个，{where}，未列入认定名额。")
        send_letter(doing, LetterKind.NOT_IN_QUOTA, item=item, score=score, meeting=item.meeting, is_revised=is_revised)


def correct_entry(doing: Doing) -> None:
    """Form: adjustment, corrected. Where the rules let the days run anew, the clock of the notice starts again.

    One that an objection has put off beyond those days runs on: days are only ever added.
    """
    adjustment, name = doing.form["adjustment"], doing.form["corrected"]
    if runs_anew(doing):
        deadlines.call_off(_clocks_of_notice(doing), at=doing.at)
    doing.act.note(adjustment=adjustment.number, corrected=name)


def runs_anew(doing: Doing) -> bool:
    """Whether the days of the notice run anew, and end later by it."""
    anew = doing.calendar.due(doing.at, doing.batch.notice_days).at
    return doing.batch.adjustment_restarts and all(clock.due_at <= anew for clock in _clocks_of_notice(doing))


def _clocks_of_notice(doing: Doing) -> list[Deadline]:
    return [clock for clock in deadlines.open_clocks(doing.case) if clock.kind == DeadlineKind.NOTICE]


def waive_notice(doing: Doing) -> None:
    """Form: reason. Who acts for the applicant declares it; the publisher carries it out."""
    notice = doing.application.notice
    assert notice is not None
    reason = doing.form["reason"].strip()
    waiver = hearings.waive(doing.application, notice, reason=reason, by=doing.by, at=doing.at)
    doing.act.note(notice=notice.number, reason=reason, waiver_sha256=waiver.sha256)


def take_off_notice(doing: Doing) -> None:
    """Form: adjustment, reasons. The audit entry names the applicant's declaration by its hash."""
    waiver = hearings.waiver_of(doing.application)
    assert waiver is not None
    reopenings.overtake(doing.application, by=doing.by, at=doing.at)
    doing.act.note(
        adjustment=doing.form["adjustment"].number, reasons=doing.form["reasons"], waiver_sha256=waiver.sha256,
        waived_at=waiver.declared_at.isoformat(),
    )  # fmt: skip
    send_letter(doing, LetterKind.WITHDRAWAL)
