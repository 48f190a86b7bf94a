"""Evidence bound to the cell it proves: what can be proven, what needs proof, which file proves it on which page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accreditation.models import Application, Binding, Evidence, User
from criteria.facts import Facts, Scalar
from criteria.fields import AnnexSpec, FieldSpec, FormSpec
from criteria.ruleset import EvidenceKind, RuleSet

FIGURE, ANNEX = "figure", "annex"
MOST_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Provable:
    """What a file can prove: a figure of a year (None for basics), an annex, or one line of it (from 1)."""

    target: str
    code: str
    year: int | None = None
    line: int | None = None

    @property
    def key(self) -> str:
        """`figure.revenue_main.2025`, `annex.ip_rights.3`, as forms and addresses name it."""
        return ".".join(str(part) for part in (self.target, self.code, self.year or self.line) if part)

    def plain(self) -> dict[str, Any]:
        """As audit entries and filed versions hold it."""
        return {"target": self.target, "code": self.code, "year": self.year, "line": self.line}


@dataclass(frozen=True, slots=True)
class Need:
    """A reported figure or annex that needs proof, the definition it has in the form, and the kinds that prove it."""

    provable: Provable
    spec: FieldSpec | AnnexSpec
    kinds: tuple[EvidenceKind, ...]


def provable_of(key: str) -> Provable | None:
    """The inverse of `Provable.key`; None where the text is no key."""
    target, _dot, rest = key.partition(".")
    code, _dot, number = rest.partition(".")
    if target not in (FIGURE, ANNEX) or not code or (number and not _is_count(number)):
        return None
    count = int(number) if number else None
    return Provable(FIGURE, code, year=count) if target == FIGURE else Provable(ANNEX, code, line=count)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 6 and int(text) > 0


def binds(row: Binding) -> Provable:
    """What a binding proves."""
    return Provable(row.target, row.code, row.year, row.line)


def is_asked(provable: Provable, form: FormSpec | None, reporting_year: int, facts: Facts | None) -> bool:
    """Whether the form asks for it: a basic, a field of the table in one of its years, an annex or a line it has."""
    if form is None:
        return False
    if provable.target == ANNEX:
        known = {annex.code for annex in form.annexes}
        lines = len(facts.annexes.get(provable.code, ())) if facts else 0
        return provable.code in known and (provable.line is None or provable.line <= lines)
    return provable.year in _years(provable.code, form, reporting_year)


def _years(code: str, form: FormSpec, reporting_year: int) -> list[int | None]:
    """Years in which the form asks for a field, None for a basic; empty where it does not."""
    if any(spec.code == code for spec in form.basics):
        return [None]
    years = next((spec.years for spec in form.table if spec.code == code), 0)
    return [reporting_year - back for back in range(years)]


def needs(rules: RuleSet, facts: Facts | None) -> list[Need]:
    """Figures and annexes with something to prove, in the order of the form.

    A field needs proof where the form names evidence for it or a kind of evidence proves it, and the reported value is
    neither empty nor zero nor "no".
    """
    if rules.form is None or facts is None:
        return []
    return [*_figure_needs(rules, rules.form, facts), *_annex_needs(rules, rules.form, facts)]


def _figure_needs(rules: RuleSet, form: FormSpec, facts: Facts) -> Iterator[Need]:
    for spec in (*form.basics, *form.table):
        kinds = proving_kinds(rules, spec.code)
        if not (kinds or spec.evidence_zh):
            continue
        for year in _years(spec.code, form, facts.reporting_year):
            fact = facts.figures.get((spec.code, year))
            if fact is not None and _says_something(fact.value):
                yield Need(Provable(FIGURE, spec.code, year=year), spec, kinds)


def _annex_needs(rules: RuleSet, form: FormSpec, facts: Facts) -> Iterator[Need]:
    fields = {spec.code for spec in (*form.basics, *form.table)}
    for annex in form.annexes:
        kinds = proving_kinds(rules, annex.code)
        if kinds and annex.code not in fields and facts.annexes.get(annex.code):
            yield Need(Provable(ANNEX, annex.code), annex, kinds)


def proving_kinds(rules: RuleSet, code: str) -> tuple[EvidenceKind, ...]:
    """Kinds of evidence that prove a field or an annex."""
    return tuple(kind for kind in rules.evidence if code in kind.proves)


def _says_something(value: Scalar) -> bool:
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def standing_bindings(application: Application) -> list[Binding]:
    """Bindings of files that are still in the list, in the order in which they were made; one query."""
    rows = Binding.objects.filter(
        evidence__application=application, removed_at__isnull=True, evidence__removed_at__isnull=True
    )
    return list(rows.select_related("evidence__file").order_by("pk"))


def bind(evidence: Evidence, provable: Provable, *, page: int, by: User, at: datetime) -> Binding:
    """Say that a file proves something on a page."""
    return Binding.objects.create(evidence=evidence, page=page, bound_by=by, bound_at=at, **provable.plain())


def unbind(rows: Iterable[Binding], *, at: datetime) -> None:
    """Take bindings back; they stay on record."""
    Binding.objects.filter(pk__in=[row.pk for row in rows], removed_at__isnull=True).update(removed_at=at)


def unproven(wanted: Iterable[Need], rows: Iterable[Binding]) -> list[Need]:
    """Needs that no file proves; a bound line of an annex proves its annex."""
    proven = {binds(row) for row in rows}
    annexes = {each.code for each in proven if each.target == ANNEX}
    return [
        need
        for need in wanted
        if need.provable not in proven and not (need.provable.target == ANNEX and need.provable.code in annexes)
    ]
