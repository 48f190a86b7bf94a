"""What a rule reads while it is evaluated: facts, coefficients, titles held; all of it kept for the trace."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, cast

from criteria.exact import fast
from criteria.facts import Fact, Facts, Origin, Scalar
from criteria.fields import FieldSpec
from criteria.plain import from_text, to_plain, to_text
from criteria.ruleset import Figure, Indicator, Policy, RuleSet
from criteria.trace import Input, UsedFigure
from criteria.windows import whole_years


@dataclass(frozen=True, slots=True)
class GivenGrade:
    """A grade as a person gave it: the code, the reason, who gave it."""

    code: str
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of the holder outside the workbook; what is absent is unknown and passes nothing.

    `titles`: programme code to the day since which the title is held, None when the register says it is not held.
    `records`: kind of negative record to the days of the records, empty when a search found none.
    `lists`: exclusion list to whether the enterprise is on it. `answers`: gate code to an officer's answer.
    `anchors`: `application_date`, `application_deadline`, `application_year` (any day of that year) to dates.
    `grades`: indicator code to the grade that a person gave.
    """

    titles: Mapping[str, date | None] = field(default_factory=dict)
    records: Mapping[str, tuple[date, ...]] = field(default_factory=dict)
    lists: Mapping[str, bool] = field(default_factory=dict)
    answers: Mapping[str, bool] = field(default_factory=dict)
    anchors: Mapping[str, date] = field(default_factory=dict)
    grades: Mapping[str, GivenGrade] = field(default_factory=dict)

    def to_json(self) -> str:
        """Canonical JSON, to be kept beside the facts so that an evaluation can be replayed.

        Without grades it is the text of before there were any, so that older digests hold.
        """
        plain = to_plain(self)
        return to_text(plain if self.grades else {key: part for key, part in plain.items() if key != "grades"})

    @classmethod
    def from_json(cls, text: str) -> Standing:
        """Inverse of `to_json`."""
        return from_text(cls, text)

    def digest(self) -> str:
        """SHA-256 of the canonical JSON, hexadecimal."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()


NOTHING_KNOWN = Standing()
_NOWHERE = Origin("", "")


class FactScope:
    """One use of rules on facts; `inputs` and `used` fill on reading, `is_assumed` tells of unknown factors."""

    def __init__(self, rules: RuleSet, facts: Facts, on: date, standing: Standing, year: int | None = None) -> None:
        self.rules, self.facts, self.on, self.standing = rules, facts, on, standing
        self.year = facts.reporting_year if year is None else year
        self.positive_denominators = False
        self.inputs: dict[tuple[str, int | None], Input] = {}
        self.used: dict[str, UsedFigure] = {}
        self.computed: dict[str, Scalar] = {}
        self.asked: list[tuple[str, ...]] = []
        self.is_assumed = False

    def read(self, code: str) -> Scalar:
        """A field in the year of the scope (a basic field has none), or a coefficient."""
        figure = self.rules.coefficients.get(code)
        if figure is not None:
            return _quick(self.figure(code, figure))
        return self.read_field(code, self.year)

    def read_field(self, code: str, year: int) -> Scalar:
        """A field in a year; remembered with its cell."""
        spec = self.rules.fields[code]
        key = (code, year if spec.years else None)
        fact = self.facts.fact(*key)
        if key not in self.inputs:
            self.inputs[key] = _input(spec, key[1], fact)
        return None if fact is None else _quick(fact.value)

    def figure(self, role: str, figure: Figure) -> Fraction | None:
        """The value of a figure for this enterprise; remembered under its role."""
        case, value = "", figure.value
        if figure.by is not None:
            case = str(self.read_field(figure.by, self.year) or "")
            value = figure.cases.get(case)
        assumed = value is None and figure.shown_as is not None
        if assumed:
            self.is_assumed, value = True, figure.shown_as
        self.used[role] = UsedFigure(
            role, figure.name_zh, figure.name_en, value, figure.unit, figure.source, figure.confidence,
            figure.article, figure.note, case, assumed,
        )  # fmt: skip
        return value

    def notes(self, policy: Policy | None) -> tuple[str, str]:
        """What must be said beside a result: the rule for a denominator, an assumed factor, a figure not given."""
        if policy:
            return policy.note_zh, policy.note_en
        assumed = [figure for figure in self.used.values() if figure.is_assumed]
        if assumed:
            names_zh, names_en = "、".join(f.name_zh for f in assumed), ", ".join(f.name_en for f in assumed)
            return (
                f"{names_zh}尚未查明，此处按1计算，结果仅供参考",
                f"{names_en} is not known; shown as computed with 1",
            )
        missing = [given for given in self.inputs.values() if given.value is None]
        if missing:
            names_zh, names_en = "、".join(i.name_zh for i in missing), ", ".join(i.name_en for i in missing)
            return f"缺少：{names_zh}", f"missing: {names_en}"
        if any(figure.value is None for figure in self.used.values()):
            return "规则中的数值尚未查明", "a figure of the rule is not known"
        return "", ""

    def graded(self, indicator: Indicator) -> tuple[Fraction | None, tuple[str, str]]:
        """The points of the grade that a person gave, None without a valid one, and what must be said of it."""
        given = self.standing.grades.get(indicator.code)
        grade = next((one for one in indicator.grades if given and one.code == given.code), None)
        shown = (grade.name_zh, grade.name_en) if grade else ("", "")
        code = given.code if given else None
        self.inputs[("grade", None)] = Input("grade", "评定等级", "grade", None, code, "code", "", "", "", *shown)
        if given is None:
            return None, ("尚未评定等级", "no grade was given yet")
        if grade is None:
            return None, (f"没有这个等级：{given.code}", f"no such grade: {given.code}")
        if not given.reason.strip():
            return None, ("评定等级必须写明理由", "a grade needs a reason")
        said_by = (f"（{given.by}）", f" ({given.by})") if given.by else ("", "")
        return self.figure("grade", grade.points), (
            f"评定理由：{given.reason}{said_by[0]}",
            f"reason for the grade: {given.reason}{said_by[1]}",
        )

    def ask(self, function: str, arguments: tuple[Any, ...]) -> Scalar:
        """Functions of the language that look beyond plain names."""
        answer: Scalar = getattr(self, f"_{function}")(*arguments)
        self.computed[f"{function}({', '.join(map(str, arguments))})"] = answer
        self.asked.append((function, *map(str, arguments)))
        return answer

    def _previous(self, code: str, years: int) -> Scalar:
        return self.read_field(code, self.year - years)

    def _sum_years(self, code: str, years: int) -> Scalar:
        values = [self.read_field(code, self.year - back) for back in range(years)]
        return _sum(values)

    def _average_years(self, code: str, years: int) -> Scalar:
        total: Any = self._sum_years(code, years)
        return None if total is None else cast(Scalar, total / years)

    def _years_since(self, code: str) -> Scalar:
        """Whole years from a date of the form to the base date; None for what is no day."""
        value = self.read_field(code, self.year)
        try:
            return fast(Fraction(whole_years(date.fromisoformat(str(value)), self.on)))
        except ValueError:
            return None

    def _sum_existing_years(self, code: str, years: int, since: str) -> Scalar:
        """As `sum_years`, but over no more years than have passed since a date, and over one at least."""
        existing: Any = self._years_since(since)
        return None if existing is None else self._sum_years(code, max(1, min(years, int(existing))))

    def _count(self, annex: str) -> Scalar:
        return fast(Fraction(len(self.facts.annexes[annex]))) if annex in self.facts.annexes else None

    def _count_where(self, annex: str, column: str, text: str) -> Scalar:
        rows = self.facts.annexes.get(annex)
        if rows is None:
            return None
        return fast(Fraction(sum(1 for row in rows if _is(row.values.get(column), text))))

    def _total(self, annex: str, column: str) -> Scalar:
        rows = self.facts.annexes.get(annex)
        return None if rows is None else _sum([row.values.get(column) for row in rows])

    def _total_where(self, annex: str, column: str, selector: str, text: str) -> Scalar:
        rows = self.facts.annexes.get(annex)
        if rows is None:
            return None
        return _sum([row.values.get(column) for row in rows if _is(row.values.get(selector), text)])

    def _distinct(self, annex: str, column: str) -> Scalar:
        rows = self.facts.annexes.get(annex)
        if rows is None:
            return None
        values = [row.values.get(column) for row in rows if row.values.get(column) is not None]
        return len(values) == len(set(values))

    def _holds(self, programme: str) -> Scalar:
        if programme not in self.standing.titles:
            return None
        since = self.standing.titles[programme]
        return since is not None and since <= self.on

    def _years_held(self, programme: str) -> Scalar:
        if programme not in self.standing.titles:
            return None
        since = self.standing.titles[programme]
        return fast(Fraction(0 if since is None else whole_years(since, self.on)))


def _is(value: Scalar, text: str) -> bool:
    """Whether an annex value is the wanted code; `yes` and `no` stand for true and false."""
    return value is (text == "yes") if isinstance(value, bool) else value == text


def _quick(value: Scalar) -> Scalar:
    return fast(value) if isinstance(value, Fraction) else value


def _sum(values: list[Any]) -> Scalar:
    """Exact sum; unknown as soon as one part is."""
    if any(value is None or isinstance(value, str | bool) for value in values):
        return None
    total: Scalar = sum((fast(value) for value in values), fast(Fraction(0)))
    return total


def _input(spec: FieldSpec, year: int | None, fact: Fact | None) -> Input:
    value = fact.value if fact else None
    chosen = [choice for choice in spec.choices if choice.code == value]
    shown = (chosen[0].name_zh, chosen[0].name_en) if chosen else ("", "")
    origin = fact.origin if fact and fact.origin else _NOWHERE
    return Input(
        spec.code, spec.name_zh, spec.name_en, year, value, spec.unit, origin.sheet, origin.cell, origin.raw, *shown
    )
