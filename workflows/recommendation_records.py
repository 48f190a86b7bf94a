"""What the verbs of a recommendation for a national title record: rows, the letter, the note for the audit entry."""

from __future__ import annotations

from typing import Any

from accreditation.enums import LetterKind
from accreditation.models import Batch, Consultation, Decision, DepartmentLetter, Ranking, RankingLine
from accreditation.services import consultations, evaluation, letters, outside_titles, rankings
from accreditation.services.quota_order import Reach
from accreditation.services.quota_places import reach_of, score_of_line
from accreditation.services.rule_sets import rules_of
from accreditation.services.supplementary_rankings import why_not_within
from criteria.facts import exact_text
from criteria.units import amount_text
from workflows.doing import Doing
from workflows.legal_basis import legal_basis

_ANSWER = ("position", "text", "document_number", "dated")  # of a department


def send_letter(doing: Doing, kind: LetterKind, **content: Any) -> None:
    """Write the municipality's letter and name it in the audit entry and the answer."""
    issued_by = letters.issuing_body(doing.application, is_district=False)
    letter = letters.write_letter(
        doing.application, kind=kind, issued_by=issued_by, at=doing.at,
        basis=legal_basis(doing) if kind in letters.ALWAYS_ADVERSE else "", **content,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


def end_for(doing: Doing, reasons: str) -> None:
    """Keep the reasons of an adverse end."""
    doing.application.ended_for = reasons
    doing.act.note(reasons=reasons)


def name_parent(doing: Doing) -> None:
    """Form: parent (Title)."""
    doing.application.parent_title = doing.form["parent"]
    doing.act.note(parent=doing.form["parent"].number)


def ask_departments(doing: Doing) -> None:
    """Form: departments, opinion (optional)."""
    asked = list(doing.form["departments"])
    consultations.ask_departments(doing.application, asked, by=doing.by, at=doing.at)
    doing.act.note(departments=asked, opinion=doing.form.get("opinion", ""))


def record_answer(doing: Doing) -> None:
    """Form: department, position, text, document_number, dated; file (StoredFile) with its name, both optional.

    Where another answer was entered before: correction, without_file (the file entered before does not belong to it).
    What it takes the place of stays in the trail.
    """
    question = consultations.question_to(doing.application, doing.form["department"])
    assert question is not None
    if question.position:
        replaced = {name: str(getattr(question, name)) for name in _ANSWER} | _take_letter_away(doing, question)
        doing.act.note(correction=doing.form["correction"].strip(), replaced=replaced)
    values = {name: doing.form.get(name, "") for name in _ANSWER}
    consultations.record_answer(question, **values, by=doing.by, at=doing.at)
    doing.act.note(department=question.department, **values | {"dated": values["dated"].isoformat()})
    if (file := doing.form.get("file")) is not None:
        name = doing.form["name"]
        letter = consultations.keep_letter(question, file=file, file_name=name, by=doing.by, at=doing.at)
        doing.act.note(**_named(letter))


def _take_letter_away(doing: Doing, question: Consultation) -> dict[str, Any]:
    """The file that another takes the place of, or that was sent by mistake; empty where the answer keeps its own."""
    letter = consultations.standing_letter(question)
    if letter is None or not (doing.form.get("file") or doing.form.get("without_file")):
        return {}
    consultations.take_letter_away(letter, at=doing.at)
    return _named(letter)


def _named(letter: DepartmentLetter) -> dict[str, Any]:
    return {"department_letter": letter.pk, "file": letter.file_id, "file_name": letter.file_name}


def note_silence(doing: Doing) -> list[str]:
    """Codes of the departments without whose answer the case goes on; those never asked apart."""
    silent = [row.department for row in consultations.unanswered(doing.application)]
    unasked = [str(department) for department in consultations.not_asked(doing.application)]
    doing.act.note(silent=silent, **({"not_asked": unasked} if unasked else {}))
    return silent


def adopt_initial_score(doing: Doing) -> None:
    """Form: opinion; without_answer_for and objections_answered where they are asked for."""
    said = {name: doing.form.get(name) or "" for name in ("opinion", "without_answer_for", "objections_answered")}
    opinion = "\n".join(text for text in (said["opinion"], said["objections_answered"]) if text)
    if doing.batch.consultation_days:
        note_silence(doing)
    score = rankings.keep_initial_score(
        doing.application, opinion=opinion, without_answer_for=said["without_answer_for"], by=doing.by, at=doing.at
    )
    doing.act.note(score=score.total, evaluation=score.digest, **said)


def not_recommend_below_limit(doing: Doing) -> None:
    """Form: opinion; without_answer_for where a department is not waited for. Score and limit come by themselves."""
    found = evaluation.verified_evaluation(doing.application)
    gate = evaluation.initial_score_gate(rules_of(doing.batch))
    assert found is not None
    assert found.total is not None
    assert gate is not None
    assert gate.limit is not None
    score, limit = (amount_text(points, "point", "zh") for points in (found.total, gate.limit.amount()))
    reasons = f"按核定数据计算，初评得分为 {score}，推荐要求为不低于 {limit}。\n{doing.form['opinion']}"
    said = {name: doing.form.get(name) or "" for name in ("opinion", "without_answer_for")}
    doing.act.note(score=exact_text(found.total), evaluation=found.digest(), **said)
    note_silence(doing)
    end_for(doing, reasons)
    send_letter(doing, LetterKind.NOT_RECOMMENDED, reasons=reasons)


def enter_ranking(doing: Doing) -> None:
    """Form: ranking."""
    ranking: Ranking = doing.form["ranking"]
    line = RankingLine.objects.get(ranking=ranking, application=doing.application)
    doing.act.note(ranking=ranking.number, sha256=ranking.sha256, place=line.place, score=line.score)


def approve(doing: Doing) -> None:
    """Form: decision. The place in the frozen ranking tells whether the quota reaches the application."""
    decision = doing.form["decision"]
    doing.application.decision = decision
    Batch.objects.select_for_update().get(pk=doing.application.batch_id)  # a calling up counts before or after
    reach = reach_of(doing.application, decision.item)
    is_within = reach is Reach.WITHIN
    doing.arguments["is_within"] = is_within
    line = doing.application.ranking_line
    doing.act.note(
        decision=decision.pk, outcome=decision.outcome, minutes=decision.minutes_sha256, place=line.place,
        is_within=is_within, of="recommendation",
    )  # fmt: skip
    if not is_within:
        ranking, score = line.ranking, amount_text(score_of_line(line), "point", "zh")
        reasons = why_not_within(line, reach)
        end_for(doing, reasons)
        send_letter(
            doing, LetterKind.NOT_IN_QUOTA, ranking=ranking, line=line, score=score, meeting=decision.item.meeting,
            reasons=reasons,
        )  # fmt: skip


def refuse(doing: Doing) -> None:
    """Form: decision."""
    decision = _keep_decision(doing)
    send_letter(doing, LetterKind.NOT_RECOMMENDED, reasons=decision.reasons, meeting=decision.item.meeting)


def postpone(doing: Doing) -> None:
    """Form: decision."""
    decision = _keep_decision(doing)
    send_letter(doing, LetterKind.POSTPONEMENT, reasons=decision.reasons, meeting=decision.item.meeting)


def _keep_decision(doing: Doing) -> Decision:
    decision: Decision = doing.form["decision"]
    doing.application.decision = decision
    doing.act.note(
        decision=decision.pk, outcome=decision.outcome, minutes=decision.minutes_sha256, of="recommendation",
        reasons=decision.reasons,
    )  # fmt: skip
    end_for(doing, decision.reasons)
    return decision


def recommend_upward(doing: Doing) -> None:
    """Form: recommendation."""
    letter = doing.form["recommendation"]
    doing.application.recommendation = letter
    doing.act.note(recommendation=letter.number, dated=letter.dated.isoformat())
    send_letter(doing, LetterKind.RECOMMENDED_UPWARD, recommendation=letter)


def note_public_notice_above(doing: Doing) -> None:
    """Form: notice, ends_on (last day of the national authority's public notice)."""
    notice = doing.form["notice"]
    doing.act.note(
        notice=notice.number, dated=notice.dated.isoformat(), file=notice.file_id,
        ends_on=doing.form["ends_on"].isoformat(),
    )  # fmt: skip


def _without_public_notice(doing: Doing) -> None:
    if said := str(doing.form.get("without_public_notice") or "").strip():
        doing.act.note(without_public_notice=said)


def recognise_above(doing: Doing) -> None:
    """Form: notice, without_public_notice. The title is entered as granted above; no certificate of ours is made."""
    notice = doing.form["notice"]
    title = outside_titles.enter_title(doing.application, notice)
    doing.application.external_notice, doing.application.title = notice, title
    doing.act.note(notice=notice.number, dated=notice.dated.isoformat(), file=notice.file_id, title=title.number)
    _without_public_notice(doing)
    send_letter(doing, LetterKind.RECOGNISED_ABOVE, notice=notice, title=title)


def pass_over_above(doing: Doing) -> None:
    """Form: notice, without_public_notice, reasons (what the notice or the authority said, optional)."""
    notice, said = doing.form["notice"], doing.form.get("reasons") or ""
    doing.application.external_notice = notice
    doing.act.note(notice=notice.number, dated=notice.dated.isoformat(), file=notice.file_id)
    _without_public_notice(doing)
    end_for(doing, said or f"《{notice.number}》公布的名单未列入。")
    send_letter(doing, LetterKind.NOT_RECOGNISED_ABOVE, notice=notice, reasons=said)


def correct_to_recognised(doing: Doing) -> None:
    """Form: entry, notice. The title is in force from the day of the list that was misread."""
    entry = doing.form["entry"]
    row, listed = doing.application, entry.corrects.notice
    if row.title is not None and row.title.entered_wrongly:
        title = outside_titles.bring_back(row.title, entry, by=doing.by, at=doing.at)
    else:
        title = outside_titles.enter_title(row, listed)
    row.external_notice, row.title, row.ended_for = listed, title, ""
    _note_correction(doing, title=title.number)
    lost_by = outside_titles.number_of_loss(title)
    send_letter(doing, LetterKind.RECOGNISED_ABOVE, notice=listed, title=title, lost_by=lost_by, **_corrected(doing))


def correct_to_passed_over(doing: Doing) -> None:
    """Form: entry, notice, reasons (what the authority said, optional). The title was never granted."""
    entry, said = doing.form["entry"], doing.form.get("reasons") or ""
    row, listed = doing.application, entry.corrects.notice
    assert row.title is not None
    title = outside_titles.end_wrong_entry(row.title, entry, row.enterprise, by=doing.by, at=doing.at)
    _note_correction(doing, title=title.number)
    end_for(doing, said or f"《{listed.number}》公布的名单未列入，原登记有误。")
    send_letter(
        doing, LetterKind.NOT_RECOGNISED_ABOVE, notice=listed, title=title, reasons=said,
        remedy="remedy_of_correction_above", **_corrected(doing),
    )  # fmt: skip


def _note_correction(doing: Doing, **more: str) -> None:
    entry, notice = doing.form["entry"], doing.form["notice"]
    doing.act.note(
        notice=notice.number, dated=notice.dated.isoformat(), file=notice.file_id,
        corrects=entry.corrects.notice.number, reason=entry.why, **more,
    )  # fmt: skip


def _corrected(doing: Doing) -> dict[str, Any]:
    """For the letter: the entry that corrects, and the letter that told what was wrong."""
    told = (LetterKind.RECOGNISED_ABOVE, LetterKind.NOT_RECOGNISED_ABOVE)
    earlier = doing.case.letters.filter(kind__in=told).order_by("pk").last()
    return {"correction": doing.form["entry"], "earlier": earlier}
