"""What is known of an enterprise before it types a figure: the register, and its own last application."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce

from accreditation.batch_words import BatchState
from accreditation.enums import ApplicationState
from accreditation.models import Application, Enterprise, WorkbookUpload
from accreditation.seeds.standings import catalogue
from accreditation.selectors.standings import answers
from accreditation.services.evaluation import reported_facts
from accreditation.services.rule_sets import template_of
from criteria.facts import Fact, Facts, Scalar, facts_of
from criteria.fields import FieldSpec, Kind
from criteria.workbook import Template
from criteria.workbook.sheets import FIGURES, plan_of
from criteria.workbook.sheets import fill as fill_plan
from criteria.workbook.template import render, write_template

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class Prefill:
    """Answers to be checked by the applicant: facts without origin, which of them the register gave, the last case."""

    facts: Facts
    registered: frozenset[Key]
    last: Application | None
    counted: frozenset[Key] = frozenset()  # figures that the register of standings gave

    def is_registered(self, key: Key) -> bool:
        """Whether the register of enterprises gave the answer, not the last application."""
        return key in self.registered

    def is_counted(self, key: Key) -> bool:
        """Whether the register of standings gave the answer."""
        return key in self.counted


def prefill_of(application: Application) -> Prefill:
    """What the register and the newest filed application of the same enterprise and programme say for this form.

    From the last application: basics, and figures of years that both forms ask for in the same unit. Annexes never.
    From the register of standings: counts above zero, because what it lacks is no proof that there is none.
    """
    template = template_of(application.batch)
    registered = dict(_registered(application.enterprise, template))
    last = last_filed(application)
    found = dict(_from_last(last, template)) if last else {}
    counted = dict(_counted(application.enterprise, template))
    facts = facts_of(template.reporting_year, {**found, **counted, **registered}.values())
    return Prefill(facts, frozenset(registered), last, frozenset(counted))


def last_filed(application: Application) -> Application | None:
    """The enterprise's newest filed application of the same programme, without this one.

    A draft in a batch that was called off counts as well: what it holds is carried over into the next batch.
    """
    uploads = WorkbookUpload.objects.filter(application=OuterRef("pk"), is_accepted=True)
    called_off = Q(Exists(uploads), batch__state=BatchState.CALLED_OFF, state=ApplicationState.DRAFT)
    rows = Application.objects.filter(
        Q(current__isnull=False) | called_off,
        enterprise=application.enterprise,
        batch__programme=application.batch.programme,
    )
    others = rows.exclude(pk=application.pk).select_related("current__upload", "case", "batch__rule_set")
    return others.order_by(Coalesce("submitted_at", "case__opened_at").desc(), "-pk").first()


def case_template(application: Application) -> bytes:
    """The batch's workbook for one case: a draft's is prefilled and marked, a returned case's holds what was filed."""
    template = template_of(application.batch)
    if application.state == ApplicationState.DRAFT:
        return write_template(template, prefill_of(application).facts)
    book, filed = plan_of(template), reported_facts(application)
    if filed is not None:
        fill_plan(book, template, filed, tinted=False)
    return render(book)


def _registered(enterprise: Enterprise, template: Template) -> Iterator[tuple[Key, Fact]]:
    known = {"enterprise_name": enterprise.name, "uscc": enterprise.uscc, "registered_district": enterprise.district}
    for spec in template.form.basics:
        if spec.code in known and _fits(spec, known[spec.code]):
            yield (spec.code, None), Fact(spec.code, None, known[spec.code], spec.unit)


def _counted(enterprise: Enterprise, template: Template) -> Iterator[tuple[Key, Fact]]:
    known = catalogue().fields
    asked = {spec.code: spec for spec in template.form.table if spec.code in known}
    year = template.reporting_year
    for code, rows in answers(enterprise.uscc, dict.fromkeys(asked, year)).items():
        spec = asked[code]
        if rows and _fits(spec, Fraction(len(rows))):
            yield (code, year), Fact(code, year, Fraction(len(rows)), spec.unit)


def _from_last(last: Application, template: Template) -> Iterator[tuple[Key, Fact]]:
    facts = reported_facts(last)
    for spec in (*template.form.basics, *template.form.table):
        for year in template.years(spec):
            fact = facts.figures.get((spec.code, year)) if facts else None
            if fact is not None and fact.unit == spec.unit and _fits(spec, fact.value):
                yield (spec.code, year), Fact(spec.code, year, fact.value, spec.unit)


def _fits(spec: FieldSpec, value: Scalar) -> bool:
    """Whether this form's field takes such a value: kinds and choices may have changed since."""
    if spec.kind in FIGURES:
        return isinstance(value, Fraction) and (value * 10**spec.places).denominator == 1
    if spec.kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    if spec.kind is Kind.ENUM:
        return value in {choice.code for choice in spec.choices}
    return isinstance(value, str)
