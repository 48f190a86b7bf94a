"""Places of a ranking in words, before and after it is frozen."""

from __future__ import annotations

from fractions import Fraction

from accreditation.models import Application, Batch
from accreditation.services.rankings import Standing
from accreditation.services.rule_sets import rules_of
from workflows.presentation.words import Words, amount, state_label, state_tone


def standing_words(row: Standing, batch: Batch, tie_rule: str) -> Words:
    """One place as it would be frozen now; `is_last_in` marks the last one within the quota."""
    unit = rules_of(batch).fields[tie_rule].unit
    return {
        "place": row.place,
        "name": row.application.enterprise.name,
        "number": row.application.case.number,
        "score": amount(row.score, "point"),
        "tie": amount(row.tie_value, unit),
        "is_within": batch.quota is not None and row.place <= batch.quota,
    }


def line_words(application: Application) -> Words:
    """One line of the frozen ranking with where the case stands now."""
    line = application.ranking_line
    return {
        "place": line.place,
        "name": application.enterprise.name,
        "number": application.case.number,
        "score": amount(Fraction(line.score), "point"),
        "state": state_label(application.state),
        "tone": state_tone(application.state),
    }
