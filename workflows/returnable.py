"""What a matter can be returned for, field by field, with the value that stands there as plain text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.change_words import STATED, ChangeKind
from accreditation.enums import DISTRICTS
from accreditation.models import Case, ChangeRequest, Reexamination, RuleSetEdition, YearlyReport
from accreditation.models.cases import CaseSubject
from accreditation.services import changes, proceedings
from accreditation.services.known_figures import years_of
from accreditation.services.rule_sets import rule_text, rules_of_edition
from criteria.fields import FieldSpec

FIGURE, TEXT, DOCUMENT = "figure", "text", "document"
ANOTHER = "another"  # a paper that is not on file yet
TITLES = "titles"  # listed anew by the act that files the change
SUMMARY = "summary"
SUMMARIES: Mapping[type[CaseSubject], Promise] = {
    YearlyReport: gettext_lazy("年度情况"),
    Reexamination: gettext_lazy("自评情况"),
}
OF_CHANGES: Mapping[str, Promise] = {
    "occurred_on": gettext_lazy("变更日期"),
    "facts": gettext_lazy("变更事实"),
    "new_name": gettext_lazy("变更后的名称"),
    "new_name_en": gettext_lazy("变更后的英文名称"),
    "new_district": gettext_lazy("迁入的区"),
    "new_parent": gettext_lazy("调整后所属的技术中心"),
    "successors": gettext_lazy("承继单位的统一社会信用代码"),
}


@dataclass(frozen=True, slots=True)
class Returnable:
    """A field of a matter: what it is, its code and year, its name in the active language, its value as plain text."""

    target: str
    code: str
    year: int | None
    name: str
    value: str

    @property
    def field(self) -> str:
        """Name of the field as forms and figures have it."""
        return f"{self.code}-{self.year}" if self.year else self.code

    @property
    def place(self) -> str:
        """Name with the year where there is one."""
        return _("%(name)s（%(year)s 年）") % {"name": self.name, "year": self.year} if self.year else self.name


def fields_of(edition: RuleSetEdition, reporting_year: int) -> list[tuple[FieldSpec, int]]:
    """Fields of the data table of some rules, each with the years that it is asked for."""
    form = rules_of_edition(edition).form
    rows = [(spec, year) for spec in form.table for year in years_of(spec, reporting_year)] if form else []
    return [(spec, year) for spec, year in rows if year is not None]


def figures_asked(subject: CaseSubject) -> list[tuple[FieldSpec, int]]:
    """Figures of a report or a re-examination; none of a change."""
    if isinstance(subject, YearlyReport):
        return fields_of(subject.call.rule_set, subject.call.reporting_year)
    if isinstance(subject, Reexamination):
        return fields_of(subject.round.rule_set, subject.round.reporting_year)
    return []


def returnables(case: Case, subject: CaseSubject) -> list[Returnable]:
    """Everything that a return of this matter can name, as it stands: texts, papers, figures."""
    return [*_texts(subject), *_papers(case), *_figures(subject)]


def _texts(subject: CaseSubject) -> Iterator[Returnable]:
    if isinstance(subject, ChangeRequest):
        values = stated_texts(changes.stated_by(subject), subject.kind)
        yield from (Returnable(TEXT, code, None, str(OF_CHANGES[code]), value) for code, value in values.items())
        titles = "、".join(row.title.number for row in changes.rows_of(subject))
        yield Returnable(TEXT, TITLES, None, _("涉及的称号"), titles)
    elif isinstance(subject, YearlyReport | Reexamination):
        yield Returnable(TEXT, SUMMARY, None, str(SUMMARIES[type(subject)]), subject.summary)


def stated_texts(stated: changes.Particulars, kind: str) -> dict[str, str]:
    """What a change of that kind states, by field."""
    values = {
        "occurred_on": stated.occurred_on.isoformat(),
        "new_name": stated.new_name.strip(),
        "new_name_en": stated.new_name_en.strip(),
        "new_district": str(DISTRICTS.get(stated.new_district, "")),
        "new_parent": stated.new_parent.number if stated.new_parent else "",
        "successors": "、".join(sorted(row.uscc for row in stated.successors)),
        "facts": stated.facts.strip(),
    }
    asked = ("occurred_on", *STATED[ChangeKind(kind)], "facts")
    return {code: values[code] for code in asked}


def _papers(case: Case) -> Iterator[Returnable]:
    for row in proceedings.standing_documents(case):
        yield Returnable(DOCUMENT, str(row.pk), None, _("文件：%(name)s") % {"name": row.name}, row.name)
    yield Returnable(DOCUMENT, ANOTHER, None, _("需要补交的其他文件"), "")


def _figures(subject: CaseSubject) -> Iterator[Returnable]:
    figures = subject.figures if isinstance(subject, YearlyReport | Reexamination) else {}
    for spec, year in figures_asked(subject):
        yield Returnable(FIGURE, spec.code, year, rule_text(spec, "name"), figures.get(f"{spec.code}-{year}", ""))
