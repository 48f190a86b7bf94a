"""What is known of an enterprise for rules that it has not filed for: each figure with its origin, titles, answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from accreditation.enums import ApplicationState
from accreditation.models import Application, Enterprise, OwnFigure
from accreditation.selectors.standings import answers
from accreditation.services.evaluation import adopted_values, records_of, reported_facts, titles_held
from accreditation.visibility import first_review_is_closed
from criteria.facts import Fact, Facts, Scalar, exact_text, facts_of
from criteria.fields import FieldSpec, Kind
from criteria.ruleset import RuleSet
from criteria.scope import Standing

NUMBERS = frozenset({Kind.DECIMAL, Kind.DECIMAL_SIGNED, Kind.INTEGER})
MOST_FILINGS = 12  # the newest ones; older figures are out of date
Key = tuple[str, int | None]
Origin = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Known:
    """Figures with their origins by `code:year`: `of` case, register or own.

    A figure that is not known for the year has the origin `older` with the newest filed value of an earlier year.
    """

    facts: Facts
    origins: dict[str, Origin]


def key_text(code: str, year: int | None) -> str:
    """The key under which an origin is kept."""
    return f"{code}:{year or ''}"


def known_figures(enterprise: Enterprise, rules: RuleSet, this_year: int) -> Known:
    """Everything known for the form of a rule set, for the newest year that was filed or stated.

    A filed figure comes before a count of the register, that before what the enterprise stated itself; of filings the
    newest one that has the figure, verified where an officer adopted a value. Years are never mixed.
    """
    filings = _filings(enterprise)
    own = {(row.code, row.year): row for row in OwnFigure.objects.filter(enterprise=enterprise)}
    years = [facts.reporting_year for _row, facts in filings] + [year for _code, year in own]
    year = max((one for one in years if one < this_year), default=this_year - 1)
    specs = form_fields(rules)
    found: dict[Key, Fact] = {}
    origins: dict[str, Origin] = {}
    sources = (_filed(filings, specs, year), _counted(enterprise, specs, year), _stated(own, specs, year))
    for source in sources:
        for key, fact, origin in source:
            if key not in found:
                found[key] = fact
                origins[key_text(*key)] = origin
    for spec in specs:
        past = _older(filings, spec, year)
        if past is not None and (spec.code, year) not in found:
            said = {"of": "older", "year": past.year, "value": plain_value(past.value)}
            origins[key_text(spec.code, year)] = said
    return Known(facts_of(year, found.values()), origins)


def form_fields(rules: RuleSet) -> tuple[FieldSpec, ...]:
    """Fields of the form of a rule set, basics first; none where it has no form."""
    return (*rules.form.basics, *rules.form.table) if rules.form else ()


def years_of(spec: FieldSpec, year: int) -> tuple[int | None, ...]:
    """Years asked of a field, the newest first; `(None,)` for a basic."""
    return tuple(year - back for back in range(spec.years)) if spec.years else (None,)


def _filings(enterprise: Enterprise) -> list[tuple[Application, Facts]]:
    """Filed applications of the enterprise under any programme but those taken back, the newest first."""
    rows = Application.objects.filter(enterprise=enterprise, current__isnull=False)
    rows = rows.exclude(state=ApplicationState.WITHDRAWN)
    rows = rows.select_related("current__upload", "case", "batch").order_by("-submitted_at", "-pk")[:MOST_FILINGS]
    return [(row, facts) for row in rows if (facts := reported_facts(row)) is not None]


def _filed(
    filings: list[tuple[Application, Facts]], specs: tuple[FieldSpec, ...], year: int
) -> Iterator[tuple[Key, Fact, Origin]]:
    for row, facts in filings:
        adopted = adopted_values(row) if first_review_is_closed(row) else {}
        used = facts.with_verified(adopted)
        for spec in specs:
            for asked in years_of(spec, year):
                fact = used.figures.get((spec.code, asked))
                if fact is not None and fact.value is not None and fact.unit == spec.unit:
                    origin = {"of": "case", "case": row.case.number, "checked": (spec.code, asked) in adopted}
                    yield (spec.code, asked), replace(fact, origin=None), origin


def _counted(enterprise: Enterprise, specs: tuple[FieldSpec, ...], year: int) -> Iterator[tuple[Key, Fact, Origin]]:
    """Counts above zero: what the register lacks is no proof that there is none."""
    units = {spec.code: spec.unit for spec in specs}
    for code, rows in answers(enterprise.uscc, dict.fromkeys(units, year)).items():
        if rows:
            yield (code, year), Fact(code, year, Fraction(len(rows)), units[code]), {"of": "register"}


def _stated(
    own: dict[tuple[str, int], OwnFigure], specs: tuple[FieldSpec, ...], year: int
) -> Iterator[tuple[Key, Fact, Origin]]:
    for spec in specs:
        for asked in years_of(spec, year):
            row = own.get((spec.code, asked)) if asked is not None else None
            if row is not None and row.unit == spec.unit:
                yield (spec.code, asked), Fact(spec.code, asked, stored_value(row.value), spec.unit), {"of": "own"}


def plain_value(value: Scalar) -> str:
    """A value as text: an exact number, `true` or `false`, a code."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return exact_text(value) if isinstance(value, Fraction) else str(value)


def stored_value(text: str) -> Scalar:
    """A stated figure as a value: an exact number, or yes and no."""
    return text == "true" if text in ("true", "false") else Fraction(text)


def _older(filings: list[tuple[Application, Facts]], spec: FieldSpec, year: int) -> Fact | None:
    """The newest filed figure of an earlier year, for fields that are asked for the reporting year."""
    if spec.years == 0:
        return None
    facts = [facts.figures.get((spec.code, facts.reporting_year)) for _row, facts in filings]
    past = [fact for fact in facts if fact and fact.value is not None and fact.year is not None and fact.year < year]
    return max(past, key=lambda fact: fact.year or 0, default=None)


def known_standing(enterprise: Enterprise, rules: RuleSet) -> Standing:
    """Titles and records of the registers, and what officers answered in the newest application under the programme."""
    rows = Application.objects.filter(
        enterprise=enterprise, batch__programme=rules.programme, current__isnull=False
    ).order_by("-submitted_at", "-pk")
    last = rows.first()
    is_open = last is not None and first_review_is_closed(last)
    given = dict(last.gate_answers.values_list("gate", "is_met")) if last and is_open else {}
    codes = {gate.code for gate in rules.gates if gate.is_answered}
    answers_now = {code: is_met for code, is_met in given.items() if code in codes}
    return Standing(titles=titles_held(enterprise), records=records_of(enterprise), answers=answers_now)
