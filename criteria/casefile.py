"""Files of boundary cases: read with every fault told, and written again as one text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from fractions import Fraction
from typing import Any

from criteria.cursor import Cursor, FaultList
from criteria.facts import Scalar
from criteria.faults import RuleSetFaults
from criteria.rulefile import RuleText, read_text
from criteria.rulewriting import written

_KINDS = ("gate", "indicator", "band")
BAND_ROLES = ("band", "band_most")
_SIDES = ("below", "at", "above")
_OUTCOMES = ("passed", "failed", "undetermined")
_NONE = Fraction(0)


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a set: of which rule, in which role, for which class, variant, alternative or way."""

    rule: str
    role: str
    case: str | None = None
    variant: int | None = None
    alternative: int | None = None
    way: int | None = None

    @property
    def key(self) -> str:
        """The limit in one word, for addresses."""
        return ".".join("" if part is None else str(part) for part in astuple(self))


@dataclass(frozen=True, slots=True)
class Case:
    """One case: the field that is varied, the other figures, and what was worked out by hand.

    `earlier` are figures of the years before, one year back first. `expected` holds `points`, `value` and `segment`
    of an indicator, `outcome` and `value` of a gate, or `band` of a total.
    """

    limit: Limit
    field: str
    start: Mapping[str, Scalar]
    earlier: tuple[Mapping[str, Scalar], ...]
    side: str
    given: Fraction
    expected: Mapping[str, Any]


def parse_cases(text: str, file: str = "cases.yaml") -> tuple[Case, ...]:
    """All cases of one text, `rules:` listing what single files hold; RuleSetFaults with every fault."""
    if not text.strip():
        return ()
    source = read_text(text, file)
    faults = FaultList(source)
    cursor = Cursor(source.content, "", faults)
    found = [case for row in cursor.rows("rules") for case in _rule(row)]
    cursor.done()
    return _checked(found, faults)


def read_cases(text: str, file: str) -> tuple[Case, ...]:
    """The cases of one file, which is about one rule; RuleSetFaults with every fault."""
    source: RuleText = read_text(text, file)
    faults = FaultList(source)
    return _checked(list(_rule(Cursor(source.content, "", faults))), faults)


def _checked(found: list[Case], faults: FaultList) -> tuple[Case, ...]:
    if faults.found:
        raise RuleSetFaults(tuple(faults.found))
    return tuple(found)


def _rule(row: Cursor) -> Iterator[Case]:
    kinds = [kind for kind in _KINDS if row.has(kind)]
    if len(kinds) != 1:
        row.fault("", "须有 gate、indicator、band 中的一个", "needs one of gate, indicator, band")
        return
    kind = kinds[0]
    rule = row.text(kind)
    field = "" if kind == "band" else row.text("field")
    for below in row.rows("limits"):
        yield from _limit(below, kind, rule, field)
        below.done()
    row.done()


def _limit(row: Cursor, kind: str, rule: str, field: str) -> Iterator[Case]:
    role = row.choice("role", BAND_ROLES, "band") if kind == "band" else row.text("role")
    chosen, start = row.text("industry_class", "") or None, _figures(row, "start")
    # A gate's class chooses its variant; an indicator's class chooses its figure.
    case = row.text("case", "") or (chosen if kind == "indicator" else None)
    limit = Limit(rule, role, case, *(_number(row, key) for key in ("variant", "alternative", "way")))
    if chosen:
        start = start | {"industry_class": chosen}
    earlier = tuple(_values(one) for one in row.rows("earlier"))
    own = row.text("field", "") or field
    for one in row.rows("cases"):
        side, given = one.choice("side", _SIDES), one.number("given")
        if given is None:
            one.fault("given", "缺少数值", "the number is missing")
        yield Case(limit, own, start, earlier, side, given or _NONE, dict(_expected(one, kind)))
        one.done()


def _number(row: Cursor, key: str) -> int | None:
    return row.whole(key, 0) if row.has(key) else None


def _figures(row: Cursor, key: str) -> dict[str, Scalar]:
    below = row.below(key)
    return {} if below is None else _values(below)


def _values(row: Cursor) -> dict[str, Scalar]:
    return {code: row.raw(code) for code in row.content}


def _expected(row: Cursor, kind: str) -> Iterator[tuple[str, Any]]:
    if kind == "band":
        yield "band", row.text("band", "") or None
        return
    if kind == "gate":
        yield "outcome", row.choice("outcome", _OUTCOMES)
    else:
        points = row.number("points")
        if points is None:
            row.fault("points", "缺少得分", "the points are missing")
        yield "points", points
    if row.has("value"):
        yield "value", row.number("value")
    if row.has("segment"):
        yield "segment", row.text("segment")


def cases_text(cases: Iterable[Case]) -> str:
    """The cases as one text that `parse_cases` reads back."""
    rules: dict[tuple[str, str, str], dict[tuple[Any, ...], list[Case]]] = {}
    for case in cases:
        group = rules.setdefault((_kind(case), case.limit.rule, case.field), {})
        same = (case.limit, tuple(case.start.items()), tuple(tuple(one.items()) for one in case.earlier))
        group.setdefault(same, []).append(case)
    rows = [
        {kind: rule, **({"field": field} if field else {}), "limits": [_limit_row(held) for held in limits.values()]}
        for (kind, rule, field), limits in rules.items()
    ]
    return written({"rules": rows})


def _kind(case: Case) -> str:
    if case.limit.role in BAND_ROLES:
        return "band"
    return "gate" if "outcome" in case.expected else "indicator"


def _limit_row(held: list[Case]) -> dict[str, Any]:
    first = held[0]
    row: dict[str, Any] = {"role": first.limit.role}
    for key in ("case", "variant", "alternative", "way"):
        value = getattr(first.limit, key)
        if value is not None:
            row[key] = Fraction(value) if isinstance(value, int) else value
    row |= {"start": dict(first.start)} if first.start else {}
    row |= {"earlier": [dict(one) for one in first.earlier]} if first.earlier else {}
    sides = sorted(held, key=lambda case: _SIDES.index(case.side))
    return row | {"cases": [{"side": case.side, "given": case.given, **case.expected} for case in sides]}
