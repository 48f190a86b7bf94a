"""Policy simulation: the past scored under two editions; who gains or loses the title, by district, trade and size.

Under an edition an applicant has the title when every gate that a computer decides is passed and the band does not
revoke it. Gates that a person answers (lists, records, quality) count as they were answered; where nobody answered,
they are left aside under both editions alike and the row says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from criteria.banding import band_of, recorded_kinds
from criteria.exact import shown_text
from criteria.facts import Facts
from criteria.fast import FastScorer, compile_rules
from criteria.gates import Outcome, decide
from criteria.ruleset import GateKind, RuleSet
from criteria.scope import Standing

__all__ = ["Applicant", "Move", "Result", "Row", "SetName", "Simulation", "Verdict", "simulate"]

_ANSWERED = frozenset({GateKind.QUALITATIVE, GateKind.EXCLUSION_LIST, GateKind.NEGATIVE_RECORD, GateKind.RECORD_EXISTS})
STEP = 5  # points of one column of the histogram
GROUPS = ("district", "industry", "size")


class Verdict(StrEnum):
    """What an edition makes of an applicant."""

    RECOGNISED = "recognised"
    REFUSED = "refused"
    UNDETERMINED = "undetermined"


class Move(StrEnum):
    """What changes from one edition to the other."""

    GAINS = "gains"
    LOSES = "loses"
    KEEPS = "keeps"
    STAYS_OUT = "stays_out"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Applicant:
    """One application of the past: what was filed, what was known of the holder, whether it holds the title today.

    `industry` and `size` are codes; where they are empty those of the filed form count.
    """

    reference: str
    name: str
    district: str
    industry: str
    size: str
    facts: Facts
    on: date
    standing: Standing
    holds_title: bool


@dataclass(frozen=True, slots=True)
class Result:
    """One applicant under one edition. `points` by code of indicator and bonus, None while undetermined."""

    verdict: Verdict
    total: Fraction | None
    band: str
    failed: tuple[str, ...]
    undetermined: tuple[str, ...]
    left_aside: tuple[str, ...]
    points: Mapping[str, Fraction | None]


@dataclass(frozen=True, slots=True)
class Row:
    """One applicant under both editions."""

    reference: str
    name: str
    district: str
    industry: str
    size: str
    holds_title: bool
    before: Result
    after: Result

    @property
    def move(self) -> Move:
        """What changes for the applicant."""
        pair = (self.before.verdict, self.after.verdict)
        if Verdict.UNDETERMINED in pair:
            return Move.CANNOT_TELL
        was, will = (verdict is Verdict.RECOGNISED for verdict in pair)
        return {(True, True): Move.KEEPS, (True, False): Move.LOSES, (False, True): Move.GAINS}.get(
            (was, will), Move.STAYS_OUT
        )

    @property
    def difference(self) -> Fraction | None:
        """Points gained (below zero: lost); None where one total is not known."""
        if self.before.total is None or self.after.total is None:
            return None
        return self.after.total - self.before.total

    @property
    def causes(self) -> tuple[str, ...]:
        """Codes of gates that are decided otherwise and of indicators that give other points."""
        gates = set(self.before.failed) ^ set(self.after.failed)
        old, new = self.before.points, self.after.points
        points = [code for code in {**old, **new} if old.get(code) != new.get(code)]
        return (*sorted(gates), *points)


@dataclass(frozen=True, slots=True)
class SetName:
    """Which edition was simulated."""

    ref: str
    checksum: str
    name_zh: str
    name_en: str
    bands: tuple[tuple[str, str, str], ...]  # code, name_zh, name_en
    has_total: bool


@dataclass(frozen=True, slots=True)
class Simulation:
    """The past under two editions, row by row, in the order given."""

    before: SetName
    after: SetName
    rows: tuple[Row, ...]
    labels: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)  # of industry and size

    def counts(self) -> dict[Move, int]:
        """How many applicants move how; every move is there."""
        found = Counter(row.move for row in self.rows)
        return {move: found[move] for move in Move}

    def by(self, group: str) -> dict[str, dict[Move, int]]:
        """Counts by `district`, `industry` or `size`, the largest group first."""
        held: dict[str, Counter[Move]] = {}
        for row in self.rows:
            held.setdefault(getattr(row, group), Counter())[row.move] += 1
        order = sorted(held, key=lambda name: (-held[name].total(), name))
        return {name: {move: held[name][move] for move in Move} for name in order}

    def bands(self) -> dict[tuple[str, str], int]:
        """How many go from which band to which; an empty code is no band."""
        found = Counter((row.before.band, row.after.band) for row in self.rows)
        return dict(sorted(found.items()))

    def histogram(self) -> list[tuple[int, int, int]]:
        """Lower end of each column of five points, how many totals lie in it before and after."""
        before, after = (self._columns(side) for side in ("before", "after"))
        ends = sorted({*before, *after})
        return [(end, before[end], after[end]) for end in range(ends[0], ends[-1] + STEP, STEP)] if ends else []

    def _columns(self, side: str) -> Counter[int]:
        totals = (getattr(row, side).total for row in self.rows)
        return Counter(int(total // STEP) * STEP for total in totals if total is not None)

    def quartiles(self, side: str) -> tuple[Fraction, Fraction, Fraction] | None:
        """Lower quartile, median, upper quartile of the known totals, `side` being `before` or `after`; exact."""
        totals = sorted(total for row in self.rows if (total := getattr(row, side).total) is not None)
        return (_quantile(totals, 1), _quantile(totals, 2), _quantile(totals, 3)) if totals else None

    def plain(self) -> dict[str, Any]:
        """The figures as plain JSON values; exact numbers as text. Rows that do not move are left out."""
        return {
            "before": {"ref": self.before.ref, "checksum": self.before.checksum, "has_total": self.before.has_total},
            "after": {"ref": self.after.ref, "checksum": self.after.checksum, "has_total": self.after.has_total},
            "applicants": len(self.rows),
            "counts": {move.value: count for move, count in self.counts().items()},
            "holders_losing": sum(row.holds_title and row.move is Move.LOSES for row in self.rows),
            "groups": {group: self._group(group) for group in GROUPS},
            "band_names": {code: [zh, en] for one in (self.before, self.after) for code, zh, en in one.bands},
            "bands": [[*pair, count] for pair, count in self.bands().items()],
            "histogram": [list(column) for column in self.histogram()],
            "quartiles": {side: _shown(self.quartiles(side)) for side in ("before", "after")},
            "moves": [_plain_row(row) for row in self.rows if row.move in (Move.GAINS, Move.LOSES)],
        }

    def _group(self, group: str) -> list[dict[str, Any]]:
        labels = self.labels.get(group, {})
        return [
            {"code": code, "label": list(labels.get(code, (code, code))), **{move.value: n for move, n in held.items()}}
            for code, held in self.by(group).items()
        ]


def _quantile(totals: list[Fraction], quarter: int) -> Fraction:
    """Between the two neighbours in proportion, as spreadsheets do (QUARTILE.INC)."""
    place = Fraction(quarter * (len(totals) - 1), 4)
    low = int(place)
    rest = place - low
    return totals[low] if not rest else totals[low] + rest * (totals[low + 1] - totals[low])


def _shown(quartiles: tuple[Fraction, ...] | None) -> list[str]:
    return [shown_text(value) for value in quartiles or ()]


def _plain_row(row: Row) -> dict[str, Any]:
    return {
        "reference": row.reference,
        "name": row.name,
        "move": row.move.value,
        "holds_title": row.holds_title,
        "before": _plain_result(row.before),
        "after": _plain_result(row.after),
        "causes": list(row.causes),
    }


def _plain_result(result: Result) -> dict[str, Any]:
    total = None if result.total is None else shown_text(result.total)
    return {"total": total, "band": result.band, "failed": list(result.failed)}


def simulate(
    before: RuleSet, after: RuleSet, applicants: Iterable[Applicant], progress: Callable[[int], None] | None = None
) -> Simulation:
    """Score every applicant under both editions, exactly; `progress` is told how many are done."""
    scorers = compile_rules(before), compile_rules(after)
    rows: list[Row] = []
    for done, applicant in enumerate(applicants, start=1):
        rows.append(_row(applicant, *(_result(scorer, applicant) for scorer in scorers)))
        if progress is not None:
            progress(done)
    return Simulation(_named(before), _named(after), tuple(rows), _labels(before) | _labels(after))


def _row(applicant: Applicant, before: Result, after: Result) -> Row:
    return Row(
        reference=applicant.reference,
        name=applicant.name,
        district=applicant.district,
        industry=applicant.industry or _code(applicant.facts, "industry_class"),
        size=applicant.size or _code(applicant.facts, "enterprise_size"),
        holds_title=applicant.holds_title,
        before=before,
        after=after,
    )


def _code(facts: Facts, field_code: str) -> str:
    fact = facts.fact(field_code, None)
    return "" if fact is None or fact.value is None else str(fact.value)


def _result(scorer: FastScorer, applicant: Applicant) -> Result:
    rules, facts, on, standing = scorer.rules, applicant.facts, applicant.on, applicant.standing
    failed: list[str] = []
    open_gates: list[str] = []
    aside: list[str] = []
    for gate in rules.gates:
        outcome = decide(rules, gate, facts, on, standing).outcome if gate.is_binding else Outcome.PASSED
        if outcome is Outcome.FAILED:
            failed.append(gate.code)
        elif outcome is Outcome.UNDETERMINED:
            (aside if gate.kind in _ANSWERED else open_gates).append(gate.code)
    scored = scorer.score(facts, on, standing) if rules.scoring else None
    total = scored.total if scored else None
    band = band_of(rules, total, failed, recorded_kinds(standing, on))
    consequence = band.consequence if band else ""
    verdict = _verdict(rules, bool(failed), bool(open_gates), total, consequence)
    points = dict(scored.points) if scored else {}
    return Result(verdict, total, band.code if band else "", tuple(failed), tuple(open_gates), tuple(aside), points)


def _verdict(rules: RuleSet, fails: bool, is_open: bool, total: Fraction | None, consequence: str) -> Verdict:
    if fails or consequence == "revocation":
        return Verdict.REFUSED
    if is_open or (rules.is_complete and (total is None or not consequence)):
        return Verdict.UNDETERMINED
    return Verdict.RECOGNISED


def _named(rules: RuleSet) -> SetName:
    bands = tuple((band.code, band.name_zh, band.name_en) for band in rules.bands)
    return SetName(rules.ref, rules.checksum, rules.name_zh, rules.name_en, bands, rules.is_complete)


def _labels(rules: RuleSet) -> dict[str, dict[str, tuple[str, str]]]:
    fields = {"industry": "industry_class", "size": "enterprise_size"}
    return {
        group: {choice.code: (choice.name_zh, choice.name_en) for choice in rules.fields[code].choices}
        for group, code in fields.items()
        if code in rules.fields
    }
