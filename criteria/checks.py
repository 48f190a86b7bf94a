"""Cross-field checks: each row of the rule set on the facts, none hidden by a missing figure of another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from criteria.expressions import Expression
from criteria.facts import Facts, Origin, Scalar
from criteria.ruleset import Confidence, CrossCheck, RuleSet, Severity
from criteria.scope import NOTHING_KNOWN, FactScope
from criteria.units import shown_amount
from criteria.vocabulary import PLACEHOLDER, unmet_needs
from criteria.wording import label

_PAIR = ("this", "last")


class CheckResult(StrEnum):
    """How a check ended; undetermined when a figure it compares was not given."""

    PASSED = "passed"
    FAILED = "failed"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class CellRef:
    """A cell that a check speaks of: a field and year, or an annex with line and column (line 0: the whole annex)."""

    field: str
    year: int | None = None
    annex: str = ""
    row: int = 0
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """One check on one year or field: code, severity, message with numbers in both languages, cells concerned."""

    code: str
    result: CheckResult
    severity: Severity
    message_zh: str
    message_en: str
    cells: tuple[CellRef, ...]
    basis: Confidence
    source: tuple[str, ...]


def check_facts(rule_set: RuleSet, facts: Facts) -> list[CheckOutcome]:
    """Every cross-field check that the facts break, in the order of the rule set; empty when none is broken."""
    return [outcome for outcome in check_report(rule_set, facts) if outcome.result is CheckResult.FAILED]


def check_report(rule_set: RuleSet, facts: Facts) -> list[CheckOutcome]:
    """Every check with its result: also passed, undetermined (a figure is missing), not applicable."""
    return [outcome for check in rule_set.checks for outcome in _outcomes(rule_set, check, facts)]


class _CheckScope(FactScope):
    """Facts of one year; `this` and `last` stand for a field in that year and the year before."""

    field = ""

    def read(self, code: str) -> Scalar:
        """A field of the year, or the repeated field as `this` and `last`."""
        if code in _PAIR:
            return self.read_field(self.field, self.year - _PAIR.index(code))
        return super().read(code)


def _outcomes(rules: RuleSet, check: CrossCheck, facts: Facts) -> Iterator[CheckOutcome]:
    if check.condition is None or unmet_needs(rules, check):
        yield _outcome(check, CheckResult.NOT_APPLICABLE, check.message_zh, check.message_en, ())
    elif check.each:
        for field in check.each:
            for year in _years(facts, max(0, rules.fields[field].years - 1)):
                yield _on(rules, check, check.condition, facts, year, field)
    else:
        depth = _depth(rules, check.condition)
        for year in _years(facts, depth):
            outcome = _on(rules, check, check.condition, facts, year, "")
            yield _of_year(outcome, year) if depth > 1 else outcome


def _of_year(outcome: CheckOutcome, year: int) -> CheckOutcome:
    """The outcome with the year named, where the same check runs over several."""
    return replace(outcome, message_zh=f"{year}年：{outcome.message_zh}", message_en=f"{year}: {outcome.message_en}")


def _years(facts: Facts, depth: int) -> range:
    """The newest years, as many as `depth`."""
    return range(facts.reporting_year, facts.reporting_year - depth, -1)


def _depth(rules: RuleSet, condition: Expression) -> int:
    """For how many years all compared fields are asked; annexes are compared in the newest only."""
    years = [rules.fields[name].years for name in condition.names if name in rules.fields]
    asked = [count for count in years if count]
    return 1 if condition.calls_facts or not asked else min(asked)


def _on(rules: RuleSet, check: CrossCheck, condition: Expression, facts: Facts, year: int, field: str) -> CheckOutcome:
    # No anchor, no title: a check compares cells and nothing else.
    scope = _CheckScope(rules, facts, date(year, 12, 31), NOTHING_KNOWN, year)
    scope.field = field
    answer = condition.root.value(scope)
    if answer is None:
        return _outcome(check, CheckResult.UNDETERMINED, check.message_zh, check.message_en, ())
    result = CheckResult.PASSED if answer else CheckResult.FAILED
    # Parts after a decisive one were not read; the message may name them.
    for name in sorted(condition.names):
        scope.read(name)
    zh, en = (_filled(text, lang, rules, scope) for text, lang in ((check.message_zh, "zh"), (check.message_en, "en")))
    return _outcome(check, result, zh, en, _cells(scope, facts))


def _outcome(check: CrossCheck, result: CheckResult, zh: str, en: str, cells: tuple[CellRef, ...]) -> CheckOutcome:
    return CheckOutcome(check.code, result, check.severity, zh, en, cells, check.basis, check.source)


def _filled(text: str, lang: str, rules: RuleSet, scope: _CheckScope) -> str:
    """The message with figures put in: `{field_code}`, `{this}`, `{last}`, `{field}`, `{year}`, `{count(annex)}`."""
    values = {code: shown_amount(given.value, given.unit, lang) for (code, year), given in scope.inputs.items()}
    values |= {call: shown_amount(value, "", lang) for call, value in scope.computed.items()}
    values |= {"year": str(scope.year), "last_year": str(scope.year - 1)}
    if scope.field:
        spec = rules.fields[scope.field]
        pair = {word: scope.facts.value(scope.field, scope.year - back) for back, word in enumerate(_PAIR)}
        values |= {word: shown_amount(value, spec.unit, lang) for word, value in pair.items()}
        values["field"] = label(rules, scope.field, lang)
    return PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)


def _cells(scope: _CheckScope, facts: Facts) -> tuple[CellRef, ...]:
    figures = [
        CellRef(code, year, origin=fact.origin if (fact := facts.fact(code, year)) else None)
        for code, year in scope.inputs
    ]
    lines = [cell for call in scope.asked for cell in _annex_cells(call, facts)]
    return (*figures, *lines)


def _annex_cells(call: tuple[str, ...], facts: Facts) -> list[CellRef]:
    """The annex as a whole, or for `distinct` the lines that occur twice."""
    function, annex, *columns = call
    if function != "distinct":
        return [CellRef("", None, annex)] if annex in facts.annexes else []
    column = columns[0]
    counts = Counter(row.values.get(column) for row in facts.annexes.get(annex, ()))
    doubled = [row for row in facts.annexes.get(annex, ()) if counts[row.values.get(column)] > 1]
    return [CellRef(column, None, annex, row.number, row.origins.get(column)) for row in doubled]
