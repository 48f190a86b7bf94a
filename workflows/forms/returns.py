"""The return for correction: everything that can be pointed at, and one remark for each point ticked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accreditation.models import Application
from accreditation.services.rule_sets import rules_of
from criteria.fields import FieldSpec
from criteria.ruleset import RuleSet
from workflows import phrases
from workflows.phrases import BY_TARGET, wording
from workflows.presentation.words import either
from workflows.selectors.figures import used_by

CLAUSE_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be corrected: figure of a year, annex, kind of evidence; name and the clause it rests on."""

    kind: str
    code: str
    year: int | None
    name: str
    mark: str
    clause: str

    @property
    def key(self) -> str:
        """`figure.rd_staff.2025`, as forms and addresses name it."""
        return ".".join(str(part) for part in (self.kind, self.code, self.year) if part is not None)

    @property
    def label(self) -> str:
        """Name with the year where there is one."""
        return f"{self.name}{_('（%(year)s 年）') % {'year': self.year}}" if self.year else self.name


@dataclass(frozen=True, slots=True)
class TargetRow:
    """One line to tick: a name with one target, or one for each year."""

    name: str
    mark: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class TargetGroup:
    """A part of the material."""

    key: str
    label: str
    rows: tuple[TargetRow, ...]


def target_groups(application: Application) -> list[TargetGroup]:
    """Everything of an application that a return can name, in the order of the form."""
    rules = rules_of(application.batch)
    if rules.form is None:
        return []
    used, newest = used_by(rules), application.batch.reporting_year
    basics = (_field_row(rules, spec, [None], used) for spec in rules.form.basics)
    table = (_field_row(rules, spec, range(newest, newest - spec.years, -1), used) for spec in rules.form.table)
    return [
        TargetGroup("evidence", _("证明材料"), tuple(_evidence_rows(rules))),
        TargetGroup("table", _("评价数据"), tuple(table)),
        TargetGroup("annexes", _("附表"), tuple(_annex_rows(rules))),
        TargetGroup("basics", _("基本情况"), tuple(basics)),
    ]


def _field_row(
    rules: RuleSet, spec: FieldSpec, years: Iterable[int | None], used: Mapping[str, tuple[str, ...]]
) -> TargetRow:
    name, clause = either(spec, "name"), _clause(rules, spec.row, used.get(spec.code, ()))
    targets = tuple(Target("figure", spec.code, year, name, spec.row, clause) for year in years)
    return TargetRow(name, spec.row, targets)


def _annex_rows(rules: RuleSet) -> Iterator[TargetRow]:
    for annex in rules.form.annexes if rules.form else ():
        mark, name = annex.letter, either(annex, "name")
        yield TargetRow(name, mark, (Target("annex", annex.code, None, name, mark, _clause(rules, mark)),))


def _evidence_rows(rules: RuleSet) -> Iterator[TargetRow]:
    used = used_by(rules)
    for kind in rules.evidence:
        codes = tuple(dict.fromkeys(code for proved in kind.proves for code in used.get(proved, ())))
        name, clause = either(kind, "name"), _clause(rules, "", codes)
        yield TargetRow(name, "", (Target("evidence", kind.code, None, name, "", clause),))


def _clause(rules: RuleSet, mark: str, codes: Iterable[str] = ()) -> str:
    """The rule that asks for it: number of the guide, line of the form, conditions and indicators that use it."""
    guide = rules.instruments[-1].number if rules.instruments else rules.ref
    listed = "、".join(codes)
    return "，".join(part for part in (guide, mark, listed) if part)[:CLAUSE_LENGTH]


def ticked_targets(groups: Iterable[TargetGroup], keys: Iterable[str]) -> list[Target]:
    """The targets of these keys, each once, in the order of the form; unknown keys are left out."""
    wanted = set(keys)
    return [target for group in groups for row in group.rows for target in row.targets if target.key in wanted]


class ReturnForm(forms.Form):
    """A ready wording and a remark for each ticked target, a remark on the whole, the reason of a further return."""

    def __init__(self, *args: Any, targets: Iterable[Target], is_further: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.targets = list(targets)
        self.is_further = is_further
        for target in self.targets:
            self.fields[f"phrase-{target.key}"] = forms.ChoiceField(
                label=gettext_lazy("常用补正用语"), choices=phrases.choices(BY_TARGET[target.kind]), required=False
            )
            self.fields[f"remark-{target.key}"] = forms.CharField(
                label=gettext_lazy("补正意见"),
                max_length=1000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        self.fields["general"] = forms.CharField(
            label=gettext_lazy("其他说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
        )
        if is_further:
            self.fields["reason"] = forms.CharField(
                label=gettext_lazy("再次退回的理由"),
                help_text=gettext_lazy("写明第一次退回时为什么没有一次性告知；由本机构负责人答复。"),
                min_length=5,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def lines(self) -> Iterator[tuple[Target, forms.BoundField, forms.BoundField]]:
        """Each target with its two fields."""
        for target in self.targets:
            yield target, self[f"phrase-{target.key}"], self[f"remark-{target.key}"]

    def clean(self) -> dict[str, Any]:
        """Every point says what is wrong."""
        cleaned = super().clean() or {}
        for target in self.targets:
            if not self._remark(cleaned, target):
                text = _("%(place)s：请选择常用补正用语或写明补正意见。") % {"place": target.label}
                self.add_error(f"remark-{target.key}", text)
        return cleaned

    def points(self) -> list[dict[str, Any]]:
        """The points as the door takes them."""
        return [
            {
                "target": target.kind,
                "code": target.code,
                "year": target.year,
                "remark": self._remark(self.cleaned_data, target),
                "clause": target.clause,
            }
            for target in self.targets
        ]

    def _remark(self, cleaned: Mapping[str, Any], target: Target) -> str:
        ready = BY_TARGET[target.kind]
        return wording(ready, cleaned.get(f"phrase-{target.key}", ""), cleaned.get(f"remark-{target.key}", ""))
