"""Guards and records of the verbs of a re-examination, its letters, and how long its clocks run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.clocks import DeadlineKind
from accreditation.enums import LetterKind, Level
from accreditation.errors import Reason
from accreditation.models import Body, Deadline, Reexamination, ReexaminationResult
from accreditation.permissions import persons_behind
from accreditation.recommendation_words import ResultState
from accreditation.reexamination_words import Advice, ReexaminationState
from accreditation.services import letters, proceedings
from accreditation.services.reexaminations import HELD, renew_term
from accreditation.services.rule_sets import rule_text
from criteria.fields import FieldSpec
from workflows.doing import Doing
from workflows.legal_basis import legal_basis
from workflows.matter_returns import Told
from workflows.returnable import figures_asked
from workflows.second_person import FOUR_EYES, another_than_who_did
from workflows.workdays import SHANGHAI
from workflows.yearly_report_acts import today, write_return


def row_of(doing: Doing) -> Reexamination:
    """The subject of the attempt."""
    assert isinstance(doing.subject, Reexamination)
    return doing.subject


def fields_asked(row: Reexamination) -> list[tuple[FieldSpec, int]]:
    """Fields of the data table of the round's rules, each with its years."""
    return figures_asked(row)


def due_day(row: Reexamination) -> date:
    """The last day for the material: of the clock that ran last, which a return sets anew; else of the round."""
    rows = Deadline.objects.filter(case=row.case_id, kind=DeadlineKind.REEXAMINATION_MATERIAL)
    last = rows.order_by("-pk").first()
    return last.due_at.astimezone(SHANGHAI).date() if last else row.round.due_on


# --- guards -------------------------------------------------------------------------------------------------------
def was_not_called(doing: Doing) -> Iterable[Reason]:
    """The holder is called once."""
    if Deadline.objects.filter(case=doing.case).exists():
        yield Reason("already_called", _("已通知该单位参加复核。"))


def figures_are_whole(doing: Doing) -> Iterable[Reason]:
    """Every figure that the rules require is given."""
    row = row_of(doing)
    missing = [
        rule_text(spec, "name")
        for spec, year in fields_asked(row)
        if spec.required and not row.figures.get(f"{spec.code}-{year}")
    ]
    if missing:
        yield Reason("figures_missing", _("还缺数据：%(names)s。") % {"names": "、".join(missing)})


def documents_are_on_file(doing: Doing) -> Iterable[Reason]:
    """The sealed material is among the papers."""
    if not proceedings.standing_documents(doing.case):
        yield Reason("no_document", _("请先提交盖章的复核材料和审计报告。"))


def position_is_taken(doing: Doing) -> Iterable[Reason]:
    """The opinion advises one thing or the other."""
    if doing.form.get("position") not in Advice.values:
        yield Reason("position_needed", _("请选择审核意见。"), "position")


def title_is_held(doing: Doing) -> Iterable[Reason]:
    """Nothing is renewed that has ended; a suspension ends by itself or by an order, whatever the result."""
    if row_of(doing).title.state not in HELD:
        yield Reason("title_not_standing", _("该称号已不在有效期内。"))


def title_stands_no_more(doing: Doing) -> Iterable[Reason]:
    """Whoever holds the title is re-examined."""
    if row_of(doing).title.state in HELD:
        yield Reason("title_stands", _("称号仍然有效，应当参加复核。"))


by_another_than_the_reviewer = another_than_who_did(
    "give_reexamination_opinion", _("出具审核意见的人不能自己上报或退回，须由另一人办理。")
)


def by_a_second_person_from_the_result(doing: Doing) -> Iterable[Reason]:
    """Form: entry, notice. What an officer read in the ministry's notice takes effect by another one."""
    entry: ReexaminationResult | None = doing.form.get("entry")
    if entry is None or not _says_so(entry, doing):
        yield Reason("no_result_entered", _("没有待核对的国家复核结果登记。"))
    elif {entry.recorded_by_id, entry.recorded_for_id} & persons_behind(doing.by):
        yield Reason(FOUR_EYES, _("国家复核结果须由登记人以外的另一人对照文件核对。"))


def _says_so(entry: ReexaminationResult, doing: Doing) -> bool:
    """Whether it waits, rests on the notice of the form, and holds of the case what the verb does."""
    said = {"reexamination": row_of(doing), "is_passed": doing.verb.code == "pass_reexamination"}
    is_waiting = entry.state == ResultState.WAITING and entry.notice == doing.form.get("notice")
    return is_waiting and entry.lines.filter(**said).exists()


# --- records ------------------------------------------------------------------------------------------------------
def tell_of_call(doing: Doing) -> None:
    """The holder is told what is due when."""
    row = row_of(doing)
    doing.act.note(
        year=row.round.year, document=row.round.document, due_on=row.round.due_on.isoformat(), title=row.title.number,
        since=row.due_since.isoformat(),
    )  # fmt: skip


def fill(doing: Doing) -> None:
    """Form: `code-year` -> exact number as text, `true`, `false` or empty, for the fields that are asked."""
    row = row_of(doing)
    names = [f"{spec.code}-{year}" for spec, year in fields_asked(row)]
    row.figures = {name: str(doing.form[name]) for name in names if doing.form.get(name)}
    doing.act.note(figures=row.figures)


