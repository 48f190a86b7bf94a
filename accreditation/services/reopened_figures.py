"""Figures corrected by 重新审议: which there are, what takes effect with the return, what the rules then say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from accreditation.errors import Reason
from accreditation.models import (
    Application,
    InitialScore,
    Reopening,
    ReopeningFigure,
    RevisedScore,
    User,
    VerifiedValue,
)
from accreditation.services import reviews
from accreditation.services.evaluation import INITIAL_SCORE, verified_evaluation, verified_facts
from accreditation.services.rule_sets import rule_language, rule_text, rules_of
from criteria.evaluate import Evaluation
from criteria.facts import exact_text
from criteria.fields import FieldSpec
from criteria.gates import GateOutcome
from criteria.ruleset import RuleSet
from criteria.units import amount_text, plain_amount

Key = tuple[str, int | None]


@dataclass(frozen=True, slots=True)
class FrozenScore:
    """A score as it was frozen: exact total as text, empty where the rules give none; evaluation and its digest."""

    total: str
    evaluation: str
    digest: str


def specs_of(rules: RuleSet) -> dict[str, FieldSpec]:
    """The fields of the form that hold one figure, in its order; empty for rules without a form.

    What a form says of the initial score is never read: the rules work it out.
    """
    specs = (*rules.form.basics, *rules.form.table) if rules.form else ()
    return {spec.code: spec for spec in specs if spec.code != INITIAL_SCORE}


def counted_figures(application: Application) -> dict[Key, Fraction]:
    """Every number of the form as it counts now, exact, in its field's unit, in the order of the form."""
    specs, facts = specs_of(rules_of(application.batch)), verified_facts(application)
    if facts is None:
        return {}
    place = {code: n for n, code in enumerate(specs)}
    found = [(key, fact.value) for key, fact in facts.figures.items() if key[0] in place]
    numbers = [(key, value) for key, value in found if isinstance(value, Fraction)]
    return dict(sorted(numbers, key=lambda pair: (place[pair[0][0]], -(pair[0][1] or 0))))


def keep_figures(row: Reopening, values: Mapping[Key, Fraction]) -> list[ReopeningFigure]:
    """What the proposal says is wrong, each beside what counts as it is proposed; nothing counts by it yet."""
    counted = counted_figures(row.application) if values else {}
    return ReopeningFigure.objects.bulk_create(
        ReopeningFigure(
            reopening=row, code=key[0], year=key[1], former=exact_text(counted[key]), value=exact_text(value)
        )
        for key, value in values.items()
    )  # fmt: skip


def figures_of(row: Reopening) -> list[ReopeningFigure]:
    """The figures that a proposal names, as it named them."""
    return list(row.figures.order_by("pk"))


# --- sent back: what takes effect -----------------------------------------------------------------------------------
def take_effect(row: Reopening, *, by: User, at: datetime) -> RevisedScore | None:
    """Let the proposed values count from now on, and freeze what the rules then say; None where none were proposed.

    Both the value and the score that were there before stay on record.
    """
    figures = figures_of(row)
    if not figures:
        return None
    application = row.application
    before = verified_evaluation(application)
    assert before is not None
    former = standing_score(application) or _frozen(before)
    for figure in figures:
        _replace(figure, row, by=by, at=at)
    after = verified_evaluation(application)
    assert after is not None
    now = _frozen(after)
    return RevisedScore.objects.create(
        reopening=row, former_total=former.total, former_evaluation=former.evaluation, former_digest=former.digest,
        total=now.total, evaluation=now.evaluation, digest=now.digest, unmet=_unmet(before, after), frozen_by=by,
        frozen_at=at,
    )  # fmt: skip


def _frozen(found: Evaluation) -> FrozenScore:
    total = exact_text(found.total) if found.total is not None else ""
    return FrozenScore(total, found.to_json(), found.digest())


def _unmet(before: Evaluation, after: Evaluation) -> list[str]:
    """Conditions that are failed now, or cannot be decided any more; who passed was found to meet all of them."""
    open_before = {gate.code for gate in before.undetermined_gates}
    undecided = [gate.code for gate in after.undetermined_gates if gate.code not in open_before]
    return [*(gate.code for gate in after.failed_gates), *undecided]


def _replace(figure: ReopeningFigure, row: Reopening, *, by: User, at: datetime) -> None:
    spec = specs_of(rules_of(row.application.batch))[figure.code]
    current = VerifiedValue.objects.filter(
        application=row.application, code=figure.code, year=figure.year, is_current=True, adopted_at__isnull=False
    )
    figure.replaced = current.order_by("-pk").first()
    former = plain_amount(Fraction(figure.former), spec.unit)
    value = reviews.propose_value(
        row.application, code=figure.code, year=figure.year, value=Fraction(figure.value),
        reason=f"重新审议改正（原核定 {former}）：{row.facts}", by=row.proposed_by, at=row.proposed_at,
    )  # fmt: skip
    figure.verified = reviews.adopt_value(value, by=by, at=at)
    figure.save(update_fields=["replaced", "verified"])


