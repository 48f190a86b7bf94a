"""Guards and records of the verbs of a yearly report, and how long its clock runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext_lazy as _

from accreditation.enums import LetterKind, Level
from accreditation.errors import Reason
from accreditation.holdings import who_hold
from accreditation.models import Body, Deadline, User, YearlyReport
from accreditation.resting import day_of
from accreditation.roles import Power
from accreditation.services import letters, proceedings
from accreditation.services.rule_sets import rule_text
from criteria.fields import FieldSpec
from workflows.doing import Doing
from workflows.matter_returns import Told
from workflows.returnable import SUMMARY, figures_asked
from workflows.workdays import SHANGHAI

RETURNED = LetterKind.CORRECTION  # everything at once, as a recognition is returned


def report_of(doing: Doing) -> YearlyReport:
    """The subject of the attempt."""
    assert isinstance(doing.subject, YearlyReport)
    return doing.subject


def fields_asked(report: YearlyReport) -> list[tuple[FieldSpec, int]]:
    """Fields of the data table of the call's rules, each with its years."""
    return figures_asked(report)


def keepers(doing: Doing) -> Iterable[User]:
    """Everybody at the municipal office who deals with titles."""
    return who_hold(Power.PREPARE_ORDERS, None, doing.at)


# --- guards -------------------------------------------------------------------------------------------------------
def was_not_called(doing: Doing) -> Iterable[Reason]:
    """The holder is asked once."""
    if Deadline.objects.filter(case=doing.case).exists():
        yield Reason("already_called", _("已通知该单位报送。"))


def figures_are_whole(doing: Doing) -> Iterable[Reason]:
    """Every figure that the rules require is given."""
    report = report_of(doing)
    missing = [
        rule_text(spec, "name")
        for spec, year in fields_asked(report)
        if spec.required and not report.figures.get(f"{spec.code}-{year}")
    ]
    if missing:
        yield Reason("figures_missing", _("还缺数据：%(names)s。") % {"names": "、".join(missing)})


def document_is_on_file(doing: Doing) -> Iterable[Reason]:
    """The report itself, sealed, is among the papers."""
    if not proceedings.standing_documents(doing.case):
        yield Reason("no_document", _("请先提交盖章的年度报告文件。"))


def own_document(doing: Doing) -> Iterable[Reason]:
    """The paper is one of this case and still on file."""
    row = doing.form.get("document")
    if row is None or not doing.case.documents.filter(pk=row.pk, removed_at=None).exists():
        yield Reason("no_such_document", _("案卷中没有这份文件。"))


def title_stands_no_more(doing: Doing) -> Iterable[Reason]:
    """A report is owed as long as the title stands."""
    if report_of(doing).title.is_standing:
        yield Reason("title_stands", _("称号仍然有效，年度报告仍须报送。"))


def figures_stated(doing: Doing) -> dict[str, str]:
    """Each figure that is asked for as the form has it, by its name there."""
    names = [f"{spec.code}-{year}" for spec, year in figures_asked(doing.subject)]
    return {name: str(doing.form.get(name) or "") for name in names}


def summary_stated(doing: Doing) -> dict[str, str]:
    """The text that is handed in with the figures."""
    return {SUMMARY: str(doing.form.get("summary") or "").strip()}


# --- records ------------------------------------------------------------------------------------------------------
def tell_of_call(doing: Doing) -> None:
    """The holder is told what is due when."""
    row = report_of(doing)
    doing.act.note(
        year=row.call.year, document=row.call.document, due_on=row.call.due_on.isoformat(), title=row.title.number
    )


def fill(doing: Doing) -> None:
    """Form: `code-year` -> exact number as text, `true`, `false` or empty, for the fields that are asked."""
    row = report_of(doing)
    names = [f"{spec.code}-{year}" for spec, year in fields_asked(row)]
    row.figures = {name: str(doing.form[name]) for name in names if doing.form.get(name)}
    doing.act.note(figures=row.figures)


def add_document(doing: Doing) -> None:
    """Form: file (StoredFile), name, purpose."""
    row = proceedings.add_document(
        doing.case, file=doing.form["file"], name=doing.form["name"], purpose=doing.form["purpose"], by=doing.by,
        at=doing.at,
    )  # fmt: skip
    doing.act.note(sha256=row.file_id, name=row.name, purpose=row.purpose)


def drop_document(doing: Doing) -> None:
    """Form: document (CaseDocument)."""
    row = doing.form["document"]
    row.removed_at = doing.at
    row.save(update_fields=["removed_at"])
    doing.act.note(sha256=row.file_id, name=row.name)


def hand_in(doing: Doing) -> None:
    """Form: summary. What counts for timeliness is the first time."""
    row = report_of(doing)
    row.summary = str(doing.form["summary"]).strip()
    if row.handed_in_at is None:
        row.handed_in_at = doing.at
        row.late_days = max((today(doing) - row.call.due_on).days, 0)
    papers = [paper.file_id for paper in proceedings.standing_documents(doing.case)]
    doing.act.note(summary=row.summary, figures=row.figures, papers=papers, late_days=row.late_days)


def remind(doing: Doing) -> None:
    """Form: reason (optional)."""
    row = report_of(doing)
    doing.act.note(due_on=row.call.due_on.isoformat(), reason=str(doing.form.get("reason") or "").strip())


def remark(doing: Doing) -> None:
    """Form: reason. What the office says when it takes note or drops."""
    row = report_of(doing)
    row.remark = str(doing.form.get("reason") or "").strip()
    doing.act.note(reason=row.remark)


def send_back(doing: Doing, told: Told) -> None:
    """What is to be corrected goes to the holder as a letter."""
    row = report_of(doing)
    row.remark = told.text
    write_return(doing, told, matter=f"{row.call.reporting_year} 年度报告")


def write_return(doing: Doing, told: Told, *, matter: str) -> None:
    """The letter of the municipal office that lists every point of a return at once; `matter` names the case."""
    office = Body.objects.filter(level=Level.MUNICIPAL).order_by("pk").first()
    letter = letters.write_case_letter(
        doing.case, kind=RETURNED, issued_by=office.name_zh if office else "", is_adverse=False,
        at=doing.at, matter=matter, **told.letter,
    )  # fmt: skip
    doing.act.note(letter=letter.number, letter_sha256=letter.sha256)
    doing.act.reply(letter=letter.number)


# --- clocks -------------------------------------------------------------------------------------------------------
def today(doing: Doing) -> date:
    """The day of the attempt in Shanghai."""
    return doing.at.astimezone(SHANGHAI).date()


def days_to_due(doing: Doing) -> int:
    """Calendar days until the due day of the call."""
    return max((report_of(doing).call.due_on - today(doing)).days, 0)


def days_after_return(doing: Doing) -> int:
    """Working days for a report that is sent back."""
    return report_of(doing).call.return_days


def ends_before_due(doing: Doing) -> bool:
    """Whether the days after a return would end before those that everybody has."""
    return day_of(doing.calendar.due_after(doing.at, days_after_return(doing)).at) < report_of(doing).call.due_on