def hand_in(doing: Doing) -> None:
    """Form: summary. Who is in the late list stays there, but is reviewed."""
    row = row_of(doing)
    row.summary = str(doing.form["summary"]).strip()
    row.handed_in_at = row.handed_in_at or doing.at
    papers = [paper.file_id for paper in proceedings.standing_documents(doing.case)]
    late_days = max((today(doing) - due_day(row)).days, 0) if row.late_at else 0
    doing.act.note(summary=row.summary, figures=row.figures, papers=papers, late_days=late_days)


def list_late(doing: Doing) -> None:
    """Entered in the late list, once."""
    row = row_of(doing)
    row.late_at = row.late_at or doing.at
    doing.act.note(due_on=due_day(row).isoformat())


def remind(doing: Doing) -> None:
    """Form: reason (optional)."""
    doing.act.note(due_on=due_day(row_of(doing)).isoformat(), reason=str(doing.form.get("reason") or "").strip())


def refuse(doing: Doing) -> None:
    """Form: reason. The holder is told what follows and what it can do."""
    _close(doing, ReexaminationState.REFUSED)


def close_unanswered(doing: Doing) -> None:
    """Form: reason. The same where it kept silent."""
    _close(doing, ReexaminationState.UNANSWERED)


def _close(doing: Doing, outcome: str) -> None:
    remark(doing)
    row = row_of(doing)
    words = {"outcome": outcome, "reasons": row.remark, "was_handed_in": row.handed_in_at is not None}
    _send(doing, LetterKind.NOT_REEXAMINED, is_adverse=True, due_on=due_day(row), **words)


def remark(doing: Doing) -> None:
    """Form: reason. Why it is closed or dropped."""
    row = row_of(doing)
    row.remark = str(doing.form.get("reason") or "").strip()
    doing.act.note(reason=row.remark)


def send_back(doing: Doing, told: Told) -> None:
    """What is to be completed goes to the holder as a letter."""
    row = row_of(doing)
    row.remark = told.text
    write_return(doing, told, matter=f"{row.round.year} 年度复核材料")


def note_reason(doing: Doing) -> None:
    """Form: reason. What one authority tells another stands in the trail alone, not in what the holder reads."""
    doing.act.note(reason=str(doing.form["reason"]).strip())


def give_opinion(doing: Doing) -> None:
    """Form: position, opinion."""
    row = row_of(doing)
    row.position, row.opinion = doing.form["position"], str(doing.form["opinion"]).strip()
    row.reviewed_by = doing.by
    doing.act.note(position=row.position, opinion=row.opinion)


def forward(doing: Doing) -> None:
    """Form: report (ReexaminationReport)."""
    row = row_of(doing)
    row.report = doing.form["report"]
    doing.act.note(report=row.report.number, dated=row.report.dated.isoformat(), position=row.position)


def pass_above(doing: Doing) -> None:
    """Form: notice, valid_until (optional). The title goes on with a new term."""
    row = _keep_notice(doing)
    stated = doing.form.get("valid_until")
    has_end = stated is not None or row.title.valid_until is not None
    row.renewed_until = renew_term(row, stated=stated, by=doing.by, at=doing.at)
    doing.act.note(valid_until=row.renewed_until.isoformat() if has_end else "", cycle_ends=str(row.renewed_until))
    _send(doing, LetterKind.REEXAMINED, notice=row.notice, until=row.renewed_until if has_end else None)


def fail_above(doing: Doing) -> None:
    """Form: notice, reasons (optional). The title stands until an order of a proceeding of its own takes effect."""
    row = _keep_notice(doing)
    row.remark = str(doing.form.get("reasons") or "").strip()
    doing.act.note(reasons=row.remark)
    _send(doing, LetterKind.REEXAMINATION_FAILED, is_adverse=True, notice=row.notice, reasons=row.remark)


def _keep_notice(doing: Doing) -> Reexamination:
    row, notice = row_of(doing), doing.form["notice"]
    row.notice = notice
    doing.act.note(notice=notice.number, dated=notice.dated.isoformat(), file=notice.file_id)
    return row


def _send(doing: Doing, kind: LetterKind, *, is_adverse: bool = False, **content: Any) -> None:
    row = row_of(doing)
    office = Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").first()
    letter = letters.write_case_letter(
        doing.case, kind=kind, issued_by=office.name_zh if office else "", is_adverse=is_adverse, at=doing.at,
        title=row.title, programme=row.title.programme, round=row.round,
        basis=legal_basis(doing) if is_adverse else "", **content,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


# --- clocks -------------------------------------------------------------------------------------------------------
def days_to_due(doing: Doing) -> int:
    """Calendar days until the due day of the round."""
    return max((row_of(doing).round.due_on - today(doing)).days, 0)


def days_after_return(doing: Doing) -> int:
    """Working days for material that is sent back."""
    return row_of(doing).round.return_days


def ends_before_due(doing: Doing) -> bool:
    """Whether the days after a return would end before those that everybody has."""
    again = doing.calendar.due_after(doing.at, days_after_return(doing)).at
    return again.astimezone(SHANGHAI).date() < row_of(doing).round.due_on


def days_of_review(doing: Doing) -> int:
    """Working days of the municipal review."""
    return row_of(doing).round.review_days
