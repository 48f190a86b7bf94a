"""An application under its batch's rules: what is known of the holder, figures and evaluations, both kinds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from accreditation.clocks import SHANGHAI
from accreditation.evaluation_words import WARNINGS
from accreditation.models import (
    Application,
    Enterprise,
    EvaluationCall,
    HolderRecord,
    Programme,
    Title,
    VerifiedValue,
    WorkbookUpload,
)
from accreditation.models.titles import STANDING
from accreditation.selectors.results import results_set_aside
from accreditation.services.kept_facts import KEPT
from accreditation.services.rule_sets import rules_of
from criteria.evaluate import Evaluation, Standing, evaluate
from criteria.facts import Fact, Facts, Scalar
from criteria.ruleset import Gate, GateKind, RuleSet

INITIAL_SCORE = "initial_score"  # field of the national rule sets


def accepted_upload(application: Application) -> WorkbookUpload | None:
    """The newest workbook that was read without a fault."""
    return application.uploads.filter(is_accepted=True).order_by("-number").first()


def reported_facts(application: Application) -> Facts | None:
    """Facts as filed; before filing, those of the newest accepted workbook."""
    upload = application.current.upload if application.current else accepted_upload(application)
    return facts_of_upload(upload) if upload else None


def facts_of_upload(upload: WorkbookUpload) -> Facts:
    """Facts of an accepted workbook; those of long ones are kept in memory for the next page."""
    return KEPT.facts_of(upload.facts)


def draft_facts(application: Application) -> Facts | None:
    """Facts of the newest accepted workbook, filed or not."""
    upload = accepted_upload(application)
    return facts_of_upload(upload) if upload else None


def adopted_values(application: Application) -> dict[tuple[str, int | None], Scalar]:
    """Verified values that an officer adopted, by field and year."""
    rows = VerifiedValue.objects.filter(application=application, is_current=True, adopted_at__isnull=False)
    return {(row.code, row.year): Fraction(row.value) for row in rows}


def verified_facts(application: Application) -> Facts | None:
    """Facts in which adopted verified values replace the reported ones."""
    facts = reported_facts(application)
    return facts.with_verified(adopted_values(application)) if facts else None


def tie_value_of(application: Application, tie_rule: str) -> Fraction:
    """The verified figure that says who comes first of two with equal scores; nothing where it is not known."""
    facts = verified_facts(application)
    value = facts.value(tie_rule) if facts else None
    return value if isinstance(value, Fraction) else Fraction(0)


def evaluate_application(application: Application, facts: Facts) -> Evaluation:
    """Evaluate under the pinned rule set, on the batch's base date.

    Where the rules ask for an initial score, it is the total of these very figures, whatever a form says of it.
    """
    rules, on = rules_of(application.batch), application.batch.base_date
    standing = standing_of(application, rules)
    found = evaluate(rules, facts, on, standing)
    if not asks_initial_score(rules):
        return found
    return evaluate(rules, _with_initial_score(facts, found.total), on, standing)


def asks_initial_score(rules: RuleSet) -> bool:
    """Whether a condition of the rules looks at the initial score."""
    return initial_score_gate(rules) is not None


def initial_score_gate(rules: RuleSet) -> Gate | None:
    """The condition that sets the least initial score of a recommendation."""
    return next((gate for gate in rules.gates if gate.formula is not None and gate.formula.text == INITIAL_SCORE), None)


def _with_initial_score(facts: Facts, total: Fraction | None) -> Facts:
    key = (INITIAL_SCORE, facts.reporting_year)
    fact = Fact(INITIAL_SCORE, facts.reporting_year, total, "point")
    return replace(facts, figures={**facts.figures, key: fact})


def reported_evaluation(application: Application) -> Evaluation | None:
    """Evaluation of the figures as reported, or None without figures."""
    facts = reported_facts(application)
    return evaluate_application(application, facts) if facts else None


def verified_evaluation(application: Application) -> Evaluation | None:
    """Evaluation with adopted verified values, or None without figures."""
    facts = verified_facts(application)
    return evaluate_application(application, facts) if facts else None


def standing_of(application: Application, rules: RuleSet) -> Standing:
    """What the register and the officers know of the enterprise; whatever nobody knows stays unknown."""
    answers = dict(application.gate_answers.values_list("gate", "is_met"))
    records, anchors = records_of(application.enterprise), _anchors(application)
    if application.evaluated_title_id is not None:
        records |= _evaluated_before(application)
    for gate in rules.gates:
        if gate.kind == GateKind.NEGATIVE_RECORD and answers.get(gate.code):
            records.setdefault(gate.record, ())
        if gate.kind == GateKind.RECORD_EXISTS and gate.code in answers:
            records.setdefault(gate.record, _days_answered(gate, answers[gate.code], application, anchors))
    lists = {
        gate.record: not answers[gate.code]
        for gate in rules.gates
        if gate.kind == GateKind.EXCLUSION_LIST and gate.code in answers
    }
    return Standing(
        titles=titles_held(application.enterprise), records=records, lists=lists, answers=answers, anchors=anchors
    )


def _days_answered(gate: Gate, is_there: bool, application: Application, anchors: dict[str, date]) -> tuple[date, ...]:
    """What an officer answers of a record that must be there: one on the last day of the look-back, or none."""
    on = application.batch.base_date
    span = gate.window.span(on, anchors) if gate.window else None
    return (span.last if span else on,) if is_there else ()


def titles_held(enterprise: Enterprise) -> dict[str, date | None]:
    """The register is complete: a title that is not in it is not held."""
    held: dict[str, date | None] = dict.fromkeys(Programme.objects.values_list("code", flat=True))
    standing = Title.objects.filter(holder=enterprise, state__in=STANDING)
    held.update(standing.values_list("programme", "valid_from"))
    return held


def records_of(enterprise: Enterprise) -> dict[str, tuple[date, ...]]:
    """Days of what other registers recorded of an enterprise, by kind."""
    found: dict[str, tuple[date, ...]] = {}
    for kind, day in HolderRecord.objects.filter(enterprise=enterprise).values_list("kind", "happened_on"):
        found[kind] = (*found.get(kind, ()), day)
    return found


def _evaluated_before(application: Application) -> dict[str, tuple[date, ...]]:
    """What the evaluations on record say: whether the one before ended with a warning; nothing of this one is late.

    A result that a reconsideration has set aside says nothing.
    """
    rows = EvaluationCall.objects.filter(
        title=application.evaluated_title_id, published_on__isnull=False, round__year__lt=application.batch.year
    )
    last = rows.exclude(pk__in=results_set_aside().values("pk")).order_by("-round__year").first()
    days = (last.published_on,) if last and last.published_on and last.consequence in WARNINGS else ()
    return {"warned_at_last_evaluation": days, "evaluation_material_overdue": ()}


def _anchors(application: Application) -> dict[str, date]:
    batch = application.batch
    anchors = {
        "application_deadline": batch.closes_at.astimezone(SHANGHAI).date(),
        "application_year": date(batch.year, 1, 1),
    }
    if application.submitted_at:
        anchors["application_date"] = application.submitted_at.astimezone(SHANGHAI).date()
    return anchors