# --- what stands ----------------------------------------------------------------------------------------------------
def standing_score(application: Application) -> FrozenScore | None:
    """The frozen score that counts: the last one on corrected figures, else the initial score of a recommendation."""
    revised = revised_score(application)
    if revised is not None:
        return FrozenScore(revised.total, revised.evaluation, revised.digest)
    first = InitialScore.objects.filter(application=application).first()
    return FrozenScore(first.total, first.evaluation, first.digest) if first else None


def revised_score(application: Application) -> RevisedScore | None:
    """The last score that was frozen on corrected figures; one statement."""
    rows = RevisedScore.objects.filter(reopening__application=application)
    return rows.select_related("reopening").order_by("-pk").first()


def revised_scores(applications: Iterable[int]) -> dict[int, RevisedScore]:
    """The same of many, by the key of the application; one statement."""
    rows = RevisedScore.objects.filter(reopening__application__in=list(applications))
    return {row.reopening.application_id: row for row in rows.select_related("reopening").order_by("pk")}


def corrected_since(proposed: VerifiedValue) -> bool:
    """Whether the figure of a proposed value was corrected by a return to the committee after it was proposed."""
    rows = ReopeningFigure.objects.filter(reopening__application=proposed.application_id, code=proposed.code)
    return rows.filter(year=proposed.year, verified__adopted_at__gte=proposed.proposed_at).exists()


def unmet_conditions(revised: RevisedScore) -> list[GateOutcome]:
    """The binding conditions that the corrected figures do not meet, as they were decided then."""
    if not revised.unmet:
        return []
    found = Evaluation.from_json(revised.evaluation)
    return [found.gate(code) for code in revised.unmet]


def unmet_apart(revised: RevisedScore) -> tuple[list[GateOutcome], list[GateOutcome]]:
    """The same apart: those which the correction made unmet, and those which were failed before it as well."""
    every = unmet_conditions(revised)
    before = {gate.code for gate in Evaluation.from_json(revised.former_evaluation).failed_gates} if every else set()
    return [gate for gate in every if gate.code not in before], [gate for gate in every if gate.code in before]


def faults_of_favour(application: Application) -> Iterator[Reason]:
    """Why nobody can be for an application whose corrected figures do not meet the conditions."""
    revised = revised_score(application)
    unmet, still = unmet_apart(revised) if revised else ([], [])
    for gate in (*unmet, *still):
        value = amount_text(gate.value, gate.unit, rule_language()) if gate.value is not None else "—"
        words = {"no": application.case.number, "text": rule_text(gate, "text"), "value": value}
        text = (
            _("%(no)s：核定数据改正后不符合条件，不能同意：%(text)s（改正后为 %(value)s）。") if gate in unmet
            else _("%(no)s：核定数据改正前后均不符合条件，不能同意：%(text)s（改正后为 %(value)s）。")
        )  # fmt: skip
        yield Reason("condition_unmet", text % words)


# --- official texts, in Chinese -------------------------------------------------------------------------------------
def official_figures(row: Reopening) -> list[dict[str, Any]]:
    """Each figure of a proposal as letters and minutes write it: `name`, `year`, `former`, `value`."""
    specs = specs_of(rules_of(row.application.batch))
    return [
        {
            "name": specs[figure.code].name_zh,
            "year": figure.year,
            "former": plain_amount(Fraction(figure.former), specs[figure.code].unit),
            "value": plain_amount(Fraction(figure.value), specs[figure.code].unit),
        }
        for figure in figures_of(row)
    ]


def official_score(row: Reopening) -> dict[str, Any] | None:
    """Both scores of a case that was sent back with corrected figures, and what is not met; None where none were.

    `unmet` through the correction, `still_unmet` before it as well.
    """
    revised: RevisedScore | None = getattr(row, "revised_score", None)
    if revised is None:
        return None
    unmet, still = unmet_apart(revised)
    return {
        "former": points_text(revised.former_total),
        "now": revised_points(revised),
        "former_digest": revised.former_digest,
        "digest": revised.digest,
        "unmet": [gate.text_zh for gate in unmet],
        "still_unmet": [gate.text_zh for gate in still],
        "has_sheets": hasattr(row.application, "panel"),
    }


def points_text(total: str) -> str:
    """An exact total as papers write it; empty where the rules give none."""
    return plain_amount(Fraction(total), "point") if total else ""


def revised_points(revised: RevisedScore) -> str:
    """The total on corrected figures as papers write it; in words where there was one and these figures give none."""
    return points_text(revised.total) or ("不能计算" if revised.former_total else "")
