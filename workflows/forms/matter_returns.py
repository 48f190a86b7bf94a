"""Returns of matters: what an officer can tick, and the holder's forms kept to what was named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accreditation.models import Case
from accreditation.models.cases import CaseSubject
from criteria.facts import Scalar
from criteria.fields import FieldSpec
from workflows.forms.cultivation import OwnFiguresForm
from workflows.forms.returns import CLAUSE_LENGTH, Target, TargetGroup, TargetRow
from workflows.matter_returns import fields_named
from workflows.procedures import procedure_of
from workflows.returnable import DOCUMENT, FIGURE, TEXT, Returnable, returnables


def matter_groups(case: Case, subject: CaseSubject, verb: str) -> list[TargetGroup]:
    """Everything of a matter that the return `verb` can name: what is stated, papers, figures with their years."""
    clause = str(procedure_of(case).verbs[verb].ground)[:CLAUSE_LENGTH]
    rows = returnables(case, subject)
    labels = {TEXT: _("填报内容"), DOCUMENT: _("案卷文件"), FIGURE: _("数据")}
    groups = (
        TargetGroup(key, label, tuple(_rows([row for row in rows if row.target == key], clause)))
        for key, label in labels.items()
    )
    return [group for group in groups if group.rows]


def _rows(rows: list[Returnable], clause: str) -> Iterable[TargetRow]:
    for (code, name), years in groupby(rows, key=lambda row: (row.code, row.name)):
        targets = (Target(row.target, code, row.year, name, "", clause) for row in years)
        yield TargetRow(name, "", tuple(targets))


class NamedFiguresForm(OwnFiguresForm):
    """Figures of a report or a re-examination; while it is returned those that were named, the others stay."""

    def __init__(
        self,
        *args: Any,
        asked: Iterable[tuple[FieldSpec, int]],
        known: dict[tuple[str, int], Scalar],
        subject: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, asked=asked, known=known, **kwargs)
        named = fields_named(subject.case)
        saved: Mapping[str, str] = subject.figures
        self.kept = {} if named is None else {name: saved.get(name, "") for name in self.asked if name not in named}
        for name in self.kept:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """With what was not named as it stands."""
        return super().clean() | self.kept


class SummaryForm(forms.Form):
    """What is handed in with the figures, in words: as it was said before, and only that where a return leaves it."""

    def __init__(self, *args: Any, subject: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_to_named(self, fields_named(subject.case))
        self.initial = {"summary": subject.summary, **self.initial}


def keep_to_named(form: forms.Form, named: frozenset[str] | None) -> None:
    """Fields that are not named show what stands there and take nothing; all of them stay open where named is None."""
    for name, field in form.fields.items():
        field.disabled = named is not None and name not in named
    form.initial = {name: value for name, value in form.initial.items() if not _is_closed(form, name)}


def _is_closed(form: forms.Form, name: str) -> bool:
    return name in form.fields and form.fields[name].disabled
