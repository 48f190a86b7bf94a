"""Gap reports: what an enterprise on the cultivation list lacks for the national title, worked out and kept by day."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import cast

from django.utils.translation import gettext_lazy as _

from accreditation.acts import act
from accreditation.cultivation_words import CultivationState
from accreditation.errors import Denied, Reason, Refusal
from accreditation.models import Cultivation, Enterprise, GapReport, OwnFigure, RuleSetEdition, User
from accreditation.permissions import acts_for, has_power
from accreditation.roles import Power
from accreditation.selectors.cultivation import rules_for_readiness
from accreditation.selectors.holders import day_of
from accreditation.selectors.people import active_people_of
from accreditation.services.known_figures import (
    NUMBERS,
    Known,
    form_fields,
    key_text,
    known_figures,
    known_standing,
    years_of,
)
from accreditation.services.rule_sets import rules_of_edition
from criteria.evaluate import Evaluation, evaluate
from criteria.facts import Facts, exact_text
from criteria.fields import FieldSpec, Kind
from criteria.plain import from_text, to_text
from criteria.readiness import line_of
from criteria.ruleset import RuleSet
from criteria.what_if import Advice, ways_to_gain

USUAL_GAIN = Fraction(5)  # points asked for where the line is reached or not known
Figures = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True)
class Found:
    """What a report holds: figures, where each comes from, what the rules say, which raises would gain how much."""

    rules: RuleSet
    facts: Facts
    origins: Mapping[str, Mapping[str, object]]
    evaluation: Evaluation
    advice: Advice


def work_out(enterprise: Enterprise, edition: RuleSetEdition, at: datetime) -> tuple[Known, Found]:
    """Look at an enterprise with the rules of the national title on a day; nothing is kept."""
    rules, today = rules_of_edition(edition), day_of(at)
    known = known_figures(enterprise, rules, today.year)
    standing = known_standing(enterprise, rules)
    evaluation = evaluate(rules, known.facts, today, standing)
    advice = ways_to_gain(rules, known.facts, today, standing, _wanted(rules, evaluation))
    return known, Found(rules, known.facts, known.origins, evaluation, advice)


def _wanted(rules: RuleSet, evaluation: Evaluation) -> Fraction:
    """What lacks to the line; a usual gain where it is reached or not known."""
    line = line_of(rules)
    if line is None or line.least is None or evaluation.total is None:
        return USUAL_GAIN
    return line.least - evaluation.total if line.least > evaluation.total else USUAL_GAIN


def make_report(cultivation: Cultivation, *, by: User, at: datetime) -> GapReport:
    """Work out a report and keep it; the same day's report with the same findings is returned, not made again.

    Denied for whoever neither keeps the list nor acts for the enterprise; Refusal off the list or without rules.
    """
    is_keeper = has_power(by, Power.KEEP_STANDINGS)
    if not is_keeper and not acts_for(by, cultivation.enterprise_id):
        raise Denied([Reason("not_yours", _("只有市认定办公室和该单位可以生成差距报告。"))])
    acting_as = "municipal_officer" if is_keeper else "applicant"
    with act(cultivation, "make_gap_report", by=by, at=at, acting_as=acting_as) as doing:
        row = cast(Cultivation, doing.chain)
        edition = rules_for_readiness()
        if row.state != CultivationState.LISTED or edition is None:
            raise Refusal(list(_faults(row, edition)))
        _known, found = work_out(row.enterprise, edition, at)
        report = _kept(row, edition, found, by, at)
        doing.note(ordinal=report.ordinal, rules=edition.reference, checksum=edition.checksum, digest=report.digest)
        doing.reply(ordinal=report.ordinal)
        if is_keeper:
            words = {"number": row.number, "enterprise": row.enterprise.name}
            doing.tell(active_people_of(row.enterprise), "gap_report_made", **words)
    return report


def _faults(row: Cultivation, edition: RuleSetEdition | None) -> Iterator[Reason]:
    if row.state != CultivationState.LISTED:
        yield Reason("not_listed", _("只为在库单位生成差距报告。"))
    if edition is None:
        yield Reason("no_rules", _("还没有启用国家技术创新示范企业的评价规则。"))


def _kept(row: Cultivation, edition: RuleSetEdition, found: Found, by: User, at: datetime) -> GapReport:
    facts, evaluation, advice = found.facts.to_json(), found.evaluation.to_json(), to_text(found.advice)
    digest = hashlib.sha256("\n".join((facts, evaluation, advice)).encode()).hexdigest()
    last = row.reports.order_by("-ordinal").first()
    if last is not None and (last.made_on, last.digest) == (day_of(at), digest):
        return last
    return GapReport.objects.create(
        cultivation=row, ordinal=last.ordinal + 1 if last else 1, made_on=day_of(at), made_by=by, made_at=at,
        rule_set=edition, reporting_year=found.facts.reporting_year, facts=facts, origins=found.origins,
        total="" if found.evaluation.total is None else exact_text(found.evaluation.total),
        evaluation=evaluation, advice=advice, digest=digest,
    )  # fmt: skip


def found_in(report: GapReport) -> Found:
    """What a kept report says, as it was worked out then."""
    return Found(
        rules_of_edition(report.rule_set),
        Facts.from_json(report.facts),
        report.origins,
        Evaluation.from_json(report.evaluation),
        from_text(Advice, report.advice),
    )


# --- figures that the enterprise states itself --------------------------------------------------------------------
def fields_to_state(known: Known, rules: RuleSet) -> list[tuple[FieldSpec, int]]:
    """Fields of the data table that no filing and no register answers, with their years; stated ones as well."""
    year = known.facts.reporting_year
    table = rules.form.table if rules.form else ()
    asked = [(spec, one) for spec in table for one in years_of(spec, year)]
    return [
        (spec, one)
        for spec, one in asked
        if one is not None
        and (spec.kind in NUMBERS or spec.kind is Kind.BOOLEAN)
        and known.origins.get(key_text(spec.code, one), {"of": "own"})["of"] in ("own", "older")
    ]


def state_figures(cultivation: Cultivation, said: Figures, *, by: User, at: datetime) -> int:
    """Keep figures that the enterprise states for its reports, by field and year; an empty text takes one back.

    Values are exact numbers in the unit of the field, or `true` and `false`. Returns how many changed. Denied for
    others, Refusal for a field that the rules do not ask for.
    """
    if not acts_for(by, cultivation.enterprise_id):
        raise Denied([Reason("not_member", _("您不是该单位的申报人员。"))])
    edition = rules_for_readiness()
    if cultivation.state != CultivationState.LISTED or edition is None:
        raise Refusal(list(_faults(cultivation, edition)))
    specs = {spec.code: spec for spec in form_fields(rules_of_edition(edition))}
    if unknown := [code for code, _year in said if code not in specs]:
        raise Refusal([Reason("unknown_field", _("规则中没有这一项数据。"), code) for code in unknown])
    with act(cultivation, "state_figures", by=by, at=at, acting_as="applicant") as doing:
        changed = {
            f"{code}:{year}": text
            for (code, year), text in said.items()
            if _state_one(cultivation.enterprise, specs[code], year, text, by, at)
        }
        doing.note(figures=changed)
    return len(changed)


def _state_one(enterprise: Enterprise, spec: FieldSpec, year: int, text: str, by: User, at: datetime) -> bool:
    """Whether the figure is another one than before."""
    rows = OwnFigure.objects.filter(enterprise=enterprise, code=spec.code, year=year)
    if not text:
        return rows.delete()[0] > 0
    value = text if text in ("true", "false") else exact_text(Fraction(text))
    if rows.filter(value=value, unit=spec.unit).exists():
        return False
    said = {"value": value, "unit": spec.unit, "stated_by": by, "stated_at": at}
    OwnFigure.objects.update_or_create(enterprise=enterprise, code=spec.code, year=year, defaults=said)
    return True
