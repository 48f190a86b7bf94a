"""The figures of an application beside their evidence, reported and verified, and what changed between versions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.db.models import Q

from accreditation.errors import NotFound
from accreditation.models import Application, Binding, Case, Evidence, Submission, VerifiedValue
from accreditation.services.bindings import Provable, proving_kinds, standing_bindings
from accreditation.services.evaluation import facts_of_upload, reported_facts
from accreditation.services.material import standing_evidence
from accreditation.services.rule_sets import rules_of
from criteria.facts import Fact, Facts, Scalar
from criteria.fields import FieldSpec
from criteria.ruleset import EvidenceKind, RuleSet

Values = Mapping[tuple[str, int | None], VerifiedValue]


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of one year: reported fact, the verified value that replaces it, and whether it may be verified."""

    year: int | None
    fact: Fact | None
    verified: VerifiedValue | None
    ended: VerifiedValue | None = None  # set before a correction of the figure, and nothing since

    @property
    def reported(self) -> Scalar:
        """As the enterprise filed it, exact, in the field's unit."""
        return self.fact.value if self.fact else None

    @property
    def verified_value(self) -> Fraction | None:
        """The value that counts instead."""
        return Fraction(self.verified.value) if self.verified else None

    @property
    def ended_value(self) -> Fraction | None:
        """What an officer verified before the correction."""
        return Fraction(self.ended.value) if self.ended else None

    @property
    def is_number(self) -> bool:
        """Whether an officer may put another value in its place."""
        return isinstance(self.reported, Fraction)

    @property
    def place(self) -> str:
        """Sheet and cell of the workbook."""
        return str(self.fact.origin) if self.fact and self.fact.origin else ""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of the data table: field, cells newest year first, evidence, rules that use it.

    `bindings` are the files bound to it page by page, `evidence` the other files of a kind that proves it.
    """

    spec: FieldSpec
    cells: tuple[Cell, ...]
    bindings: tuple[Binding, ...]
    evidence: tuple[Evidence, ...]
    used_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EvidenceGroup:
    """One kind of evidence with what was handed in of it."""

    kind: EvidenceKind
    files: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class FiledBinding:
    """A binding as a version froze it: digest and name of the file, what it proves, page."""

    sha256: str
    name: str
    provable: Provable
    page: int


@dataclass(frozen=True, slots=True)
class Difference:
    """Two neighbouring versions: the facts of both, evidence (names) and what it is bound to, added and taken out."""

    before: Submission
    after: Submission
    old: Facts
    new: Facts
    added: tuple[str, ...]
    removed: tuple[str, ...]
    bound: tuple[FiledBinding, ...]
    unbound: tuple[FiledBinding, ...]


def application_with_material(case: Case) -> Application:
    """The application of a case that was fetched for the person, with what its figures need."""
    rows = Application.objects.select_related(
        "batch__rule_set",
        "batch__programme__granted_by",
        "batch__authority",
        "forwarder",
        "enterprise",
        "case__enterprise",
        "current__upload",
    )
    return rows.get(case=case)


def basics(application: Application) -> list[tuple[FieldSpec, Cell]]:
    """Facts about the enterprise that have no year."""
    rules, facts = rules_of(application.batch), reported_facts(application)
    specs = rules.form.basics if rules.form else ()
    return [(spec, Cell(None, _fact(facts, spec.code, None), None)) for spec in specs]


def figure_rows(application: Application) -> list[FigureRow]:
    """The data table, three years where the rules ask for them; five queries."""
    rules, facts = rules_of(application.batch), reported_facts(application)
    verified, ended = _values(application)
    evidence, bound = standing_evidence(application), bindings_by_code(application)
    used = used_by(rules)
    return [
        FigureRow(
            spec,
            tuple(_cells(spec, application.batch.reporting_year, facts, verified, ended)),
            bound.get(spec.code, ()),
            tuple(_of_proving_kinds(spec.code, rules, evidence, bound.get(spec.code, ()))),
            used.get(spec.code, ()),
        )
        for spec in (rules.form.table if rules.form else ())
    ]


def bindings_by_code(application: Application) -> dict[str, tuple[Binding, ...]]:
    """What files are bound to, by field or annex: newest year first, then page; one query."""
    found: dict[str, list[Binding]] = {}
    for row in standing_bindings(application):
        found.setdefault(row.code, []).append(row)
    return {
        code: tuple(sorted(rows, key=lambda row: (-(row.year or 0), row.line or 0, row.page)))
        for code, rows in found.items()
    }


def _cells(spec: FieldSpec, newest: int, facts: Facts | None, verified: Values, ended: Values) -> Iterator[Cell]:
    for year in range(newest, newest - spec.years, -1):
        key = (spec.code, year)
        yield Cell(year, _fact(facts, *key), verified.get(key), None if key in verified else ended.get(key))


def _fact(facts: Facts | None, code: str, year: int | None) -> Fact | None:
    return facts.figures.get((code, year)) if facts else None


def _values(application: Application) -> tuple[Values, Values]:
    """Values that count, and of each figure the last that a correction ended; one query."""
    counts = Q(is_current=True, adopted_at__isnull=False)
    rows = VerifiedValue.objects.filter(counts | Q(ended_with__isnull=False), application=application)
    found = list(rows.select_related("adopted_by").order_by("pk"))
    return (
        {(row.code, row.year): row for row in found if row.is_current},
        {(row.code, row.year): row for row in found if not row.is_current},
    )


def _of_proving_kinds(
    code: str, rules: RuleSet, evidence: Iterable[Evidence], bound: Iterable[Binding]
) -> Iterator[Evidence]:
    """Files of a kind that proves the field which are not bound to it."""
    kinds = {kind.code for kind in proving_kinds(rules, code)}
    named = {row.evidence_id for row in bound}
    return (row for row in evidence if row.kind in kinds and row.pk not in named)


def used_by(rules: RuleSet) -> dict[str, tuple[str, ...]]:
    """Codes of the conditions and indicators whose formulas read a field, by field: the clauses it is asked for."""
    found: dict[str, list[str]] = {}
    formulas = [(gate.code, gate.formula) for gate in rules.gates]
    formulas += [(row.code, row.formula) for row in (*rules.indicators, *rules.bonus)]
    for code, formula in formulas:
        for name in sorted(formula.names) if formula else ():
            found.setdefault(name, []).append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def evidence_groups(application: Application) -> list[EvidenceGroup]:
    """Every kind that the rules ask for, with its files; one query."""
    files = standing_evidence(application)
    return [
        EvidenceGroup(kind, tuple(row for row in files if row.kind == kind.code))
        for kind in rules_of(application.batch).evidence
    ]


def figure_cell(application: Application, code: str, year: int) -> tuple[FieldSpec, Cell]:
    """One number that may be verified; NotFound when the table has none there."""
    for row in figure_rows(application):
        for cell in row.cells:
            if (row.spec.code, cell.year) == (code, year) and cell.is_number:
                return row.spec, cell
    raise NotFound(code)


def earlier_values(application: Application, code: str, year: int) -> list[VerifiedValue]:
    """Everything that was verified or proposed for one figure, newest first."""
    rows = VerifiedValue.objects.filter(application=application, code=code, year=year)
    return list(rows.select_related("proposed_by", "adopted_by", "ended_with").order_by("-proposed_at", "-pk"))


def version_count(application: Application) -> int:
    """How many versions were filed."""
    return application.submissions.count()


def differences(application: Application) -> list[Difference]:
    """What each filed version changed against the one before, newest first."""
    return [_difference(before, after) for before, after in pairwise(versions(application)[::-1])][::-1]


def versions(application: Application) -> list[Submission]:
    """Filed versions with their workbooks, newest first."""
    return list(application.submissions.select_related("upload", "filed_by").order_by("-number"))


def _difference(before: Submission, after: Submission) -> Difference:
    old = {(row["kind"], row["sha256"]): row["name"] for row in before.evidence}
    new = {(row["kind"], row["sha256"]): row["name"] for row in after.evidence}
    was, now = list(filed_bindings(before)), list(filed_bindings(after))
    return Difference(
        before,
        after,
        facts_of_upload(before.upload),
        facts_of_upload(after.upload),
        tuple(name for key, name in new.items() if key not in old),
        tuple(name for key, name in old.items() if key not in new),
        tuple(row for row in now if row not in was),
        tuple(row for row in was if row not in now),
    )


def filed_bindings(submission: Submission) -> Iterator[FiledBinding]:
    """What a filed version says that its files prove; versions from before there were bindings say nothing."""
    for entry in submission.evidence:
        for row in entry.get("bindings", ()):
            provable = Provable(row["target"], row["code"], row["year"], row["line"])
            yield FiledBinding(entry["sha256"], entry["name"], provable, row["page"])
